#include "http/retry.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/log.h"
#include "http/date.h"

namespace streams::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kWhyBytesMax = 300;
constexpr milliseconds kReportEvery{1'000};

bool is_server_error(int status) {
    return status == 408 || (status >= 500 && status < 600);
}

bool is_limit_told(const Headers& headers) {
    for (const char* name : {"X-RateLimit-Remaining", "RateLimit-Remaining"}) {
        const std::string* left = headers.find(name);
        if (left != nullptr && *left == "0") return true;
    }
    return headers.has("Retry-After");
}

std::pair<ErrorKind, const char*> kind_and_id(int status) {
    if (status == 401) return {ErrorKind::Config, "token-refused"};
    if (status == 403) return {ErrorKind::Config, "access-refused"};
    if (status == 404 || status == 410) return {ErrorKind::Config, "not-found"};
    if (status == 429) return {ErrorKind::Transient, "rate-limited"};
    if (is_server_error(status)) return {ErrorKind::Transient, "server-error"};
    return {ErrorKind::Failed, "request-refused"};
}

std::string host_of(const Response& response) {
    const auto url = Url::parse(response.effective_url);
    if (!url) return "the server";
    const std::string& origin = url->origin();
    const std::size_t host = origin.find("://") + 3;
    return origin.substr(host, origin.rfind(':') - host);
}

/// The upper end of the n-th back-off, n from 1.
milliseconds bound_of(const RetryPolicy& policy, int n) {
    milliseconds bound = policy.delay_first;
    for (int i = 1; i < n && bound < policy.delay_max; ++i) bound *= 2;
    return std::min(bound, policy.delay_max);
}

}  // namespace

std::string status_text(int status) {
    struct Named {
        int status;
        const char* name;
    };
    constexpr std::array<Named, 20> kNames = {{{400, "Bad Request"},
                                               {401, "Unauthorized"},
                                               {402, "Payment Required"},
                                               {403, "Forbidden"},
                                               {404, "Not Found"},
                                               {405, "Method Not Allowed"},
                                               {406, "Not Acceptable"},
                                               {408, "Request Timeout"},
                                               {409, "Conflict"},
                                               {410, "Gone"},
                                               {412, "Precondition Failed"},
                                               {413, "Content Too Large"},
                                               {415, "Unsupported Media Type"},
                                               {422, "Unprocessable Content"},
                                               {429, "Too Many Requests"},
                                               {451, "Unavailable For Legal Reasons"},
                                               {500, "Internal Server Error"},
                                               {502, "Bad Gateway"},
                                               {503, "Service Unavailable"},
                                               {504, "Gateway Timeout"}}};
    const auto* const named = std::ranges::find(kNames, status, &Named::status);
    return named == kNames.end() ? std::to_string(status)
                                 : fmt::format("{} {}", status, named->name);
}

Verdict classify_by_status(const Response& response, int /*attempt*/) {
    const int status = response.status;
    const bool limited = status == 429 || (status == 403 && is_limit_told(response.headers));
    if (limited) return {.action = Action::RateLimited};
    if (is_server_error(status)) return {.action = Action::Retry};
    if (status >= 400) return {.action = Action::Fail};
    return {};
}

Error error_of(const Request& request, const Response& response) {
    const auto [kind, id] = kind_and_id(response.status);
    return Error{kind,
                 id,
                 fmt::format("{} answered {}", host_of(response), status_text(response.status)),
                 shown_request(request),
                 ascii_excerpt(request.secrets.clean(response.body), kWhyBytesMax),
                 {}};
}

Result<Reply> Retrier::send(Request request, const Classifier& classify) {
    Spent spent{.begin = around_.clock.monotonic()};
    while (true) {
        auto response = attempt(request, spent);
        const auto newer = has_newer_credentials(response, spent);
        if (!newer) return std::unexpected(newer.error());
        if (*newer) continue;
        if (!response) {
            STREAMS_TRY(after_break(request, std::move(response).error(), spent));
            continue;
        }
        Verdict verdict = classify(*response, spent.attempts);
        const Action action = verdict.action;
        if (action == Action::Success || action == Action::Ignore) {
            broken_ = false;
            return Reply{*std::move(response), action == Action::Ignore, spent.attempts};
        }
        STREAMS_TRY(after_answer(request, *response, std::move(verdict), spent));
    }
}

Result<> Retrier::after_break(const Request& request, Error error, Spent& spent) {
    const bool again =
        error.kind == ErrorKind::Transient && (is_repeatable(request) || error.id == "unreachable");
    if (!again) return std::unexpected(std::move(error));
    std::string why = error.why.empty() ? error.what : error.why;
    return pause(request, {std::move(error), false, {}, std::move(why)}, spent);
}

