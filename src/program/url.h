#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/error.h"

namespace streams {

/// `scheme:path?name=value&...`, with percent escapes undone.
struct Url {
    std::string scheme;
    std::string path;  ///< `file:x/y` and `file://x/y` are x/y, `file:///x` is /x.
    std::vector<std::pair<std::string, std::string>> query;
};

/// **Errors.** Config `url`; the message holds no more of the text than its scheme.
Result<Url> parse_url(std::string_view text);

/// The scheme of `text`, in lower case; empty: it has none, or one letter (C:\).
std::string scheme_of(std::string_view text);

/// The URL without user, password and query: for messages and hashes.
std::string without_credentials(std::string_view url);

}  // namespace streams
