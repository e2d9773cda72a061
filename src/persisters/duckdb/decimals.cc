#include "persisters/duckdb/decimals.h"

#include <charconv>
#include <fmt/format.h>

#include "sql/value_text.h"

namespace streams::duckdb {
namespace {

constexpr std::string_view kDecimal = "DECIMAL(";
constexpr int kTooMany = 1'000;

int number_at(std::string_view text, std::size_t& at) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
    at = static_cast<std::size_t>(end - text.data());
    return error == std::errc() ? value : 0;
}

}  // namespace

std::string_view canonical_text(std::string_view decimal, std::string& scratch) {
    if (sql::is_canonical_decimal(decimal)) return decimal;
    scratch = sql::canonical_decimal(decimal);
    return scratch;
}

Digits digits_of(std::string_view canonical) {
    if (canonical.starts_with('-')) canonical.remove_prefix(1);
    if (canonical.size() > kTooMany ||
        canonical.find_first_not_of("0123456789.") != canonical.npos) {
        return {kTooMany, 0};
    }
    const auto point = canonical.find('.');
    const auto whole = point == canonical.npos ? canonical.size() : point;
    const auto fraction = point == canonical.npos ? 0 : canonical.size() - point - 1;
    const bool is_small = canonical.starts_with('0');
    return {is_small ? 0 : static_cast<int>(whole), static_cast<int>(fraction)};
}

Int128 scaled(std::string_view canonical, int scale) {
    const bool is_negative = canonical.starts_with('-');
    Int128 value = 0;
    bool is_behind_point = false;
    for (const char letter : canonical.substr(is_negative ? 1 : 0)) {
        if (letter == '.') {
            is_behind_point = true;
            continue;
        }
        value = value * 10 + (letter - '0');
        if (is_behind_point) --scale;
    }
    for (; scale > 0; --scale) value *= 10;
    return is_negative ? -value : value;
}

bool is_flexible(const Field& field) {
    if (field.type != Type::Decimal) return false;
    return field.precision == 0 && field.scale <= kDecimalDigits;
}

std::string flexible_type(const Digits& digits) {
    if (digits.whole + digits.fraction > kDecimalDigits) return "VARCHAR";
    if (digits.fraction == 0) return "HUGEINT";
    return fmt::format("DECIMAL({},{})", kDecimalDigits, digits.fraction);
}

bool is_flexible_type(std::string_view type) {
    return type == "HUGEINT" || decimal_type(type).precision == kDecimalDigits;
}

Digits least_digits(const Field& field) {
    return {0, field.scale > 0 ? field.scale : 0};
}

bool has_room(std::string_view type, const Digits& digits) {
    if (type == "VARCHAR") return true;
    const auto decimal = decimal_type(type);
    return digits.fraction <= decimal.scale && digits.whole <= decimal.precision - decimal.scale;
}

DecimalType decimal_type(std::string_view type) {
    if (type == "HUGEINT") return {kDecimalDigits, 0};
    if (!type.starts_with(kDecimal)) return {};
    std::size_t at = kDecimal.size();
    DecimalType decimal;
    decimal.precision = number_at(type, at);
    decimal.scale = number_at(type, ++at);
    return decimal;
}

}  // namespace streams::duckdb
