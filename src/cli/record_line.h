#pragma once

#include <string>
#include <string_view>

namespace streams {

/// A record for people, on one line: `id  u_81   name  Ana Ortiz`. What is nested and what is
/// an address is left out, long values are cut. Empty: `line` is no RECORD.
std::string record_line(std::string_view line);

}  // namespace streams
