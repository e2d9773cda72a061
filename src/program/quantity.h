#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "streams/error.h"

namespace streams {

/// `90s`, `10m`, `2h`, `250ms`, `5` (seconds).
/// **Errors.** Config `setting-value`.
Result<std::chrono::milliseconds> duration_of(std::string_view text);

/// `64MB`, `1GiB`, `4096`: bytes; a unit is a power of 1,024.
/// **Errors.** Config `setting-value`.
Result<std::uint64_t> bytes_of(std::string_view text);

/// `1,204,331`.
std::string with_commas(std::uint64_t number);

/// `0.1s`, `88.4s`, `1m34s`, `2h05m`.
std::string duration_text(std::chrono::milliseconds duration);

/// `512 B`, `61 MB`, `1.2 GB`.
std::string bytes_text(std::uint64_t bytes);

}  // namespace streams
