#include "persisters/duckdb/dialect.h"

#include <array>
#include <fmt/format.h>

#include "persisters/duckdb/decimals.h"

namespace streams::duckdb {
namespace {

struct TypeMeaning {
    std::string_view name;
    Kind kind;
    Type type;
};

constexpr auto kMeanings = std::to_array<TypeMeaning>({
    {"BOOLEAN", Kind::Boolean, Type::Boolean},
    {"TINYINT", Kind::Number, Type::Integer},
    {"SMALLINT", Kind::Number, Type::Integer},
    {"INTEGER", Kind::Number, Type::Integer},
    {"BIGINT", Kind::Number, Type::Integer},
    {"DOUBLE", Kind::Number, Type::Double},
    {"VARCHAR", Kind::Text, Type::Text},
    {"TIMESTAMP WITH TIME ZONE", Kind::Text, Type::Timestamp},
    {"DATE", Kind::Text, Type::Date},
    {"TIME", Kind::Text, Type::Time},
    {"UUID", Kind::Text, Type::Uuid},
    {"BLOB", Kind::Text, Type::Binary},
    {"JSON", Kind::Any, Type::Json},
});

// Times become text of fixed width, as in databases that have no type for them.
std::optional<std::string> to_text(Type from, const std::string& column) {
    switch (from) {
        case Type::Integer:
        case Type::Boolean:
        case Type::Uuid:
        case Type::Date:
            return column + "::VARCHAR";
        case Type::Double:
        case Type::Decimal:
            return decimal_text(column);
        case Type::Timestamp:
            return fmt::format("strftime(make_timestamp(epoch_us({})), '%Y-%m-%dT%H:%M:%S.%fZ')",
                               column);
        case Type::Time:
            return fmt::format("strftime(DATE '1970-01-01' + {}, '%H:%M:%S.%f')", column);
        case Type::Binary:
            return fmt::format("to_base64({})", column);
        case Type::Text:
            return column;
        case Type::Json:
            break;
    }
    return std::nullopt;
}

std::optional<std::string> to_json(Type from, const std::string& column) {
    auto text = to_text(from, column);
    const bool is_bare = from == Type::Integer || from == Type::Double || from == Type::Decimal ||
                         from == Type::Boolean;
    if (!text || is_bare) return text;
    return fmt::format("to_json({})::VARCHAR", *text);
}

}  // namespace

const sql::Dialect& dialect() {
    static const sql::Dialect dialect{
        .name = "duckdb",
        .type_names = {"BOOLEAN", "BIGINT", "DOUBLE", "HUGEINT", "VARCHAR",
                       "TIMESTAMP WITH TIME ZONE", "DATE", "TIME", "UUID", "BLOB", "JSON"},
        .columns_max = 0,
        .name_bytes_max = 0,
        .differs = "IS DISTINCT FROM",
        .now = "now()",
        .has_schemas = true,
        .adds_if_not_exists = true,
        .folds_case = true,
        .reserved_prefixes = {"_streams_"},
    };
    return dialect;
}

std::string type_of(const Field& field) {
    if (field.type != Type::Decimal) return std::string(dialect().type_name(field.type));
    if (is_flexible(field)) return flexible_type(least_digits(field));
    const int scale = field.scale < 0 ? 0 : field.scale;
    if (field.precision > kDecimalDigits || scale > field.precision) return "VARCHAR";
    if (field.scale < 0) return flexible_type({});
    return fmt::format("DECIMAL({},{})", field.precision, scale);
}

bool holds(const sql::PhysicalColumn& column, const Field& field) {
    if (column.type == type_of(field)) return true;
    switch (field.type) {
        case Type::Integer:
            return column.type == "HUGEINT";
        case Type::Decimal:
            return column.type == "VARCHAR" ||
                   (is_flexible(field) && is_flexible_type(column.type));
        case Type::Text:
        case Type::Uuid:
        case Type::Json:
            return column.type == "VARCHAR";
        default:
            return false;
    }
}

std::optional<Field> field_of(const sql::PhysicalColumn& column) {
    Field field{.name = column.name, .path = column.name};
    const auto decimal = decimal_type(column.type);
    if (decimal.precision != 0) {
        field.kind = Kind::Number;
        field.type = Type::Decimal;
        field.precision = column.type == "HUGEINT" ? 0 : decimal.precision;
        field.scale = decimal.scale;
        return field;
    }
    for (const auto& meaning : kMeanings) {
        if (meaning.name != column.type) continue;
        field.kind = meaning.kind;
        field.type = meaning.type;
        return field;
    }
    return std::nullopt;
}

std::optional<std::string> conversion(const Field& from, const Field& to,
                                      const std::string& column) {
    if (from.type == to.type && from.type != Type::Decimal) return column;
    if (to.type == Type::Decimal &&
        (from.type == Type::Integer || from.type == Type::Double || from.type == Type::Decimal)) {
        return decimal_text(column);
    }
    if (from.type == Type::Integer && to.type == Type::Double) {
        return fmt::format(
            "CASE WHEN {0}::DOUBLE::HUGEINT <> {0} THEN error('{1}') ELSE "
            "{0}::DOUBLE END",
            column, kInexact);
    }
    if (from.type == Type::Date && to.type == Type::Timestamp) {
        return fmt::format("make_timestamptz(epoch_us({}))", column);
    }
    if (to.type == Type::Text) return to_text(from.type, column);
    if (to.type == Type::Json) return to_json(from.type, column);
    return std::nullopt;
}

// Numbers become their shortest text, never by a cast between numbers, which would add digits.
std::string decimal_text(const std::string& column) {
    return fmt::format("streams_decimal({}::VARCHAR)", column);
}

}  // namespace streams::duckdb
