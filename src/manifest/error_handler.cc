#include "manifest/error_handler.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/log.h"
#include "http/date.h"

namespace streams::manifest {
namespace {

using http::Action;

const Names& error_names() {
    static const Names names = {"response", "headers", "status", "stream_partition"};
    return names;
}

struct ActionName {
    std::string_view name;
    Action action;
};

constexpr std::array<ActionName, 5> kActions = {{{"SUCCESS", Action::Success},
                                                 {"FAIL", Action::Fail},
                                                 {"RETRY", Action::Retry},
                                                 {"IGNORE", Action::Ignore},
                                                 {"RATE_LIMITED", Action::RateLimited}}};

Result<std::optional<Action>> action_of(const Part& part) {
    const std::string name = part.word("action");
    if (name.empty()) return std::optional<Action>();
    const auto* found = std::ranges::find(kActions, name, &ActionName::name);
    if (found == kActions.end()) {
        return part.refuse("action", "component-later",
                           fmt::format("the action {} is not run here yet", name));
    }
    return std::optional(found->action);
}

std::optional<ErrorKind> kind_of(std::string_view failure_type) {
    if (failure_type == "config_error") return ErrorKind::Config;
    if (failure_type == "transient_error") return ErrorKind::Transient;
    if (failure_type == "system_error") return ErrorKind::Failed;
    return std::nullopt;
}

Result<std::optional<Template>> extension_text(const Part& part, std::string_view name) {
    const Node* node = part.extension(name);
    if (node == nullptr) return std::optional<Template>();
    auto made = part.compile(*node, error_names());
    if (!made) return std::unexpected(std::move(made).error());
    return std::optional<Template>(*std::move(made));
}

// `401 Bad credentials`: the status, and what the other side says or what the status is called.
std::string said(const Answer& answer) {
    const std::string complaint = answer.complaint();
    return complaint.empty() ? http::status_text(answer.status())
                             : fmt::format("{} {}", answer.status(), complaint);
}

}  // namespace

Result<ErrorHandler::Filter> ErrorHandler::Filter::make(const Part& part) {
    Filter filter;
    if (part.kind() != "HttpResponseFilter") return part.misplaced("response filter");
    if (const Node* codes = part.find("http_codes")) {
        for (const Node& code : codes->items) filter.codes.push_back(std::atoi(code.text.c_str()));
    }
    auto contains = part.text("error_message_contains", error_names());
    auto predicate = part.text("predicate", error_names());
    auto message = part.text("error_message", error_names());
    auto remedy = extension_text(part, "remedy");
    for (auto* text : {&contains, &predicate, &message, &remedy}) {
        if (!*text) return std::unexpected(std::move(*text).error());
    }
    filter.contains = *std::move(contains);
    filter.predicate = *std::move(predicate);
    filter.message = *std::move(message);
    filter.remedy = *std::move(remedy);
    auto action = action_of(part);
    if (!action) return std::unexpected(std::move(action).error());
    filter.action = *action;
    filter.kind = kind_of(part.word("failure_type"));
    if (const Node* id = part.extension("id")) filter.id = id->text;
    return filter;
}

Result<bool> ErrorHandler::Filter::matches(const Answer& answer, const http::Response& response,
                                           const Scope& scope) const {
    if (std::ranges::find(codes, answer.status()) != codes.end()) return true;
    if (contains) {
        const auto text = contains->text(scope);
        if (!text) return std::unexpected(text.error());
        const bool found = answer.status() >= 400
                               ? response.body.find(*text) != std::string::npos
                               : answer.complaint().find(*text) != std::string::npos;
        if (!text->empty() && found) return true;
    }
    return predicate ? predicate->holds(scope) : Result<bool>(false);
}

Result<> ErrorHandler::add(const Part& part) {
    if (part.kind() == "CompositeErrorHandler") {
        for (const Part& inner : part.children("error_handlers")) STREAMS_TRY(add(inner));
        return {};
    }
    if (part.kind() != "DefaultErrorHandler") return part.misplaced("error handler");
    Handler handler;
    for (const Part& inner : part.children("response_filters")) {
        auto filter = Filter::make(inner);
        if (!filter) return std::unexpected(std::move(filter).error());
        handler.filters.push_back(*std::move(filter));
    }
    auto backoffs = make_backoffs(part);
    if (!backoffs) return std::unexpected(std::move(backoffs).error());
    handler.backoffs = *std::move(backoffs);
    const std::string retries = part.word("max_retries", "5");
    handler.retries_max = std::clamp(std::atoi(retries.c_str()), 0, 50);
    handlers_.push_back(std::move(handler));
    return {};
}

Result<ErrorHandler> ErrorHandler::make(const std::optional<Part>& part) {
    ErrorHandler made;
    if (part) STREAMS_TRY(made.add(*part));
    if (made.handlers_.empty()) made.handlers_.emplace_back();
    return made;
}

int ErrorHandler::attempts_max() const {
    int retries = 0;
    for (const Handler& handler : handlers_) retries = std::max(retries, handler.retries_max);
    return retries + 1;
}

Result<> ErrorHandler::set_wait(http::Verdict& verdict, const Handler& handler,
                                const Setback& setback) {
    const bool asked = http::asked_wait(setback.headers, setback.now).has_value();
    for (const auto& backoff : handler.backoffs) {
        if (asked && !backoff->reads_headers()) continue;
        const auto told = backoff->wait(setback);
        if (!told) return std::unexpected(told.error());
        const std::optional<Backoff::Seconds> wait = *told;
        if (!wait) continue;
        constexpr double kSecondsMax = 1e6;
        const double seconds = std::clamp(wait->count(), 0.0, kSecondsMax);
        verdict.after = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
        return {};
    }
    return {};
}

// Says what came back, in the manifest's words where it has some.
Result<> ErrorHandler::describe(Error& error, const Filter* filter, const Answer& answer,
                                const Judging& judging) {
    std::string message;
    if (filter != nullptr && filter->message) {
        auto text = filter->message->text(judging.scope);
        if (!text) return std::unexpected(std::move(text).error());
        message = *std::move(text);
    }
    error.what = message.empty() ? fmt::format("{} answered {}", judging.title, said(answer))
                                 : fmt::format("{}: {}", message, said(answer));
    error.where = http::shown_request(judging.request);
    if (answer.status() == 401 && !judging.secret_origin.empty()) {
        error.where += "; " + judging.secret_origin;
    }
    error.what = judging.request.secrets.clean(error.what);
    constexpr std::size_t kWhyBytesMax = 300;
    const Json* details = answer.body().find("errors");
    if (details != nullptr) {
        error.why = ascii_excerpt(judging.request.secrets.clean(details->dump()), kWhyBytesMax);
    } else if (!answer.complaint().empty()) {
        error.why.clear();  // It is said already.
    }
    if (filter == nullptr) return {};
    if (filter->kind) error.kind = *filter->kind;
    if (!filter->id.empty()) error.id = filter->id;
    if (filter->remedy) {
        auto text = filter->remedy->text(judging.scope);
        if (!text) return std::unexpected(std::move(text).error());
        error.remedy = *std::move(text);
    }
    return {};
}

Result<ErrorHandler::Match> ErrorHandler::first_match(const http::Response& response,
                                                      const Answer& answer,
                                                      const Scope& scope) const {
    for (const Handler& handler : handlers_) {
        for (const Filter& filter : handler.filters) {
            const auto matches = filter.matches(answer, response, scope);
            if (!matches) return std::unexpected(matches.error());
            if (*matches) return Match{&handler, &filter};
        }
    }
    // As in the CDK, the first back-off that there is serves what no filter knows.
    auto handler =
        std::ranges::find_if(handlers_, [](const Handler& one) { return !one.backoffs.empty(); });
    if (handler == handlers_.end()) handler = handlers_.begin();
    return Match{&*handler, nullptr};
}

Result<http::Verdict> ErrorHandler::verdict(const http::Response& response, const Answer& answer,
                                            int attempt, const Judging& judging) const {
    const Json status = Json::integer(answer.status());
    const Scope scope = judging.scope.with("response", answer.body())
                            .with("headers", answer.headers())
                            .with("status", status);
    const auto match = first_match(response, answer, scope);
    if (!match) return std::unexpected(match.error());
    const auto [handler, matched] = *match;
    http::Verdict verdict = http::classify_by_status(response, attempt);
    if (matched != nullptr && matched->action) verdict.action = *matched->action;
    if (verdict.action == Action::Success) return verdict;
    Error error = http::error_of(judging.request, response);
    const Judging inner{scope,         judging.request,       judging.now,
                        judging.title, judging.secret_origin, judging.warn};
    STREAMS_TRY(describe(error, matched, answer, inner));
    if (verdict.action == Action::Ignore) {
        if (matched != nullptr && matched->message) judging.warn(error.what);
        return verdict;
    }
    if (verdict.action != Action::Fail) {
        STREAMS_TRY(set_wait(verdict, *handler, {response.headers, attempt, judging.now, scope}));
        if (error.kind != ErrorKind::Transient) error.kind = ErrorKind::Transient;
    }
    verdict.error = std::move(error);
    return verdict;
}

http::Verdict ErrorHandler::judge(const http::Response& response, const Answer& answer, int attempt,
                                  const Judging& judging) const {
    auto judged = verdict(response, answer, attempt, judging);
    if (judged) return *std::move(judged);
    return {.action = Action::Fail, .after = {}, .error = std::move(judged).error()};
}

}  // namespace streams::manifest
