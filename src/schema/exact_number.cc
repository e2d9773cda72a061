#include "schema/exact_number.h"

#include <algorithm>

namespace streams {
namespace {

constexpr std::int64_t kExponentLimit = 1'000'000'000'000'000;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::int64_t read_exponent(std::string_view text) {
    const bool negative = text.starts_with('-');
    std::int64_t value = 0;
    for (const char c : text) {
        if (is_digit(c)) value = std::min(kExponentLimit, value * 10 + (c - '0'));
    }
    return negative ? -value : value;
}

std::uint64_t multiply(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(Wide{a} * b % modulus);
}

std::uint64_t power_of_ten(std::uint64_t exponent, std::uint64_t modulus) {
    std::uint64_t power = 1 % modulus;
    std::uint64_t square = 10 % modulus;
    for (; exponent > 0; exponent >>= 1) {
        if ((exponent & 1) != 0) power = multiply(power, square, modulus);
        square = multiply(square, square, modulus);
    }
    return power;
}

int sign_of(const ExactNumber& number) {
    return number.count == 0 ? 0 : number.negative ? -1 : 1;
}

// Of numbers of one exponent, without their signs.
int compare_digits(const ExactNumber& a, const ExactNumber& b) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.digits.size() && j < b.digits.size()) {
        if (a.digits[i] == '.') ++i;
        if (b.digits[j] == '.') ++j;
        if (a.digits[i] != b.digits[j]) return a.digits[i] > b.digits[j] ? 1 : -1;
        ++i;
        ++j;
    }
    return a.count == b.count ? 0 : a.count > b.count ? 1 : -1;
}

}  // namespace

ExactNumber read_exact(std::string_view text) {
    ExactNumber number;
    number.negative = text.starts_with('-');
    const std::size_t exponent_at = std::min(text.find_first_of("eE"), text.size());
    const std::string_view plain = text.substr(0, exponent_at);
    const std::size_t first = plain.find_first_of("123456789");
    if (first == std::string_view::npos) {
        number.negative = false;
        return number;
    }
    const std::size_t last = plain.find_last_of("123456789");
    const std::size_t point = std::min(plain.find('.'), plain.size());
    number.digits = plain.substr(first, last + 1 - first);
    const bool has_point = first < point && point < last;
    number.count = static_cast<std::int64_t>(number.digits.size()) - (has_point ? 1 : 0);
    number.exponent = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
    if (first > point) ++number.exponent;
    if (exponent_at < text.size()) number.exponent += read_exponent(text.substr(exponent_at + 1));
    return number;
}

int compare(const ExactNumber& a, const ExactNumber& b) {
    const int sign = sign_of(a);
    if (sign != sign_of(b)) return sign - sign_of(b);
    if (a.exponent != b.exponent) return a.exponent > b.exponent ? sign : -sign;
    return sign * compare_digits(a, b);
}

bool is_whole(const ExactNumber& number) {
    return number.count <= number.exponent || number.count == 0;
}

// Without its trailing zeros the number is whole * 10^shift, and no power of ten divides `whole`.
bool is_multiple(const ExactNumber& number, std::uint64_t divisor, std::int64_t exponent) {
    if (number.count == 0) return true;
    const std::int64_t shift = number.exponent - number.count - exponent;
    std::uint64_t rest = 0;
    if (shift >= 0) {
        for (const char c : number.digits) {
            if (c == '.') continue;
            rest = multiply(rest, 10, divisor);
            rest = (rest + static_cast<std::uint64_t>(c - '0') % divisor) % divisor;
        }
        return multiply(rest, power_of_ten(static_cast<std::uint64_t>(shift), divisor), divisor) ==
               0;
    }
    return false;
}

void append_canonical(const ExactNumber& number, std::string& text) {
    if (number.count == 0) {
        text += '0';
        return;
    }
    if (number.negative) text += '-';
    for (const char c : number.digits) {
        if (c != '.') text += c;
    }
    text += 'e';
    text += std::to_string(number.exponent);
}

}  // namespace streams
