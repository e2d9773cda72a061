#include "persisters/sqlite/columns.h"

#include <algorithm>

#include "persisters/sqlite/sqlite_dialect.h"
#include "sql/table_name.h"

namespace streams::sqlite {
namespace {

enum class Affinity : std::uint8_t { Integer, Real, Text, Blob, Numeric };

// SQLite's own rules, in its order.
Affinity affinity_of(std::string type) {
    std::ranges::transform(type, type.begin(), [](unsigned char letter) {
        return static_cast<char>(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter);
    });
    const auto has = [&](const char* part) { return type.find(part) != std::string::npos; };
    if (has("INT")) return Affinity::Integer;
    if (has("CHAR") || has("CLOB") || has("TEXT")) return Affinity::Text;
    if (has("BLOB") || type.empty()) return Affinity::Blob;
    if (has("REAL") || has("FLOA") || has("DOUB")) return Affinity::Real;
    return Affinity::Numeric;
}

}  // namespace

Result<std::string> kind_of_object(const Connection& connection, std::string_view name) {
    return connection.text("SELECT type FROM sqlite_master WHERE name = ?1 COLLATE NOCASE", {name});
}

Result<std::vector<sql::PhysicalColumn>> physical_columns(const Connection& connection,
                                                          std::string_view table) {
    auto rows = connection.prepare(
        "SELECT name, type, \"notnull\", dflt_value, hidden FROM pragma_table_xinfo(?1)");
    if (!rows) return std::unexpected(std::move(rows).error());
    rows->bind({table});
    std::vector<sql::PhysicalColumn> columns;
    while (true) {
        const auto has_row = rows->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return columns;
        columns.push_back({.name = rows->text(0),
                           .type = rows->text(1),
                           .is_nullable = rows->integer(2) == 0,
                           .fallback = rows->text(3),
                           .is_generated = rows->integer(4) != 0});
    }
}

bool is_same_column(std::string_view one, std::string_view other) {
    return sql::is_same_name(sqlite_dialect(), one, other);
}

bool holds(const sql::PhysicalColumn& column, Type type) {
    switch (affinity_of(column.type)) {
        case Affinity::Blob:
            return true;
        case Affinity::Text:
            return type != Type::Integer && type != Type::Boolean && type != Type::Double;
        case Affinity::Real:
            return type == Type::Double;
        case Affinity::Integer:
            return type == Type::Integer || type == Type::Boolean || type == Type::Binary;
        case Affinity::Numeric:
            return type == Type::Integer || type == Type::Boolean || type == Type::Double ||
                   type == Type::Timestamp || type == Type::Date || type == Type::Uuid ||
                   type == Type::Binary;
    }
    return false;
}

std::optional<Field> field_of(const sql::PhysicalColumn& column) {
    Field field{.name = column.name, .path = column.name};
    switch (affinity_of(column.type)) {
        case Affinity::Integer:
            field.kind = Kind::Number, field.type = Type::Integer;
            return field;
        case Affinity::Real:
            field.kind = Kind::Number, field.type = Type::Double;
            return field;
        case Affinity::Text:
            field.kind = Kind::Text, field.type = Type::Text;
            return field;
        default:
            return std::nullopt;  // The declared type says nothing about the values.
    }
}

}  // namespace streams::sqlite
