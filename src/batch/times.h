#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace streams {

/// A time, as far as a column can hold it.
struct TimeText {
    std::int64_t value = 0;  ///< Microseconds since 1970, or since midnight; days for a date.
    bool cut = false;        ///< It had digits beyond microseconds.
    bool local = false;      ///< It had no zone and was taken as UTC.
};

/// Reads `YYYY-MM-DDTHH:MM:SS[.f...](Z|+HH:MM|-HH:MM)` as RFC 3339 has it, and besides: a space for
/// T, t and z, no zone at all. The offset is applied. Answers false for every other text, for times
/// that do not exist, and for years that are not 1 to 9999 in UTC.
bool read_timestamp(std::string_view text, TimeText& time);

/// Reads `YYYY-MM-DD`.
bool read_date(std::string_view text, TimeText& date);

/// Reads `HH:MM:SS[.f...]`, with or without Z. Other offsets have no meaning without a date.
bool read_time(std::string_view text, TimeText& time);

}  // namespace streams
