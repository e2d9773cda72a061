#include "manifest/page_reader.h"

#include <fmt/format.h>
#include <unordered_set>

#include "base/log.h"

namespace streams::manifest {
namespace {

// Finds out that pages come again: by the token that leads to them, or by what they are.
class PagesSeen {
 public:
    Result<> page(std::size_t print, std::size_t count, const std::string& where) {
        const bool same = count > 0 && print == last_print_;
        last_print_ = count > 0 ? print : 0;
        if (!same) return {};
        return loop("the same page came twice in a row", where);
    }

    Result<> token(const Json& token, const std::string& where) {
        if (tokens_.insert(std::hash<std::string>()(token.dump())).second) return {};
        return loop("the next page is one that was read already", where);
    }

 private:
    static std::unexpected<Error> loop(std::string_view what, const std::string& where) {
        auto refused = fail(ErrorKind::Failed, "paging-loop",
                            fmt::format("reading would never end: {}", what));
        refused.error().where = where;
        return refused;
    }

    std::unordered_set<std::size_t> tokens_;
    std::size_t last_print_ = 0;
};

std::string place_of(const StreamPlan& plan, const Slice& slice, std::uint64_t page) {
    const std::string label = slice.partition.label();
    return label.empty() ? fmt::format("stream \"{}\", page {}", plan.name, page)
                         : fmt::format("stream \"{}\" of {}, page {}", plan.name, label, page);
}

Error at_place(Error error, const std::string& where) {
    if (error.where.empty()) {
        error.where = where;
    } else {
        error.where += "; " + where;
    }
    return error;
}

}  // namespace

Scope PageReader::scope() const {
    return Scope(around_.world.clock.wall().time_since_epoch().count())
        .with("config", around_.config);
}

// `access_token came from GITHUB_TOKEN (it ends in a line break)`.
std::string PageReader::secret_origin(const Authentication& authentication) const {
    std::string origin;
    for (const Setting& setting : around_.manifest.spec.settings()) {
        for (const std::string& source : authentication.sources()) {
            if (!setting.secret || source.find(setting.name) == std::string::npos) continue;
            if (!origin.empty()) origin += ", ";
            const std::string& value = around_.settings.text(setting.name);
            if (value.empty()) {
                origin += fmt::format("no {} was given", setting.name);
                continue;
            }
            origin +=
                fmt::format("{} came from {}", setting.name, around_.settings.origin(setting.name));
            if (value.ends_with('\n') || value.ends_with('\r')) {
                origin += " (it ends in a line break)";
            }
        }
    }
    return origin;
}

Result<PageReader::Line*> PageReader::line_of(const StreamPlan& plan) {
    if (const auto known = lines_.find(&plan); known != lines_.end()) return &known->second;
    const Authentication& authentication = plan.requester.authentication();
    Line line;
    line.secret_origin = secret_origin(authentication);
    auto authenticator = authentication.open(scope());
    if (!authenticator) {
        return std::unexpected(at_place(std::move(authenticator).error(), line.secret_origin));
    }
    line.authenticator = *std::move(authenticator);
    http::RetryPolicy policy;
    policy.attempts_max = plan.requester.error_handler().attempts_max();
    line.retrier = std::make_unique<http::Retrier>(
        http::Retrier::Surroundings{.client = around_.world.client,
                                    .clock = around_.world.clock,
                                    .chance = around_.world.chance,
                                    .authenticator = line.authenticator.get(),
                                    .report = around_.report,
                                    .stopping = around_.world.stopping},
        policy);
    return &lines_.emplace(&plan, std::move(line)).first->second;
}

Result<http::Request> PageReader::request_of(const StreamPlan& plan, const Slice& slice,
                                             const Asked& asked) const {
    auto request = plan.requester.request(asked.scope);
    if (!request) return request;
    auto parts = plan.requester.parts(asked.scope);
    if (!parts) return std::unexpected(std::move(parts).error());
    for (const auto& [option, value] : slice.partition.injected) {
        STREAMS_TRY(option->inject(value, asked.scope, *parts));
    }
    if (plan.cursor && slice.window) {
        STREAMS_TRY(plan.cursor->apply(*slice.window, asked.scope, *parts));
    }
    if (plan.paginator) {
        STREAMS_TRY(plan.paginator->apply(asked.token, asked.scope, *request, *parts));
    }
    STREAMS_TRY((*std::move(parts)).apply_to(*request));
    return request;
}

Result<PageReader::Got> PageReader::ask(const StreamPlan& plan, const Slice& slice,
                                        const Asked& asked) {
    auto line = line_of(plan);
    if (!line) return std::unexpected(std::move(line).error());
    auto request = request_of(plan, slice, asked);
    if (!request) return std::unexpected(std::move(request).error());
    // The retrier does the same to its copy; this one tells messages what the secrets are.
    http::Request shown = *request;
    if ((*line)->authenticator) STREAMS_TRY((*line)->authenticator->authenticate(shown));
    Got got;
    const auto now = std::chrono::floor<std::chrono::seconds>(around_.world.clock.wall());
    const auto warn = [this](const std::string& text) {
        if (warned_.emplace(text, true).second) log_warning(text);
    };
    const auto reply = (*line)->retrier->send(
        *std::move(request), [&](const http::Response& response, int attempt) {
            const Answer& answer = got.answer.emplace(response);
            return plan.requester.error_handler().judge(
                response, answer, attempt,
                {asked.scope, shown, now, around_.manifest.title, (*line)->secret_origin, warn});
        });
    if (!reply) return std::unexpected(reply.error());
    got.bytes = reply->response.body.size();
    got.print = std::hash<std::string>()(reply->response.body);
    if (reply->ignored) got.answer.reset();
    if (got.answer && !got.answer->readable()) {
        return std::unexpected(
            at_place(got.answer->readable().error(), http::shown_request(shown)));
    }
    return got;
}

Result<> PageReader::take_records(const StreamPlan& plan, const std::vector<Json*>& found,
                                  const Scope& scope, Page& page) const {
    const bool first = plan.selector.transforms_first();
    const auto transform = [&](Json& record) -> Result<> {
        for (const auto& transformation : plan.transformations) {
            STREAMS_TRY(transformation->apply(record, scope));
        }
        return {};
    };
    page.records.reserve(found.size());
    for (Json* record : found) {
        if (first) STREAMS_TRY(transform(*record));
        const auto wanted = plan.selector.wants(*record, scope);
        if (!wanted) return std::unexpected(wanted.error());
        if (!*wanted) continue;
        if (!first) STREAMS_TRY(transform(*record));
        page.records.push_back(std::move(*record));
    }
    return {};
}

// Moves the records of an answer into `page`; gives the token of the next one.
Result<std::optional<Json>> PageReader::open_page(const StreamPlan& plan, Answer& answer,
                                                  const Asked& asked, Page& page) const {
    const auto found = plan.selector.records(answer.body(), asked.scope);
    if (!found) return std::unexpected(found.error());
    page.found = found->size();
    std::optional<Json> next;
    if (plan.paginator) {
        STREAMS_TRY(answer.links_readable());
        const Json* last = found->empty() ? nullptr : found->back();
        auto more = plan.paginator->strategy().next({answer, found->size(), last, asked.token},
                                                    asked.scope);
        if (!more) return more;
        next = *std::move(more);
    }
    STREAMS_TRY(take_records(plan, *found, asked.scope, page));
    return next;
}

Result<> PageReader::read(const StreamPlan& plan, const Slice& slice, const Take& take) {
    Json partition = slice.partition.values;
    if (plan.cursor && slice.window) plan.cursor->describe(*slice.window, partition);
    const Scope outer = scope().with("stream_partition", partition);
    std::optional<Json> token;
    if (plan.paginator) token = plan.paginator->strategy().first();
    PagesSeen seen;
    for (std::uint64_t number = 1; number <= kPagesMax; ++number) {
        const std::string where = place_of(plan, slice, number);
        if (token) STREAMS_TRY(seen.token(*token, where));
        Json holder;
        if (token) holder.set("next_page_token", *token);
        const Asked asked{token, outer.with("next_page_token", holder)};
        auto got = ask(plan, slice, asked);
        if (!got) return std::unexpected(std::move(got).error());
        Page page{.records = {}, .number = number, .bytes = got->bytes};
        std::optional<Json> next;
        if (got->answer) {
            auto opened = open_page(plan, *got->answer, asked, page);
            if (!opened) return std::unexpected(at_place(std::move(opened).error(), where));
            next = *std::move(opened);
            STREAMS_TRY(seen.page(got->print, page.found, where));
        }
        const auto go_on = take(page);
        if (!go_on) return std::unexpected(go_on.error());
        if (!*go_on || !next) return {};
        token = std::move(next);
    }
    return fail(ErrorKind::Failed, "paging-loop",
                fmt::format("reading \"{}\" takes more than {} pages", plan.name, kPagesMax));
}

}  // namespace streams::manifest
