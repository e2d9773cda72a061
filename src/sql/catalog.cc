#include "sql/catalog.h"

#include <algorithm>
#include <fmt/format.h>

#include "sql/field_words.h"
#include "sql/ledger_tables.h"
#include "sql/table_name.h"

namespace streams::sql {
namespace {

constexpr std::string_view kColumns =
    "SELECT \"column\", path, kind, type, declared, origin, scale, \"precision\" "
    "FROM _streams_columns WHERE \"table\" = $1 ORDER BY \"position\"";

constexpr std::string_view kPutColumn =
    "INSERT INTO _streams_columns (\"schema\", \"table\", \"column\", \"position\", path, kind, "
    "type, declared, origin, scale, \"precision\") "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

std::string put_table(const Dialect& dialect) {
    return fmt::format(
        "INSERT INTO _streams_tables (\"table\", stream, \"schema\", pipeline, keys, load, made) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ({}) DO UPDATE SET "
        "stream = $2, {}pipeline = $4, keys = $5, load = $6, made = $7",
        quoted_list(key_of_tables(dialect)), dialect.has_schemas ? "" : "\"schema\" = $3, ");
}

// None: written by a later release, with a word that we do not know.
std::optional<Field> field_of_row(const Answer& rows, std::size_t row) {
    const auto kind = kind_of(rows.text(row, 2));
    const auto type = type_of(rows.text(row, 3));
    const auto origin = origin_of(rows.text(row, 5));
    if (!kind || !type || !origin) return std::nullopt;
    return Field{.name = rows.text(row, 0),
                 .path = rows.text(row, 1),
                 .kind = *kind,
                 .type = *type,
                 .origin = *origin,
                 .declared = rows.integer(row, 4) != 0,
                 .scale = static_cast<std::int32_t>(rows.integer(row, 6)),
                 .precision = static_cast<std::int32_t>(rows.integer(row, 7))};
}

}  // namespace

const PhysicalColumn* find_column(const Dialect& dialect,
                                  const std::vector<PhysicalColumn>& columns,
                                  std::string_view name) {
    const auto found = std::ranges::find_if(columns, [&](const PhysicalColumn& column) {
        return is_same_name(dialect, column.name, name);
    });
    return found == columns.end() ? nullptr : &*found;
}

const Field* find_field(const Dialect& dialect, const std::vector<Field>& fields,
                        std::string_view column) {
    const auto found = std::ranges::find_if(
        fields, [&](const Field& field) { return is_same_name(dialect, field.name, column); });
    return found == fields.end() ? nullptr : &*found;
}

Result<> Catalog::create() const {
    STREAMS_TRY(bring_up_to_date(database_, tables_table(database_.dialect())));
    return bring_up_to_date(database_, columns_table(database_.dialect()));
}

Result<bool> Catalog::exists(std::string_view table) const {
    const auto kind = database_.kind_of_object(table);
    if (!kind) return std::unexpected(kind.error());
    return !kind->empty();
}

Result<std::vector<TableEntry>> Catalog::entries(std::string_view where,
                                                 std::initializer_list<Value> values) const {
    std::vector<TableEntry> all;
    const auto there = exists(kTablesTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return all;
    const auto rows = database_.ask(
        fmt::format("SELECT \"table\", stream, \"schema\", pipeline, keys, load, made "
                    "FROM _streams_tables {} ORDER BY \"table\"",
                    where),
        values);
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
        all.push_back({.table = rows->text(row, 0),
                       .stream = rows->text(row, 1),
                       .schema = rows->text(row, 2),
                       .pipeline = rows->text(row, 3),
                       .keys = names_of_json(rows->text(row, 4)),
                       .load = load_of(rows->text(row, 5)).value_or(Load::Append),
                       .is_made = rows->integer(row, 6) != 0});
    }
    return all;
}

Result<std::optional<TableEntry>> Catalog::of_stream(std::string_view schema,
                                                     std::string_view stream) const {
    auto found = entries("WHERE \"schema\" = $1 AND stream = $2", {schema, stream});
    if (!found) return std::unexpected(std::move(found).error());
    if (found->empty()) return std::nullopt;
    return std::move(found->front());
}

Result<std::optional<TableEntry>> Catalog::of_table(std::string_view table) const {
    const auto* const where = database_.dialect().folds_case ? "WHERE lower(\"table\") = lower($1)"
                                                             : "WHERE \"table\" = $1";
    auto found = entries(where, {table});
    if (!found) return std::unexpected(std::move(found).error());
    // A database's lower() may fold more than ASCII.
    std::erase_if(*found, [&](const TableEntry& entry) {
        return !is_same_name(database_.dialect(), entry.table, table);
    });
    if (found->empty()) return std::nullopt;
    return std::move(found->front());
}

Result<std::vector<TableEntry>> Catalog::all() const {
    return entries("", {});
}

Result<> Catalog::put(const TableEntry& entry) const {
    return database_.run(
        put_table(database_.dialect()),
        {entry.table, entry.stream, entry.schema, entry.pipeline, names_json(entry.keys),
         word_of(entry.load), std::int64_t{entry.is_made ? 1 : 0}});
}

Result<> Catalog::forget_columns(std::string_view table) const {
    return database_.run("DELETE FROM _streams_columns WHERE \"table\" = $1", {table});
}

Result<std::vector<Field>> Catalog::columns(std::string_view table) const {
    std::vector<Field> fields;
    const auto there = exists(kColumnsTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return fields;
    const auto rows = database_.ask(kColumns, {table});
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
        if (auto field = field_of_row(*rows, row)) fields.push_back(*std::move(field));
    }
    return fields;
}

Result<> Catalog::put_columns(const TableEntry& entry, const std::vector<Field>& fields) const {
    STREAMS_TRY(forget_columns(entry.table));
    std::int64_t position = 0;
    for (const auto& field : fields) {
        STREAMS_TRY(database_.run(
            kPutColumn,
            {entry.schema, entry.table, field.name, position++, field.path, word_of(field.kind),
             word_of(field.type), std::int64_t{field.declared ? 1 : 0}, word_of(field.origin),
             std::int64_t{field.scale}, std::int64_t{field.precision}}));
    }
    return {};
}

Result<> Catalog::move_columns(std::string_view from, std::string_view to) const {
    STREAMS_TRY(forget_columns(to));
    return database_.run("UPDATE _streams_columns SET \"table\" = $2 WHERE \"table\" = $1",
                         {from, to});
}

}  // namespace streams::sql
