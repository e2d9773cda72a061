#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "http/headers.h"

namespace streams::http {

/// A date in one of the three forms of RFC 9110: `Sun, 06 Nov 1994 08:49:37 GMT`,
/// `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. `now` decides the century of the
/// second one. None for anything else, and for a day that does not exist.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text,
                                                        std::chrono::sys_seconds now);

/// How long the answer asks to wait, judged by the server's own `Date` where it has one, because
/// `now` may be wrong. None if it does not ask, or if what it asks makes no sense.
///
/// `Retry-After` in seconds or as a date, the longest if there are several; else, if no call is
/// left by `X-RateLimit-Remaining` or `RateLimit-Remaining`, until the matching `-Reset`: a time in
/// seconds or milliseconds since 1970, or a number of seconds.
std::optional<std::chrono::seconds> asked_wait(const Headers& headers,
                                               std::chrono::sys_seconds now);

}  // namespace streams::http
