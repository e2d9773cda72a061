#pragma once

#include <cstdint>
#include <string_view>

#include "schema/validator.h"

namespace streams {

/// A number of at most 18 digits, without point and exponent; false for all others.
inline bool read_small(std::string_view token, std::int64_t& value) {
    constexpr std::size_t kDigitsMax = 18;
    const bool negative = token.front() == '-';
    if (negative) token.remove_prefix(1);
    if (token.size() > kDigitsMax) return false;
    std::int64_t whole = 0;
    for (const char c : token) {
        const auto digit = static_cast<unsigned char>(c - '0');
        if (digit > 9) return false;
        whole = whole * 10 + digit;
    }
    value = negative ? -whole : whole;
    return true;
}

/// Below 0, 0 or above 0, as the number is less than, equal to or more than the bound.
inline int compare_bound(std::string_view token, const Bound& bound) {
    std::int64_t whole = 0;
    if (bound.is_small && read_small(token, whole)) {
        return whole < bound.whole ? -1 : whole > bound.whole ? 1 : 0;
    }
    return compare(read_exact(token), bound.exact);
}

}  // namespace streams
