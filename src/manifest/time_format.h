#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace streams::manifest {

/// Microseconds since 1970. The format is one of Python's, or `%s`, `%ms` and their like; empty:
/// any form of ISO 8601. A time without an offset is UTC.
std::optional<std::int64_t> parse_time(std::string_view text, std::string_view format);

/// Empty where there is no such year.
std::string format_time(std::int64_t microseconds, std::string_view format);

/// The time `sign` (1 or -1) durations (ISO 8601: `P1M`) later.
std::optional<std::int64_t> add_duration(std::int64_t microseconds, std::string_view duration,
                                         int sign);

}  // namespace streams::manifest
