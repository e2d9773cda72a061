#include "persisters/postgres/numeric.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace streams::postgres {
namespace {

constexpr std::int64_t kWholeMax = 131'072;
constexpr std::int64_t kDecimalsMax = 16'383;
constexpr std::int64_t kGroup = 4;
constexpr std::size_t kGroupsMax = 3'000;  // What the server takes in binary.
constexpr std::uint16_t kNegative = 0x4000;

void append_16(std::uint16_t value, std::vector<std::uint8_t>& to) {
    to.push_back(static_cast<std::uint8_t>(value >> 8));
    to.push_back(static_cast<std::uint8_t>(value));
}

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

/// `digits` with the point behind the first `whole` of them; `whole` may lie outside.
struct Digits {
    std::string digits;
    std::int64_t whole = 0;
    bool is_negative = false;
};

bool read(std::string_view text, Digits& number) {
    number.is_negative = text.starts_with('-');
    if (number.is_negative) text.remove_prefix(1);
    const auto exponent_at = std::min(text.find_first_of("eE"), text.size());
    std::int64_t exponent = 0;
    if (exponent_at < text.size()) {
        auto digits = text.substr(exponent_at + 1);
        if (digits.starts_with('+')) digits.remove_prefix(1);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        const bool is_whole = read.ptr == digits.data() + digits.size();
        if (read.ec != std::errc() || !is_whole) return false;
    }
    const auto mantissa = text.substr(0, exponent_at);
    const auto point = std::min(mantissa.find('.'), mantissa.size());
    number.digits = mantissa.substr(0, point);
    number.whole = static_cast<std::int64_t>(point) + exponent;
    if (point < mantissa.size()) number.digits += mantissa.substr(point + 1);
    const bool is_small = exponent > -kWholeMax && exponent < kWholeMax;
    return is_small && !number.digits.empty() && std::ranges::all_of(number.digits, is_digit);
}

// Zeros in front say nothing.
void strip(Digits& number) {
    const auto zeros = std::min(number.digits.find_first_not_of('0'), number.digits.size());
    number.digits.erase(0, zeros);
    number.whole -= static_cast<std::int64_t>(zeros);
}

std::uint16_t group_at(const Digits& number, std::int64_t begin) {
    std::uint16_t value = 0;
    for (std::int64_t at = begin; at < begin + kGroup; ++at) {
        const bool is_there = at >= 0 && at < static_cast<std::int64_t>(number.digits.size());
        const int digit = is_there ? number.digits[static_cast<std::size_t>(at)] - '0' : 0;
        value = static_cast<std::uint16_t>(value * 10 + digit);
    }
    return value;
}

std::int64_t groups_for(std::int64_t digits) {
    return digits <= 0 ? -(-digits / kGroup) : (digits + kGroup - 1) / kGroup;
}

}  // namespace

bool append_numeric(std::string_view decimal, std::vector<std::uint8_t>& to) {
    Digits number;
    if (!read(decimal, number)) return false;
    const auto scale =
        std::max<std::int64_t>(0, static_cast<std::int64_t>(number.digits.size()) - number.whole);
    strip(number);
    if (number.whole > kWholeMax || scale > kDecimalsMax) return false;
    std::vector<std::uint16_t> groups;
    // How many groups lie before the point; none or fewer where the number begins behind it.
    const auto before = groups_for(number.whole);
    const auto count = static_cast<std::int64_t>(number.digits.size());
    for (auto at = number.whole - before * kGroup; at < count; at += kGroup) {
        groups.push_back(group_at(number, at));
    }
    while (!groups.empty() && groups.back() == 0) groups.pop_back();
    if (groups.size() > kGroupsMax) return false;
    const auto weight = groups.empty() ? 0 : before - 1;
    append_16(static_cast<std::uint16_t>(groups.size()), to);
    append_16(static_cast<std::uint16_t>(weight), to);
    append_16(number.is_negative && !groups.empty() ? kNegative : 0, to);
    append_16(static_cast<std::uint16_t>(scale), to);
    for (const auto group : groups) append_16(group, to);
    return true;
}

}  // namespace streams::postgres