Result<> Retrier::after_answer(const Request& request, const Response& response, Verdict verdict,
                               Spent& spent) {
    const bool final = verdict.action == Action::Fail;
    // The other side may have done what was asked, although it says that it failed.
    const bool acted = !is_repeatable(request) && response.status != 429 && response.status != 503;
    Setback setback = setback_of(request, response, std::move(verdict));
    if (final || acted) return std::unexpected(std::move(setback.error));
    return pause(request, std::move(setback), spent);
}

Result<Response> Retrier::attempt(Request& request, Spent& spent) {
    if (around_.stopping && around_.stopping()) {
        return fail(ErrorKind::Failed, "stopped", "stopped before the next request");
    }
    if (around_.authenticator != nullptr) {
        STREAMS_TRY(around_.authenticator->authenticate(request));
    }
    ++spent.attempts;
    return around_.client.send(request);
}

Result<bool> Retrier::has_newer_credentials(const Result<Response>& response, Spent& spent) {
    const bool refused = response && response->status == 401;
    if (!refused || spent.renewed || around_.authenticator == nullptr) return false;
    spent.renewed = true;
    return around_.authenticator->renew();
}

Retrier::Setback Retrier::setback_of(const Request& request, const Response& response,
                                     Verdict verdict) const {
    Setback setback{.error = {}, .why = status_text(response.status)};
    setback.rate_limited = verdict.action == Action::RateLimited;
    setback.asked = verdict.after;
    if (!setback.asked) {
        const auto now = std::chrono::floor<seconds>(around_.clock.wall());
        const auto asked = asked_wait(response.headers, now);
        // Nobody's wait is longer than the longest cap: the rest of the number means nothing.
        if (asked) setback.asked = std::min(*asked, std::max(policy_.limit_max, policy_.asked_max));
    }
    setback.error = verdict.error ? *std::move(verdict.error) : error_of(request, response);
    if (setback.rate_limited && !verdict.error) {
        setback.error.kind = ErrorKind::Transient;
        setback.error.id = "rate-limited";
        setback.error.remedy = "run again later, or with a token that may call more often";
    }
    return setback;
}

Result<> Retrier::pause(const Request& request, Setback setback, Spent& spent) {
    const bool for_limit =
        setback.rate_limited && setback.asked && *setback.asked > milliseconds(0);
    int& count = for_limit ? spent.limits : spent.failures;
    ++count;
    const milliseconds cap = setback.rate_limited ? policy_.limit_max : policy_.asked_max;
    const auto bound = static_cast<double>(bound_of(policy_, count).count());
    const milliseconds jitter(static_cast<milliseconds::rep>(around_.chance() * bound));
    const milliseconds asked =
        std::clamp(setback.asked.value_or(milliseconds(0)), milliseconds(0), cap);
    const milliseconds time = asked + jitter;
    setback.rate_limited = for_limit;
    if (!fits(setback, time, spent)) return given_up(request, std::move(setback.error), spent);
    if (for_limit) spent.limit_time += time;
    return wait({.total = time,
                 .left = time,
                 .rate_limited = for_limit,
                 .attempt = spent.attempts,
                 .why = std::move(setback.why),
                 .request = shown_request(request)});
}

bool Retrier::fits(const Setback& setback, milliseconds time, const Spent& spent) const {
    if (broken_) return false;
    if (setback.rate_limited) {
        return spent.limits <= policy_.limits_max &&
               spent.limit_time + time <= policy_.limit_budget;
    }
    const auto passed = std::chrono::ceil<milliseconds>(around_.clock.monotonic() - spent.begin);
    return spent.failures < policy_.attempts_max &&
           passed - spent.limit_time + time <= policy_.budget;
}

Result<> Retrier::wait(Wait wait) {
    while (true) {
        if (around_.report) around_.report(wait);
        if (wait.left <= milliseconds(0)) return {};
        const milliseconds step = std::min(wait.left, kReportEvery);
        if (!around_.clock.wait(step, around_.stopping)) {
            return fail(ErrorKind::Failed, "stopped", "stopped while waiting for the next attempt");
        }
        wait.left -= step;
    }
}

std::unexpected<Error> Retrier::given_up(const Request& request, Error error, const Spent& spent) {
    broken_ = true;
    if (error.id == "timeout" || error.id == "short-answer") error.id = "unreachable";
    const auto passed = std::chrono::round<seconds>(around_.clock.monotonic() - spent.begin);
    if (error.where.empty()) error.where = shown_request(request);
    if (spent.attempts > 1) {
        error.where += fmt::format("; {} attempts in {} s", spent.attempts, passed.count());
    }
    if (error.id == "unreachable" && error.remedy.empty()) {
        error.remedy =
            "see that the address is right and reached from here (name, proxy, port); then run it "
            "again";
    }
    return std::unexpected(std::move(error));
}

}  // namespace streams::http
