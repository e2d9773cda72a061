#include "batch/numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace streams {
namespace {

constexpr std::int64_t kZerosMax = 4'096;
constexpr std::int64_t kDecimalDigitsMax = 1'000'000'000;

bool is_digit(char c) {
    return static_cast<unsigned char>(c - '0') <= 9;
}

// Where the digits of the number are in its text: from its first one that is not 0.
struct Digits {
    const char* first;
    const char* last;  // Behind the last one; the point may lie between.
};

Digits digits_of(const NumberText& number) {
    const char* first = number.begin;
    while (first != number.end && (*first == '-' || *first == '0' || *first == '.')) ++first;
    const char* last = first;
    while (last != number.end && (is_digit(*last) || *last == '.')) ++last;
    return {first, last};
}

std::size_t trailing_zeros(const NumberText& number) {
    if (number.digits == 0) return 0;
    const Digits digits = digits_of(number);
    std::size_t zeros = 0;
    for (const char* at = digits.last; at != digits.first && (at[-1] == '0' || at[-1] == '.');
         --at) {
        if (at[-1] == '0') ++zeros;
    }
    return zeros;
}

// The number as `significand` x 10^exponent without trailing zeros, if it has at most 19 digits.
struct Short {
    std::uint64_t significand = 0;
    std::int64_t exponent = 0;
    bool operator==(const Short&) const = default;
};

bool shorten(const NumberText& number, Short& result) {
    result.significand = number.leading;
    result.exponent = number.exponent;
    if (number.digits > 19) {
        const std::size_t zeros = trailing_zeros(number);
        if (number.digits - zeros > 19) return false;
        // The first 19 digits have all that are not 0.
        result.exponent += static_cast<std::int64_t>(number.digits) - 19;
    }
    if (result.significand == 0) {
        result.exponent = 0;
        return true;
    }
    while (result.significand % 10 == 0) {
        result.significand /= 10;
        ++result.exponent;
    }
    return true;
}

const char* exponent_of(const char* at, const char* last, std::int64_t& exponent) {
    bool negative = false;
    if (at != last && (*at == '+' || *at == '-')) {
        negative = *at == '-';
        ++at;
    }
    if (at == last || !is_digit(*at)) return nullptr;
    for (; at != last && is_digit(*at); ++at) {
        exponent = std::min(exponent * 10 + (*at - '0'), kExponentMax);
    }
    if (negative) exponent = -exponent;
    return at;
}

void append_digits(const NumberText& number, std::size_t count, std::string& text) {
    const char* at = digits_of(number).first;
    while (count > 0) {
        if (*at != '.') {
            text += *at;
            --count;
        }
        ++at;
    }
}

// d.ddde-N
bool append_scientific(const NumberText& number, std::size_t digits, std::int64_t exponent,
                       std::string& text) {
    const std::size_t start = text.size();
    append_digits(number, digits, text);
    if (digits > 1) text.insert(start + 1, 1, '.');
    text += 'e';
    text += std::to_string(exponent + static_cast<std::int64_t>(digits) - 1);
    return true;
}

}  // namespace

bool scan_exponent(const char* at, const char* last, NumberText& number) {
    number.whole_text = false;
    number.has_exponent = true;
    std::int64_t exponent = 0;
    at = exponent_of(at + 1, last, exponent);
    if (at == nullptr) return false;
    number.exponent = std::clamp(number.exponent + exponent, -kExponentMax, kExponentMax);
    if (number.digits == 0) number.exponent = 0;
    number.end = at;
    return true;
}

bool is_whole(const NumberText& number) {
    if (number.whole_text || number.exponent >= 0) return true;
    return number.exponent + static_cast<std::int64_t>(trailing_zeros(number)) >= 0;
}

bool to_integer_exactly(const NumberText& number, std::int64_t& value) {
    Short parts;
    if (!shorten(number, parts) || parts.exponent < 0 || parts.exponent > 18) return false;
    std::uint64_t magnitude = parts.significand;
    for (std::int64_t i = 0; i < parts.exponent; ++i) {
        if (__builtin_mul_overflow(magnitude, std::uint64_t{10}, &magnitude)) return false;
    }
    constexpr std::uint64_t kMax = std::uint64_t{1} << 63;
    if (magnitude > kMax || (magnitude == kMax && !number.negative)) return false;
    value = static_cast<std::int64_t>(number.negative ? 0 - magnitude : magnitude);
    return true;
}

bool to_double_exactly(const NumberText& number, double& value) {
    if (number.digits == 0) {
        value = number.negative ? -0.0 : 0.0;
        return true;
    }
    Short sent;
    if (!shorten(number, sent)) return false;
    const auto read = std::from_chars(number.begin, number.end, value);
    if (read.ec != std::errc() || !std::isfinite(value) || value == 0) return false;
    std::array<char, 32> buffer;
    const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                       std::chars_format::scientific);
    NumberText shortest;
    Short stored;
    return scan_number(buffer.data(), written.ptr, shortest) && shorten(shortest, stored) &&
           stored == sent;
}

DecimalDigits decimal_digits(const NumberText& number) {
    if (number.digits == 0) return {};
    const auto digits = static_cast<std::int64_t>(number.digits);
    const auto zeros = static_cast<std::int64_t>(trailing_zeros(number));
    return {std::max<std::int64_t>(0, digits + number.exponent),
            std::max<std::int64_t>(0, -(number.exponent + zeros))};
}

bool append_canonical(const NumberText& number, std::string& text) {
    if (number.digits == 0) {
        text += '0';
        return true;
    }
    const auto zeros = static_cast<std::int64_t>(trailing_zeros(number));
    const std::size_t digits = number.digits - static_cast<std::size_t>(zeros);
    const std::int64_t exponent = number.exponent + zeros;
    if (exponent > kDecimalDigitsMax || exponent < -kDecimalDigitsMax) return false;
    if (number.negative) text += '-';
    const auto count = static_cast<std::int64_t>(digits);
    if (exponent > kZerosMax || -exponent - count > kZerosMax) {
        return append_scientific(number, digits, exponent, text);
    }
    if (exponent >= 0) {
        append_digits(number, digits, text);
        text.append(static_cast<std::size_t>(exponent), '0');
        return true;
    }
    if (-exponent >= count) {
        text += "0.";
        text.append(static_cast<std::size_t>(-exponent - count), '0');
        append_digits(number, digits, text);
        return true;
    }
    const std::size_t start = text.size();
    append_digits(number, digits, text);
    text.insert(start + static_cast<std::size_t>(count + exponent), 1, '.');
    return true;
}

bool append_as_written(const NumberText& number, std::string& text) {
    if (number.has_exponent) return append_canonical(number, text);
    text += number.text();
    return true;
}

}  // namespace streams
