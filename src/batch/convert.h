#pragma once

#include <cstdint>
#include <string>

namespace streams {

/// What a stored number becomes in a column of decimals: the canonical text of append_canonical.
std::string decimal_of(std::int64_t value);

/// The same for a double: its fewest digits that read back as it, never a database's own cast. A
/// text that a Double column took has exactly these digits.
std::string decimal_of(double value);

}  // namespace streams
