#include "persisters/postgres/conversion.h"

#include <fmt/format.h>

namespace streams::postgres {
namespace {

bool is_textual(Type type) {
    return type == Type::Text || type == Type::Timestamp || type == Type::Date ||
           type == Type::Time || type == Type::Uuid || type == Type::Binary;
}

bool is_number(Type type) {
    return type == Type::Integer || type == Type::Double || type == Type::Decimal;
}

// Without exponent, and without zeros that say nothing.
std::string shortest_numeric(const std::string& column) {
    return fmt::format("trim_scale({}::text::numeric)", column);
}

std::optional<std::string> to_text(Type from, const std::string& column) {
    switch (from) {
        case Type::Double:
            return shortest_numeric(column) + "::text";
        case Type::Timestamp:
            return fmt::format("to_char({}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')", column);
        case Type::Date:
            return fmt::format("to_char({}, 'YYYY-MM-DD')", column);
        case Type::Time:
            return fmt::format("to_char({}, 'HH24:MI:SS.US')", column);
        case Type::Binary:
            return fmt::format("translate(encode({}, 'base64'), chr(10), '')", column);
        case Type::Json:
            return std::nullopt;
        default:
            return column + "::text";
    }
}

// A division by zero where no double is equal; it stands for "widening-inexact".
std::string exact_double(const std::string& column) {
    return fmt::format(
        "CASE WHEN {0} IS NULL OR {0}::double precision::text::numeric = {0}::numeric "
        "THEN {0}::double precision ELSE 1 / ({0} - {0}) END",
        column);
}

std::optional<std::string> to_json(Type from, const std::string& column) {
    if (from == Type::Double) return fmt::format("to_jsonb({})", shortest_numeric(column));
    if (is_textual(from)) return fmt::format("to_jsonb({})", *to_text(from, column));
    if (is_number(from) || from == Type::Boolean) return fmt::format("to_jsonb({})", column);
    return std::nullopt;
}

}  // namespace

std::optional<std::string> conversion(Type from, Type to, const std::string& column) {
    if (from == to) return column;
    if (from == Type::Integer && to == Type::Double) return exact_double(column);
    if (from == Type::Date && to == Type::Timestamp) {
        return column + "::timestamp with time zone";
    }
    if (to == Type::Decimal && from == Type::Integer) return column + "::numeric";
    if (to == Type::Decimal && from == Type::Double) return shortest_numeric(column);
    if (to == Type::Text) return to_text(from, column);
    if (to == Type::Json) return to_json(from, column);
    return std::nullopt;
}

}  // namespace streams::postgres
