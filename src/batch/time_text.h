#pragma once

#include <cstddef>
#include <cstdint>

namespace streams {

/// Times as text of fixed width, so that text sorts as time.
inline constexpr std::size_t kTimestampBytes = 27;  // 2022-07-05T13:45:22.000000Z
inline constexpr std::size_t kDateBytes = 10;
inline constexpr std::size_t kTimeBytes = 15;

/// Each writes its fixed number of bytes; false outside the years 1 to 9999, or of one day.
bool write_timestamp(std::int64_t microseconds, char* to);
bool write_date(std::int64_t days, char* to);
bool write_time(std::int64_t microseconds, char* to);

}  // namespace streams
