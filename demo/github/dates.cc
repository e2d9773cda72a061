#include "demo/github/dates.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace streams::demo {
namespace {

// Takes exactly `width` digits from the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
    if (text.size() < width) return std::nullopt;
    int value = 0;
    for (const char letter : text.substr(0, width)) {
        if (letter < '0' || letter > '9') return std::nullopt;
        value = value * 10 + (letter - '0');
    }
    text.remove_prefix(width);
    return value;
}

// Takes a mark and then two digits.
std::optional<int> take_pair(std::string_view& text, char mark) {
    if (text.empty() || text.front() != mark) return std::nullopt;
    text.remove_prefix(1);
    return take_digits(text, 2);
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
    const auto year = take_digits(text, 4);
    const auto month = take_pair(text, '-');
    const auto day = take_pair(text, '-');
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

std::optional<std::chrono::seconds> take_clock(std::string_view& text) {
    if (!text.empty() && text.front() == ' ') return std::nullopt;
    const auto hour = take_pair(text, 'T');
    const auto minute = take_pair(text, ':');
    const auto second = take_pair(text, ':');
    if (!hour || !minute || !second) return std::nullopt;
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(std::min(text.find_first_not_of("0123456789", 1), text.size()));
    }
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

std::optional<std::chrono::seconds> offset_of(std::string_view text) {
    if (text == "Z") return std::chrono::seconds(0);
    if (text.size() != 6 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const int sign = text.front() == '-' ? -1 : 1;
    const auto hours = take_pair(text, text.front());
    const auto minutes = take_pair(text, ':');
    if (!hours || !minutes) return std::nullopt;
    return sign * (std::chrono::hours(*hours) + std::chrono::minutes(*minutes));
}

}  // namespace

std::string text_of(std::chrono::sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss<std::chrono::seconds> clock(time - day);
    std::array<char, 64> out{};
    const int length = std::snprintf(
        out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    return {out.data(), static_cast<std::size_t>(length)};
}

std::optional<std::chrono::sys_seconds> time_of(std::string_view text) {
    const auto date = take_date(text);
    if (!date) return std::nullopt;
    if (text.empty()) return std::chrono::sys_seconds(*date);
    const auto clock = take_clock(text);
    if (!clock) return std::nullopt;
    const auto offset = offset_of(text);
    if (!offset) return std::nullopt;
    return *date + *clock - *offset;
}

}  // namespace streams::demo
