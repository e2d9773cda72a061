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

Result<PageReader::Got> PageReader::ask(const StreamPlan& plan, const Slice& slice,
                                        const std::optional<Json>& token, const Scope& scope) {
    auto line = line_of(plan);
    if (!line) return std::unexpected(std::move(line).error());
    auto request = plan.requester.request(scope);
    if (!request) return std::unexpected(std::move(request).error());
    auto parts = plan.requester.parts(scope);
    if (!parts) return std::unexpected(std::move(parts).error());
    for (const auto& [option, value] : slice.partition.injected) {
        STREAMS_TRY(option->inject(value, scope, *parts));
    }
    if (plan.cursor && slice.window) STREAMS_TRY(plan.cursor->apply(*slice.window, scope, *parts));
    if (plan.paginator) STREAMS_TRY(plan.paginator->apply(token, scope, *request, *parts));
    STREAMS_TRY((*std::move(parts)).apply_to(*request));
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
            got.answer.emplace(response);
            return plan.requester.error_handler().judge(
                response, *got.answer, attempt,
                {scope, shown, now, around_.manifest.title, (*line)->secret_origin, warn});
        });
    if (!reply) return std::unexpected(reply.error());
    got.bytes = reply->response.body.size();
    got.print = std::hash<std::string>()(reply->response.body);
    if (reply->ignored) {
        got.answer.reset();
        return got;
    }
    if (const auto& readable = got.answer->readable(); !readable) {
        return std::unexpected(at_place(readable.error(), http::shown_request(shown)));
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

Result<> PageReader::read(const StreamPlan& plan, const Slice& slice, const Take& take) {
    Json partition = slice.partition.values;
    if (plan.cursor && slice.window) plan.cursor->describe(*slice.window, partition);
    const Scope outer = scope().with("stream_partition", partition);
    std::optional<Json> token;
    if (plan.paginator) token = plan.paginator->strategy().first();
    PagesSeen seen;
    if (token) STREAMS_TRY(seen.token(*token, {}));
    for (std::uint64_t number = 1; number <= kPagesMax; ++number) {
        const std::string where = place_of(plan, slice, number);
        Json holder;
        if (token) holder.set("next_page_token", *token);
        const Scope scope = outer.with("next_page_token", holder);
        auto got = ask(plan, slice, token, scope);
        if (!got) return std::unexpected(std::move(got).error());
        Page page{.records = {}, .number = number, .bytes = got->bytes};
        std::optional<Json> next;
        if (got->answer) {
            const auto found = plan.selector.records(got->answer->body(), scope);
            if (!found) return std::unexpected(at_place(found.error(), where));
            STREAMS_TRY(seen.page(got->print, found->size(), where));
            if (plan.paginator) {
                const auto& links = got->answer->links_readable();
                if (!links) return std::unexpected(at_place(links.error(), where));
                auto more = plan.paginator->strategy().next(
                    {*got->answer, found->size(), found->empty() ? nullptr : found->back(), token},
                    scope);
                if (!more) return std::unexpected(at_place(std::move(more).error(), where));
                next = *std::move(more);
            }
            if (auto taken = take_records(plan, *found, scope, page); !taken) {
                return std::unexpected(at_place(std::move(taken).error(), where));
            }
        }
        const auto go_on = take(page);
        if (!go_on) return std::unexpected(go_on.error());
        if (!*go_on || !next) return {};
        STREAMS_TRY(seen.token(*next, where));
        token = std::move(next);
    }
    return fail(ErrorKind::Failed, "paging-loop",
                fmt::format("reading \"{}\" takes more than {} pages", plan.name, kPagesMax));
}

}  // namespace streams::manifest
