#include "persisters/sqlite/evolution.h"

#include <algorithm>
#include <fmt/format.h>

#include "persisters/sqlite/conversion.h"
#include "persisters/sqlite/sqlite_dialect.h"
#include "sql/field_words.h"
#include "sql/ledger_tables.h"

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

// Whether every value of the type comes back as it went in: text that looks like a number does not
// survive a numeric column, and long whole numbers no REAL one.
bool holds(Affinity affinity, Type type) {
    switch (affinity) {
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

std::unexpected<Error> refused(ErrorKind kind, std::string id, std::string what,
                               std::string remedy) {
    return std::unexpected(Error{kind, std::move(id), std::move(what), {}, {}, std::move(remedy)});
}

Result<> check_name(const Stream& stream, const Field& field) {
    if (is_same_column(field.name, sql::kCommitColumn)) {
        return refused(
            ErrorKind::Data, "column-reserved",
            fmt::format("stream \"{}\" has a field \"{}\", a column that Streams keeps for "
                        "itself",
                        stream.name, field.name),
            "rename the field at the source");
    }
    if (field.name.find('\0') != std::string::npos) {
        return refused(ErrorKind::Data, "column-name",
                       fmt::format("stream \"{}\" has a field whose name holds a NUL", stream.name),
                       "rename the field at the source");
    }
    return {};
}

// A column that is a stream's already.
Result<> widen(const Stream& stream, const Field& field, const std::string& name, Field& known,
               Evolution& evolution) {
    if (known == field) return {};
    const auto expression = conversion(known.type, field.type, sql::quoted(name));
    if (!expression) {
        return refused(
            ErrorKind::Data, "column-type-changed",
            fmt::format("stream \"{}\", field \"{}\": the column holds {}, and cannot become {}",
                        stream.name, field.name, sql::word_of(known.type),
                        sql::word_of(field.type)),
            fmt::format("load the stream again from the start: --refresh {}", stream.name));
    }
    const auto type = sqlite_dialect().type_name(field.type);
    if (*expression != sql::quoted(name) || type != sqlite_dialect().type_name(known.type)) {
        evolution.conversions.columns[name] = {std::string(type), *expression};
    }
    evolution.changes_fields = true;
    known = field;
    return {};
}

Result<> plan_field(const std::string& table, const std::vector<PhysicalColumn>& physical,
                    const Stream& stream, const Field& field, Evolution& evolution) {
    STREAMS_TRY(check_name(stream, field));
    const auto known = std::ranges::find_if(evolution.fields, [&](const Field& other) {
        return is_same_column(other.name, field.name);
    });
    const auto* column = find_column(physical, field.name);
    if (column != nullptr && known != evolution.fields.end()) {
        return widen(stream, field, column->name, *known, evolution);
    }
    evolution.changes_fields = true;
    if (known != evolution.fields.end()) {
        *known = field;  // Somebody dropped the column; it comes back empty.
    } else {
        evolution.fields.push_back(field);
    }
    if (column == nullptr) {
        evolution.added.push_back(definition_of(field));
        return {};
    }
    if (!column->is_generated && holds(affinity_of(column->type), field.type)) return {};
    return refused(
        ErrorKind::Config, "column-foreign",
        fmt::format("column \"{}\" of table \"{}\" is declared {}, which cannot hold {} as it is",
                    column->name, table, column->type, sql::word_of(field.type)),
        "load beside it: --schema NAME; or declare the column INTEGER, REAL, TEXT or BLOB");
}

}  // namespace

sql::ColumnDefinition definition_of(const Field& field) {
    return {.name = field.name, .type = std::string(sqlite_dialect().type_name(field.type))};
}

Result<Evolution> plan_evolution(const std::string& table, const std::vector<Field>& known,
                                 const std::vector<PhysicalColumn>& physical,
                                 const Stream& stream) {
    Evolution evolution;
    evolution.fields = known;
    for (const auto& field : stream.fields) {
        STREAMS_TRY(plan_field(table, physical, stream, field, evolution));
    }
    // One for what the table carries beside the stream's fields, where there is none yet.
    const auto columns =
        physical.empty() ? evolution.added.size() + 1 : physical.size() + evolution.added.size();
    if (columns <= sqlite_dialect().columns_max) return evolution;
    return refused(ErrorKind::Data, "too-many-columns",
                   fmt::format("stream \"{}\" needs {} columns; an SQLite table has at most {}",
                               stream.name, columns, sqlite_dialect().columns_max),
                   "select fewer fields at the source");
}

std::vector<Field> derived_fields(const std::vector<Field>& known,
                                  const std::vector<PhysicalColumn>& physical) {
    std::vector<Field> fields;
    for (const auto& column : physical) {
        const bool is_ours = is_same_column(column.name, sql::kCommitColumn) ||
                             is_same_column(column.name, sql::kDeletedColumn);
        if (is_ours || find_field(known, column.name) != nullptr) continue;
        Field field{.name = column.name, .path = column.name};
        switch (affinity_of(column.type)) {
            case Affinity::Integer:
                field.kind = Kind::Number, field.type = Type::Integer;
                break;
            case Affinity::Real:
                field.kind = Kind::Number, field.type = Type::Double;
                break;
            case Affinity::Text:
                field.kind = Kind::Text, field.type = Type::Text;
                break;
            default:
                continue;  // The declared type says nothing about the values.
        }
        fields.push_back(std::move(field));
    }
    return fields;
}

}  // namespace streams::sqlite
