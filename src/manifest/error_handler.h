#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/retry.h"
#include "manifest/answer.h"
#include "manifest/backoff.h"
#include "manifest/part.h"

namespace streams::manifest {

/// What an answer is judged by, and what messages need to know.
struct Judging {
    const Scope& scope;  ///< `config`, `stream_partition`.
    const http::Request& request;
    std::chrono::sys_seconds now;
    std::string title;          ///< Who answers: `GitHub`.
    std::string secret_origin;  ///< `access_token came from GITHUB_TOKEN`; empty: no secret.
    std::function<void(const std::string&)> warn;
};

/// What an API's answers mean: DefaultErrorHandler, CompositeErrorHandler. Immutable.
class ErrorHandler {
 public:
    /// None: only the defaults by status.
    static Result<ErrorHandler> make(const std::optional<Part>& part);

    http::Verdict judge(const http::Response& response, const Answer& answer, int attempt,
                        const Judging& judging) const;

    int attempts_max() const;

 private:
    struct Filter {
        std::vector<int> codes;
        std::optional<Template> contains;
        std::optional<Template> predicate;
        std::optional<Template> message;
        std::optional<Template> remedy;
        std::optional<http::Action> action;
        std::optional<ErrorKind> kind;
        std::string id;

        static Result<Filter> make(const Part& part);
        Result<bool> matches(const Answer& answer, const http::Response& response,
                             const Scope& scope) const;
    };
    struct Handler {
        std::vector<Filter> filters;
        std::vector<std::unique_ptr<Backoff>> backoffs;
        int retries_max = 5;
    };

    /// The handler that decides, and its filter; null: none matches.
    using Match = std::pair<const Handler*, const Filter*>;

    Result<> add(const Part& part);
    Result<Match> first_match(const http::Response& response, const Answer& answer,
                              const Scope& scope) const;
    Result<http::Verdict> verdict(const http::Response& response, const Answer& answer, int attempt,
                                  const Judging& judging) const;
    static Result<> describe(Error& error, const Filter* filter, const Answer& answer,
                             const Judging& judging);
    static Result<> set_wait(http::Verdict& verdict, const Handler& handler,
                             const Setback& setback);

    std::vector<Handler> handlers_;
};

}  // namespace streams::manifest
