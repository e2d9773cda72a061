#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace streams::demo {

/// GitHub's form: `2017-01-17T20:32:05Z`.
std::string text_of(std::chrono::sys_seconds time);

/// Reads the form above, an offset such as `+02:00` in place of the `Z`, a fraction of a second
/// (which is cut off) and a date alone.
std::optional<std::chrono::sys_seconds> time_of(std::string_view text);

}  // namespace streams::demo
