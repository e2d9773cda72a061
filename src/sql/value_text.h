#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace streams::sql {

/// How values are written where a database has no type for them: fixed width, so that text sorts as
/// time.
inline constexpr std::size_t kTimestampBytes = 27;  // 2022-07-05T13:45:22.000000Z
inline constexpr std::size_t kDateBytes = 10;
inline constexpr std::size_t kTimeBytes = 15;

/// Each writes its fixed number of bytes; false outside the years 1 to 9999, or of one day.
bool write_timestamp(std::int64_t microseconds, char* to);
bool write_date(std::int64_t days, char* to);
bool write_time(std::int64_t microseconds, char* to);

/// The one text that all spellings of a JSON number share, as batch/numbers.h writes it: no
/// exponent unless the number is huge, no zeros that say nothing. What is no number stays as it is.
std::string canonical_decimal(std::string_view decimal);

/// The canonical form of the shortest decimal that reads back as `value`.
std::string canonical_decimal(double value);

/// Whether `decimal` is in that form already; quick for whole numbers.
bool is_canonical_decimal(std::string_view decimal);

}  // namespace streams::sql
