#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace streams::postgres {

/// Appends the decimal number as PostgreSQL's `numeric` is sent: digits to the base of 10 000, with
/// as many decimals as are written. False where it is no number, or has more than 12 000 digits
/// that count, 131 072 before its point, or 16 383 behind it.
bool append_numeric(std::string_view decimal, std::vector<std::uint8_t>& to);

}  // namespace streams::postgres
