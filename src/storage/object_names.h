#pragma once

#include <string>
#include <string_view>

namespace streams {

/// `name` as one part of an object's name: letters, digits, `-`, `_`, `.` and what is beyond ASCII
/// stay, every other byte becomes `%XX`, and so do a first `.` or `_`, which are never data.
/// Distinct names stay distinct: what is too long for a file system (over 180 bytes) is cut and
/// ends in `%` and a hash.
std::string escaped_part(std::string_view name);

/// The name that became `part`; `part` itself where it was cut.
std::string unescaped_part(std::string_view part);

}  // namespace streams
