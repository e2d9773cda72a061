#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "streams/schema.h"

namespace streams::duckdb {

__extension__ using Int128 = __int128;

inline constexpr int kDecimalDigits = 38;

/// How much room decimals take: digits in front of the point, and behind it.
struct Digits {
    int whole = 0;
    int fraction = 0;

    void add(const Digits& other) {
        whole = whole > other.whole ? whole : other.whole;
        fraction = fraction > other.fraction ? fraction : other.fraction;
    }
    bool operator==(const Digits&) const = default;
};

/// The canonical form of a decimal (sql::canonical_decimal), without a copy where it has it.
/// The answer points into `decimal` or into `scratch`.
std::string_view canonical_text(std::string_view decimal, std::string& scratch);

/// Of a text in canonical form; more than any type has for one that is no plain number.
Digits digits_of(std::string_view canonical);

/// `canonical` times 10^scale. The digits fit.
Int128 scaled(std::string_view canonical, int scale);

/// A column of numbers whose digits nobody declared takes the narrowest type that holds them all:
/// HUGEINT, DECIMAL(38, n), else VARCHAR.
bool is_flexible(const Field& field);
std::string flexible_type(const Digits& digits);
bool is_flexible_type(std::string_view type);

/// The room of a flexible type without values: a declared scale is kept.
Digits least_digits(const Field& field);

/// Whether the type, which may be VARCHAR, has room.
bool has_room(std::string_view type, const Digits& digits);

/// Of `HUGEINT` or `DECIMAL(p,s)`; both 0 for any other type.
struct DecimalType {
    int precision = 0;
    int scale = 0;
};
DecimalType decimal_type(std::string_view type);

}  // namespace streams::duckdb
