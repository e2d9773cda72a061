#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace streams {

/// A JSON number, taken apart without losing a digit.
///
/// Its value is `digits` digits, of which the first 19 are in `leading`, times 10^exponent.
struct NumberText {
    const char* begin = nullptr;
    const char* end = nullptr;
    bool negative = false;
    bool whole_text = true;  ///< Neither point nor exponent.
    bool has_exponent = false;
    std::uint64_t leading = 0;
    std::size_t digits = 0;  ///< From the first that is not 0 to the last; 0: the number is zero.
    std::int64_t exponent = 0;  ///< Cut to +-kExponentMax.

    std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
};

inline constexpr std::int64_t kExponentMax = 2'000'000'000;

/// What follows `at`, which is an `e`.
bool scan_exponent(const char* at, const char* last, NumberText& number);

/// Reads what follows `at`, which is the point behind a whole number.
[[gnu::always_inline]] inline bool scan_fraction(const char*& at, const char* last,
                                                 NumberText& number) {
    const auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') <= 9; };
    number.whole_text = false;
    const char* const point = at++;
    const char* counted = point;  // Digits that count are behind it.
    if (number.digits == 0) {
        while (at != last && *at == '0') ++at;
        counted = at - 1;
    }
    const std::size_t whole = number.digits;
    std::uint64_t leading = number.leading;
    for (; at != last && is_digit(*at); ++at) {
        const bool fits = whole + static_cast<std::size_t>(at - counted) <= 19;
        if (fits) leading = leading * 10 + static_cast<std::uint64_t>(*at - '0');
    }
    if (at - point == 1) return false;
    number.leading = leading;
    number.digits = whole + static_cast<std::size_t>(at - counted) - 1;
    number.exponent = number.digits == 0 ? 0 : point + 1 - at;
    number.end = at;
    return true;
}

/// Reads the number that starts at `at` and ends before `last`. Answers false where that is no JSON
/// number; what follows it is the caller's to check.
[[gnu::always_inline]] inline bool scan_number(const char* at, const char* last,
                                               NumberText& number) {
    const auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') <= 9; };
    number.begin = at;
    number.negative = at != last && *at == '-';
    if (number.negative) ++at;
    const char* const first = at;
    std::uint64_t leading = 0;
    // 19 digits always fit.
    const char* const fitting = last - at > 19 ? at + 19 : last;
    while (at != fitting && is_digit(*at)) {
        leading = leading * 10 + static_cast<std::uint64_t>(*at - '0');
        ++at;
    }
    if (at == first) return false;
    number.leading = leading;
    if (*first == '0') {
        if (at - first > 1) return false;
        number.digits = 0;
    } else {
        while (at != last && is_digit(*at)) ++at;
        number.digits = static_cast<std::size_t>(at - first);
    }
    number.exponent = 0;
    number.whole_text = true;
    number.has_exponent = false;
    number.end = at;
    if (at != last && *at == '.' && !scan_fraction(at, last, number)) return false;
    if (at != last && (*at | 0x20) == 'e') return scan_exponent(at, last, number);
    return true;
}

/// The first byte from `at` on that is no digit. 16 bytes behind it can be read.
[[gnu::always_inline]] inline const char* skip_digits(const char* at) {
#if defined(__SSE2__)
    for (;; at += 16) {
        __m128i block;
        std::memcpy(&block, at, sizeof block);
        const __m128i digits = _mm_sub_epi8(block, _mm_set1_epi8('0'));
        const __m128i small = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);
        const auto others = ~static_cast<unsigned>(_mm_movemask_epi8(small)) & 0xFFFFU;
        if (others != 0) return at + __builtin_ctz(others);
    }
#else
    while (static_cast<unsigned char>(*at - '0') <= 9) ++at;
    return at;
#endif
}

/// Steps over the number that `token` starts with, as `scan_number` does; null where that is no
/// JSON number. A byte that is no digit ends it, and 16 bytes behind that can be read.
[[gnu::always_inline]] inline const char* skip_number(std::string_view token) {
    const char* at = token.data();
    if (*at == '-') ++at;
    const char* const first = at;
    at = skip_digits(at);
    if (at == first || (*first == '0' && at - first > 1)) return nullptr;
    if (*at == '.') {
        const char* const fraction = ++at;
        at = skip_digits(at);
        if (at == fraction) return nullptr;
    }
    if ((*at | 0x20) == 'e') {
        ++at;
        if (*at == '+' || *at == '-') ++at;
        const char* const exponent = at;
        at = skip_digits(at);
        if (at == exponent) return nullptr;
    }
    return at;
}

/// Whether the number is whole: 1, 1.0, 1e2, 1.5e1.
bool is_whole(const NumberText& number);

/// The same for what `to_integer` cannot do at once.
bool to_integer_exactly(const NumberText& number, std::int64_t& value);

/// The number as 64 bits; false where it is not whole or does not fit.
[[gnu::always_inline]] inline bool to_integer(const NumberText& number, std::int64_t& value) {
    if (number.whole_text && number.digits <= 18) [[likely]] {
        const auto magnitude = static_cast<std::int64_t>(number.leading);
        value = number.negative ? -magnitude : magnitude;
        return true;
    }
    return to_integer_exactly(number, value);
}

/// The same for what `to_double` cannot do at once.
bool to_double_exactly(const NumberText& number, double& value);

/// The number as a double; false where the double's shortest text says another number.
[[gnu::always_inline]] inline bool to_double(const NumberText& number, double& value) {
    static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                         1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    // At most 15 digits and an exact power of ten: one correctly rounded operation, and a double
    // tells all numbers of 15 digits apart. Saves to_chars, which costs more than all the rest.
    if (number.digits <= 15 && number.exponent >= -22 && number.exponent <= 22) [[likely]] {
        const auto digits = static_cast<double>(number.leading);
        const double magnitude = number.exponent < 0 ? digits / kPowers[-number.exponent]
                                                     : digits * kPowers[number.exponent];
        value = number.negative ? -magnitude : magnitude;
        return true;
    }
    return to_double_exactly(number, value);
}

/// How many digits the number's exact value has before and behind its point.
struct DecimalDigits {
    std::int64_t whole = 0;
    std::int64_t fraction = 0;
};
DecimalDigits decimal_digits(const NumberText& number);

/// Appends the one text that all spellings of the number share: `100` for 1e2, `1.5` for 1.50, `0`
/// for -0.0; `1e5000` where plain digits would need more than 4,096 zeros.
/// Answers false beyond +-10^9 digits.
bool append_canonical(const NumberText& number, std::string& text);

/// Appends the number as it is written, trailing zeros and all; canonical if it has an exponent.
bool append_as_written(const NumberText& number, std::string& text);

}  // namespace streams
