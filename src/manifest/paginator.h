#pragma once

#include <memory>
#include <optional>

#include "http/client.h"
#include "manifest/answer.h"
#include "manifest/request_parts.h"

namespace streams::manifest {

/// What the last page was like.
struct PageSeen {
    const Answer& answer;
    std::size_t count;                 ///< Records on it, before any filter.
    const Json* last_record;           ///< Null: none.
    const std::optional<Json>& token;  ///< By which it was asked.
};

/// How the next page is found. Immutable.
class PaginationStrategy {
 public:
    PaginationStrategy() = default;
    PaginationStrategy(const PaginationStrategy&) = delete;
    PaginationStrategy& operator=(const PaginationStrategy&) = delete;
    virtual ~PaginationStrategy() = default;

    /// The token of the first page; mostly none.
    virtual std::optional<Json> first() const = 0;

    /// None: that was the last page.
    virtual Result<std::optional<Json>> next(const PageSeen& seen, const Scope& scope) const = 0;

    /// Records a page; none: not said.
    virtual Result<std::optional<Json>> page_size(const Scope& scope) const = 0;
};

/// DefaultPaginator: a strategy, and where its token goes in a request.
class Paginator {
 public:
    /// None: one page is all.
    static Result<std::optional<Paginator>> make(const Part& retriever);

    const PaginationStrategy& strategy() const { return *strategy_; }

    /// Asks for the page of `token`.
    Result<> apply(const std::optional<Json>& token, const Scope& scope, http::Request& request,
                   RequestParts& parts) const;

 private:
    std::unique_ptr<PaginationStrategy> strategy_;
    std::optional<RequestOption> size_option_;
    std::optional<RequestOption> token_option_;
    bool token_is_url_ = false;
    bool verbatim_ = false;  // The URL of a next page has all that it needs.
};

}  // namespace streams::manifest
