#include "batch/time_text.h"

namespace streams {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
constexpr std::int64_t kFirstDay = -719'162;  // 0001-01-01
constexpr std::int64_t kLastDay = 2'932'896;  // 9999-12-31

void write_digits(std::int64_t value, int count, char* to) {
    for (int i = count - 1; i >= 0; --i) {
        to[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

// Days to a date of the proleptic Gregorian calendar, by eras of 400 years.
void write_civil(std::int64_t days, char* to) {
    const std::int64_t shifted = days + 719'468;  // From 0000-03-01; never negative here.
    const std::int64_t era = shifted / 146'097;
    const std::int64_t day_of_era = shifted % 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
    const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    write_digits(era * 400 + year_of_era + (month <= 2 ? 1 : 0), 4, to);
    to[4] = '-';
    write_digits(month, 2, to + 5);
    to[7] = '-';
    write_digits(day_of_year - (153 * shifted_month + 2) / 5 + 1, 2, to + 8);
}

void write_clock(std::int64_t microseconds, char* to) {
    const std::int64_t seconds = microseconds / kMicrosPerSecond;
    write_digits(seconds / 3600, 2, to);
    to[2] = ':';
    write_digits(seconds / 60 % 60, 2, to + 3);
    to[5] = ':';
    write_digits(seconds % 60, 2, to + 6);
    to[8] = '.';
    write_digits(microseconds % kMicrosPerSecond, 6, to + 9);
}

}  // namespace

bool write_timestamp(std::int64_t microseconds, char* to) {
    std::int64_t days = microseconds / kMicrosPerDay;
    std::int64_t rest = microseconds % kMicrosPerDay;
    if (rest < 0) {
        rest += kMicrosPerDay;
        --days;
    }
    if (days < kFirstDay || days > kLastDay) return false;
    write_civil(days, to);
    to[10] = 'T';
    write_clock(rest, to + 11);
    to[26] = 'Z';
    return true;
}

bool write_date(std::int64_t days, char* to) {
    if (days < kFirstDay || days > kLastDay) return false;
    write_civil(days, to);
    return true;
}

bool write_time(std::int64_t microseconds, char* to) {
    if (microseconds < 0 || microseconds >= kMicrosPerDay) return false;
    write_clock(microseconds, to);
    return true;
}

}  // namespace streams
