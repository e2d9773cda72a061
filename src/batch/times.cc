#include "batch/times.h"

#include <array>
#include <chrono>

namespace streams {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::size_t kDateBytes = 10;  // YYYY-MM-DD
constexpr std::size_t kClockBytes = 8;  // HH:MM:SS

bool is_digit(char c) {
    return static_cast<unsigned char>(c - '0') <= 9;
}

int two(const char* at) {
    return (at[0] - '0') * 10 + (at[1] - '0');
}

template <std::size_t Count>
[[gnu::always_inline]] inline bool are_digits(const char* at,
                                              const std::array<std::uint8_t, Count>& places) {
    unsigned bad = 0;
    for (const std::uint8_t place : places) bad |= is_digit(at[place]) ? 0U : 1U;
    return bad == 0;
}

// Days since 1970 of the ten bytes at `at`.
bool days_of(const char* at, std::int64_t& days) {
    static constexpr std::array<std::uint8_t, 8> kPlaces = {0, 1, 2, 3, 5, 6, 8, 9};
    if (!are_digits(at, kPlaces) || at[4] != '-' || at[7] != '-') return false;
    const std::chrono::year_month_day date(std::chrono::year(two(at) * 100 + two(at + 2)),
                                           std::chrono::month(static_cast<unsigned>(two(at + 5))),
                                           std::chrono::day(static_cast<unsigned>(two(at + 8))));
    if (!date.ok() || int{date.year()} < 1) return false;
    days = std::chrono::sys_days(date).time_since_epoch().count();
    return true;
}

// Microseconds since midnight of HH:MM:SS[.f...]; `at` is then behind them.
[[gnu::always_inline]] inline bool clock_of(const char*& at, const char* last, TimeText& time) {
    static constexpr std::array<std::uint8_t, 6> kPlaces = {0, 1, 3, 4, 6, 7};
    if (last - at < static_cast<std::ptrdiff_t>(kClockBytes) || !are_digits(at, kPlaces) ||
        at[2] != ':' || at[5] != ':') {
        return false;
    }
    const int hour = two(at);
    const int minute = two(at + 3);
    const int second = two(at + 6);
    if (hour > 23 || minute > 59 || second > 59) return false;
    std::int64_t micros = 0;
    at += kClockBytes;
    if (at != last && *at == '.') {
        const char* const first = ++at;
        std::int64_t scale = 100'000;
        for (; at != last && is_digit(*at); ++at, scale /= 10) micros += (*at - '0') * scale;
        if (at == first) return false;
        time.cut = at - first > 6;
    }
    time.value = ((hour * 60 + minute) * 60 + second) * std::int64_t{1'000'000} + micros;
    return true;
}

// Microseconds that the zone is ahead of UTC.
[[gnu::always_inline]] inline bool zone_of(const char* at, const char* last, std::int64_t& ahead,
                                           bool& local) {
    ahead = 0;
    local = at == last;
    if (local) return true;
    if ((*at | 0x20) == 'z') return at + 1 == last;
    if ((*at != '+' && *at != '-') || last - at != 6 || at[3] != ':') return false;
    static constexpr std::array<std::uint8_t, 4> kPlaces = {1, 2, 4, 5};
    if (!are_digits(at, kPlaces) || two(at + 1) > 23 || two(at + 4) > 59) return false;
    ahead = (two(at + 1) * 60 + two(at + 4)) * std::int64_t{60'000'000};
    if (*at == '-') ahead = -ahead;
    return true;
}

}  // namespace

bool read_timestamp(std::string_view text, TimeText& time) {
    if (text.size() < kDateBytes + 1 + kClockBytes) return false;
    const char* at = text.data();
    const char* const last = at + text.size();
    std::int64_t days = 0;
    if (!days_of(at, days)) return false;
    at += kDateBytes;
    if ((*at | 0x20) != 't' && *at != ' ') return false;
    ++at;
    std::int64_t ahead = 0;
    if (!clock_of(at, last, time) || !zone_of(at, last, ahead, time.local)) return false;
    time.value += days * kDay - ahead;
    constexpr std::int64_t kFirst = -62'135'596'800'000'000;  // 0001-01-01T00:00:00Z
    constexpr std::int64_t kEnd = 253'402'300'800'000'000;    // 10000-01-01T00:00:00Z
    return time.value >= kFirst && time.value < kEnd;
}

bool read_date(std::string_view text, TimeText& date) {
    return text.size() == kDateBytes && days_of(text.data(), date.value);
}

bool read_time(std::string_view text, TimeText& time) {
    const char* at = text.data();
    const char* const last = at + text.size();
    if (!clock_of(at, last, time)) return false;
    return at == last || ((*at | 0x20) == 'z' && at + 1 == last);
}

}  // namespace streams
