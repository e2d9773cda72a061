#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "http/authentication.h"
#include "http/client.h"
#include "streams/error.h"

namespace streams::http {

/// What to do about an answer.
enum class Action : std::uint8_t {
    Success,
    Ignore,       ///< As good as an empty one: `Reply::ignored`.
    Retry,        ///< Again, after a back-off, for `attempts_max` times.
    RateLimited,  ///< Again when the limit allows; if it says when, this costs no attempt.
    Fail,
};

struct Verdict {
    Action action = Action::Success;

    /// How long to wait at least, instead of what the headers ask (`asked_wait`).
    std::optional<std::chrono::milliseconds> after;

    /// Of a failure; also once `Retry` and `RateLimited` are given up. Without it, `error_of`
    /// tells.
    std::optional<Error> error;
};

/// `attempt` counts from 1. A manifest's error handler is one of these.
using Classifier = std::function<Verdict(const Response& response, int attempt)>;

/// 2xx, 3xx: success. 429, and 403 with `Retry-After` or with no call left: rate limited. 408 and
/// 5xx: retry. Others fail.
Verdict classify_by_status(const Response& response, int attempt);

/// The default error of an answer, by its status: Config `token-refused` (401), `access-refused`
/// (403), `not-found` (404, 410); Transient `rate-limited` (429), `server-error` (408, 5xx);
/// Failed `request-refused`.
Error error_of(const Request& request, const Response& response);

/// `503 Service Unavailable`.
std::string status_text(int status);

struct RetryPolicy {
    int attempts_max = 6;
    std::chrono::milliseconds delay_first{1'000};  ///< Doubles with each attempt, up to
    std::chrono::milliseconds delay_max{60'000};   ///< this; the wait is a random part of it.
    std::chrono::seconds asked_max{300};           ///< However long a server asks to wait.
    std::chrono::seconds budget{600};              ///< Of one `send`, waits for limits apart.
    int limits_max = 20;                           ///< Waits for a rate limit, in one `send`.
    std::chrono::seconds limit_max{3'700};         ///< Of one such wait,
    std::chrono::seconds limit_budget{7'400};      ///< and of all in one `send`.
};

/// A wait under way, for the person who watches.
struct Wait {
    std::chrono::milliseconds total{0};
    std::chrono::milliseconds left{0};  ///< At first `total`, at last 0.
    bool rate_limited = false;
    int attempt = 1;      ///< The one that failed.
    std::string why;      ///< `503 Service Unavailable`; what broke.
    std::string request;  ///< `GET https://...`, without secrets.
};

struct Reply {
    Response response;
    bool ignored = false;
    int attempts = 1;
};

/// Sends until there is an answer to keep, with random back-off, and within a budget.
///
/// **Promise.** A wait is min(what is asked, the cap) plus a random part of the back-off. It does
/// not begin if it would exceed the budget. A request that is not `repeatable` is sent again only
/// if nothing reached the other side, or after 429 and 503. After a failure the next requests get
/// one attempt each, until one succeeds: a dead server meets no wave.
/// **Errors.** Transient `unreachable`, `bad-answer`, `server-error`, `rate-limited`: given up.
/// Failed `stopped`. The classifier's, and those of `Client` that are not Transient, at once.
/// **Threads.** One at a time.
class Retrier {
 public:
    /// All outlive the retrier.
    struct Surroundings {
        Client& client;
        Clock& clock;
        Chance chance;
        Authenticator* authenticator = nullptr;   ///< May be null.
        std::function<void(const Wait&)> report;  ///< At the begin, each second, and at the end.
        std::function<bool()> stopping;
    };

    explicit Retrier(Surroundings surroundings, RetryPolicy policy = {})
        : around_(std::move(surroundings)), policy_(policy) {}

    Result<Reply> send(Request request, const Classifier& classify = classify_by_status);

 private:
    /// What one `send` has spent.
    struct Spent {
        Clock::Monotonic begin;
        int attempts = 0;  // Sent.
        int failures = 0;  // Of them, those that count against `attempts_max`.
        int limits = 0;
        std::chrono::milliseconds limit_time{0};
        bool renewed = false;
    };
    /// Why the last attempt was not the last word.
    struct Setback {
        Error error;
        bool rate_limited = false;
        std::optional<std::chrono::milliseconds> asked;
        std::string why;
    };

    Result<Response> attempt(Request& request, Spent& spent);
    Result<> after_break(const Request& request, Error error, Spent& spent);
    Result<> after_answer(const Request& request, const Response& response, Verdict verdict,
                          Spent& spent);
    Result<bool> has_newer_credentials(const Result<Response>& response, Spent& spent);
    Setback setback_of(const Request& request, const Response& response, Verdict verdict) const;
    Result<> pause(const Request& request, Setback setback, Spent& spent);
    bool fits(const Setback& setback, std::chrono::milliseconds time, const Spent& spent) const;
    Result<> wait(Wait wait);
    std::unexpected<Error> given_up(const Request& request, Error error, const Spent& spent);

    Surroundings around_;
    RetryPolicy policy_;
    bool broken_ = false;
};

}  // namespace streams::http
