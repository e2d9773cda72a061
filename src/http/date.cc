#include "http/date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace streams::http {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// A number of seconds beyond this is a point in time, in seconds, and one beyond the next is one
/// in milliseconds.
constexpr std::int64_t kDurationMax = 100'000'000;
constexpr std::int64_t kSecondsMax = 100'000'000'000;

/// Takes one piece of a date after the other; once something is missing, everything fails.
class Scanner {
 public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    void literal(std::string_view text) {
        holds_ = holds_ && rest_.starts_with(text);
        if (holds_) rest_.remove_prefix(text.size());
    }

    int number(std::size_t digits) {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const char c = rest_.empty() ? ' ' : rest_.front();
            holds_ = holds_ && c >= '0' && c <= '9';
            if (!holds_) return 0;
            value = value * 10 + (c - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }

    /// The position of the name that stands here; 0 if none does.
    template <std::size_t Count>
    int name(const std::array<std::string_view, Count>& names) {
        for (std::size_t i = 0; i < Count && holds_; ++i) {
            if (!rest_.starts_with(names[i])) continue;
            rest_.remove_prefix(names[i].size());
            return static_cast<int>(i);
        }
        holds_ = false;
        return 0;
    }

    bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
    bool ended() const { return holds_ && rest_.empty(); }

 private:
    std::string_view rest_;
    bool holds_ = true;
};

constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> kLongDays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

std::optional<sys_seconds> time_of(const Parts& parts) {
    const std::chrono::year_month_day date{std::chrono::year(parts.year),
                                           std::chrono::month(static_cast<unsigned>(parts.month)),
                                           std::chrono::day(static_cast<unsigned>(parts.day))};
    const bool valid =
        date.ok() && parts.hour < 24 && parts.minute < 60 && parts.second <= 60;  // Leap second.
    if (!valid) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(parts.hour) +
           std::chrono::minutes(parts.minute) + seconds(parts.second);
}

void scan_clock(Scanner& scanner, Parts& parts) {
    parts.hour = scanner.number(2);
    scanner.literal(":");
    parts.minute = scanner.number(2);
    scanner.literal(":");
    parts.second = scanner.number(2);
}

std::optional<sys_seconds> imf_date(std::string_view text) {
    Scanner scanner(text);
    Parts parts;
    scanner.name(kDays);
    scanner.literal(", ");
    parts.day = scanner.number(2);
    scanner.literal(" ");
    parts.month = scanner.name(kMonths) + 1;
    scanner.literal(" ");
    parts.year = scanner.number(4);
    scanner.literal(" ");
    scan_clock(scanner, parts);
    scanner.literal(" GMT");
    return scanner.ended() ? time_of(parts) : std::nullopt;
}

std::optional<sys_seconds> rfc850_date(std::string_view text, sys_seconds now) {
    Scanner scanner(text);
    Parts parts;
    scanner.name(kLongDays);
    scanner.literal(", ");
    parts.day = scanner.number(2);
    scanner.literal("-");
    parts.month = scanner.name(kMonths) + 1;
    scanner.literal("-");
    parts.year = scanner.number(2);
    scanner.literal(" ");
    scan_clock(scanner, parts);
    scanner.literal(" GMT");
    if (!scanner.ended()) return std::nullopt;
    const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
    const int this_year = static_cast<int>(today.year());
    parts.year += this_year - this_year % 100;
    if (parts.year > this_year + 50) parts.year -= 100;
    return time_of(parts);
}

std::optional<sys_seconds> asctime_date(std::string_view text) {
    Scanner scanner(text);
    Parts parts;
    scanner.name(kDays);
    scanner.literal(" ");
    parts.month = scanner.name(kMonths) + 1;
    scanner.literal(" ");
    const bool one_digit = scanner.next_is(' ');
    if (one_digit) scanner.literal(" ");
    parts.day = scanner.number(one_digit ? 1 : 2);
    scanner.literal(" ");
    scan_clock(scanner, parts);
    scanner.literal(" ");
    parts.year = scanner.number(4);
    return scanner.ended() ? time_of(parts) : std::nullopt;
}

/// A number without sign, of at most 18 digits; a fraction of it is dropped.
std::optional<std::int64_t> count_of(std::string_view text) {
    constexpr std::size_t kDigitsMax = 18;
    const std::string_view whole = text.substr(0, text.find('.'));
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    std::int64_t value = 0;
    if (whole.empty() || whole.size() > kDigitsMax) return std::nullopt;
    if (!std::ranges::all_of(whole, is_digit)) return std::nullopt;
    if (whole.size() < text.size() &&
        !std::ranges::all_of(text.substr(whole.size() + 1), is_digit)) {
        return std::nullopt;
    }
    std::from_chars(whole.data(), whole.data() + whole.size(), value);
    return value;
}

std::optional<seconds> retry_after(const Headers& headers, sys_seconds server_now) {
    std::optional<seconds> longest;
    for (const std::string& text : headers.all("Retry-After")) {
        std::optional<seconds> asked;
        if (const auto count = count_of(text)) {
            asked = seconds(*count);
        } else if (const auto date = parse_http_date(text, server_now)) {
            asked = std::max(seconds(0), *date - server_now);
        }
        if (asked && (!longest || *asked > *longest)) longest = asked;
    }
    return longest;
}

std::optional<seconds> until_reset(const Headers& headers, std::string_view prefix,
                                   sys_seconds server_now) {
    const auto number = [&](const char* name) -> std::optional<std::int64_t> {
        const std::string* text = headers.find(std::string(prefix) + name);
        return text == nullptr ? std::nullopt : count_of(*text);
    };
    const auto remaining = number("Remaining");
    const auto reset = number("Reset");
    if (!reset || remaining != 0) return std::nullopt;
    if (*reset <= kDurationMax) return seconds(*reset);
    const std::int64_t at = *reset <= kSecondsMax ? *reset : (*reset + 999) / 1000;
    return std::max(seconds(0), sys_seconds(seconds(at)) - server_now);
}

}  // namespace

std::optional<sys_seconds> parse_http_date(std::string_view text, sys_seconds now) {
    if (const auto date = imf_date(text)) return date;
    if (const auto date = rfc850_date(text, now)) return date;
    return asctime_date(text);
}

std::optional<seconds> asked_wait(const Headers& headers, sys_seconds now) {
    const std::string* date = headers.find("Date");
    const sys_seconds server_now =
        date == nullptr ? now : parse_http_date(*date, now).value_or(now);
    if (const auto asked = retry_after(headers, server_now)) return asked;
    for (const char* prefix : {"X-RateLimit-", "RateLimit-", "X-Rate-Limit-"}) {
        if (const auto asked = until_reset(headers, prefix, server_now)) return asked;
    }
    return std::nullopt;
}

}  // namespace streams::http
