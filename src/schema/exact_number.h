#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace streams {

/// The exact value of a JSON number: 0.d1d2d3... * 10^exponent. A view of its text.
struct ExactNumber {
    bool negative = false;
    std::string_view digits;  ///< From the first that is not 0 to the last; may hold the point.
    std::int64_t count = 0;   ///< Of digits, without the point; 0: the number is zero.
    std::int64_t exponent = 0;
};

/// `text` is a JSON number. Exponents beyond 10^15 are cut to that.
ExactNumber read_exact(std::string_view text);

/// Below 0, 0 or above 0, as `a` is less than, equal to or more than `b`.
int compare(const ExactNumber& a, const ExactNumber& b);

bool is_whole(const ExactNumber& number);

/// Whether `number` is a whole multiple of `divisor` * 10^`exponent`; the divisor is not 0.
bool is_multiple(const ExactNumber& number, std::uint64_t divisor, std::int64_t exponent);

/// Appends the one text that all spellings of the number share.
void append_canonical(const ExactNumber& number, std::string& text);

}  // namespace streams
