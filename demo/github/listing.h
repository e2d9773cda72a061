#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "demo/github/repository.h"
#include "http/server.h"

namespace streams::demo {

/// One page of a list.
struct Listing {
    std::vector<const Item*> items;  // Point into the repository.
    std::string link;  ///< The `Link` header; empty where everything fits on one page.
};

/// Why there is no page: the text of a 422.
struct Refusal {
    std::string message;
    std::string field;  ///< Empty unless one parameter is to blame.
};

/// Filters, orders and cuts the list `kind` as the query of `asked` says.
///
/// `since` includes the second that it names. `url` is the list's own address in the form with
/// the repository's number, which GitHub's links have.
std::expected<Listing, Refusal> list_page(const Repository& repository, Kind kind,
                                          const http::Asked& asked, const std::string& url);

/// What GitHub says to `page` where only a cursor will do.
inline constexpr std::string_view kPageTooDeep =
    "Pagination with the page parameter is not supported for large datasets, please use cursor "
    "based pagination (after/before)";

}  // namespace streams::demo
