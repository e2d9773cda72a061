#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/client.h"
#include "streams/error.h"

namespace streams::http {

/// One link of a `Link` header (RFC 8288).
struct Link {
    std::string target;                                           ///< As sent, maybe relative.
    std::vector<std::pair<std::string, std::string>> parameters;  ///< Names in small letters.

    /// The first value of the parameter `name`, or null.
    const std::string* parameter(std::string_view name) const {
        for (const auto& [key, value] : parameters) {
            if (key == name) return &value;
        }
        return nullptr;
    }

    /// Whether `relation` is one of the words of `rel`, whatever its case. A link about something
    /// else than this answer (`anchor`) has none.
    bool has_relation(std::string_view relation) const;
};

/// The links of one header, in order. **Errors.** Data `bad-link`: it cannot be read; to read on
/// behind the fault might lose the next page.
Result<std::vector<Link>> parse_link_header(std::string_view text);

/// Where the next page is: the absolute URL of `rel="next"`; none on the last page.
/// **Errors.** Data `bad-link`; Failed `bad-url`.
Result<std::optional<std::string>> next_url(const Response& response);

}  // namespace streams::http
