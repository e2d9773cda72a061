#include "persisters/sqlite/conversion.h"

#include <cmath>
#include <string_view>

#include "sql/value_text.h"

namespace streams::sqlite {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

void give_text(sqlite3_context* context, const std::string& text) {
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void number_text(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    switch (sqlite3_value_type(values[0])) {
        case SQLITE_INTEGER:
            return give_text(context, std::to_string(sqlite3_value_int64(values[0])));
        case SQLITE_FLOAT:
            return give_text(context, sql::canonical_decimal(sqlite3_value_double(values[0])));
        default:
            return sqlite3_result_value(context, values[0]);
    }
}

void exact_double(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) != SQLITE_INTEGER) {
        return sqlite3_result_value(context, values[0]);
    }
    const std::int64_t number = sqlite3_value_int64(values[0]);
    const auto real = static_cast<double>(number);
    if (real >= kTwoTo63 || static_cast<std::int64_t>(real) != number) {
        return sqlite3_result_error(context, "a whole number has no double that is equal", -1);
    }
    sqlite3_result_double(context, real);
}

void base64_text(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto* bytes = static_cast<const unsigned char*>(sqlite3_value_blob(values[0]));
    const auto count = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
    std::string text;
    text.reserve(count / 3 * 4 + 4);
    for (std::size_t i = 0; i < count; i += 3) {
        const std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16 |
                                    (i + 1 < count ? std::uint32_t{bytes[i + 1]} << 8 : 0) |
                                    (i + 2 < count ? std::uint32_t{bytes[i + 2]} : 0);
        text += kAlphabet[group >> 18];
        text += kAlphabet[group >> 12 & 63];
        text += i + 1 < count ? kAlphabet[group >> 6 & 63] : '=';
        text += i + 2 < count ? kAlphabet[group & 63] : '=';
    }
    give_text(context, text);
}

bool is_text(Type type) {
    return type == Type::Text || type == Type::Timestamp || type == Type::Date ||
           type == Type::Time || type == Type::Uuid;
}

std::optional<std::string> to_text(Type from, const std::string& column) {
    switch (from) {
        case Type::Binary:
            return "streams_base64(" + column + ")";
        case Type::Integer:
        case Type::Double:
            return "streams_number_text(" + column + ")";
        case Type::Boolean:
            return "CASE " + column + " WHEN 0 THEN 'false' WHEN 1 THEN 'true' END";
        case Type::Json:
            return std::nullopt;
        default:
            return column;
    }
}

}  // namespace

std::optional<std::string> conversion(Type from, Type to, const std::string& column) {
    if (from == to) return column;
    if (from == Type::Integer && to == Type::Double) return "streams_double(" + column + ")";
    if (from == Type::Date && to == Type::Timestamp) {
        return column + " || 'T00:00:00.000000Z'";
    }
    if (to == Type::Json && (is_text(from) || from == Type::Binary)) {
        const auto text = *to_text(from, column);
        return "CASE WHEN " + column + " IS NOT NULL THEN json_quote(" + text + ") END";
    }
    if (to == Type::Text || to == Type::Json) return to_text(from, column);
    if (to == Type::Decimal && (from == Type::Integer || from == Type::Double)) {
        return to_text(from, column);
    }
    return std::nullopt;
}

Result<> add_conversions(const Connection& connection) {
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
    struct Conversion {
        const char* name;
        void (*function)(sqlite3_context*, int, sqlite3_value**);
    };
    for (const auto& [name, function] :
         {Conversion{"streams_number_text", number_text}, Conversion{"streams_base64", base64_text},
          Conversion{"streams_double", exact_double}}) {
        const int code = sqlite3_create_function_v2(connection.handle(), name, 1, kFlags, nullptr,
                                                    function, nullptr, nullptr, nullptr);
        if (code != SQLITE_OK) return std::unexpected(connection.error());
    }
    return {};
}

}  // namespace streams::sqlite
