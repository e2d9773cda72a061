#include "persisters/sqlite/catalog.h"

#include <algorithm>
#include <fmt/format.h>

#include "persisters/sqlite/sqlite_dialect.h"
#include "sql/field_words.h"
#include "sql/ledger_tables.h"
#include "sql/table_name.h"

namespace streams::sqlite {
namespace {

constexpr std::string_view kPutTable =
    "INSERT INTO _streams_tables (\"table\", stream, schema, pipeline, keys, load, made) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (\"table\") DO UPDATE SET "
    "stream = ?2, schema = ?3, pipeline = ?4, keys = ?5, load = ?6, made = ?7";

constexpr std::string_view kPutColumn =
    "INSERT INTO _streams_columns (schema, \"table\", \"column\", position, path, kind, type, "
    "declared, origin, scale, \"precision\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

constexpr std::string_view kColumns =
    "SELECT \"column\", path, kind, type, declared, origin, scale, \"precision\" "
    "FROM _streams_columns WHERE \"table\" = ?1 ORDER BY position";

// False: written by a later release, with a word that we do not know.
bool read_field(const Statement& row, Field& field) {
    const auto kind = sql::kind_of(row.text(2));
    const auto type = sql::type_of(row.text(3));
    const auto origin = sql::origin_of(row.text(5));
    if (!kind || !type || !origin) return false;
    field.name = row.text(0);
    field.path = row.text(1);
    field.kind = *kind;
    field.type = *type;
    field.declared = row.integer(4) != 0;
    field.origin = *origin;
    field.scale = static_cast<std::int32_t>(row.integer(6));
    field.precision = static_cast<std::int32_t>(row.integer(7));
    return true;
}

}  // namespace

Result<std::string> kind_of_object(const Database& database, std::string_view name) {
    return database.text("SELECT type FROM sqlite_master WHERE name = ?1 COLLATE NOCASE", {name});
}

Result<std::vector<PhysicalColumn>> physical_columns(const Database& database,
                                                     std::string_view table) {
    auto rows = database.prepare(
        "SELECT name, type, \"notnull\", dflt_value, hidden FROM pragma_table_xinfo(?1)");
    if (!rows) return std::unexpected(std::move(rows).error());
    rows->bind({table});
    std::vector<PhysicalColumn> columns;
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
    return sql::is_same_table(sqlite_dialect(), one, other);
}

const PhysicalColumn* find_column(const std::vector<PhysicalColumn>& columns,
                                  std::string_view name) {
    const auto found = std::ranges::find_if(
        columns, [&](const PhysicalColumn& column) { return is_same_column(column.name, name); });
    return found == columns.end() ? nullptr : &*found;
}

const Field* find_field(const std::vector<Field>& fields, std::string_view column) {
    const auto found = std::ranges::find_if(
        fields, [&](const Field& field) { return is_same_column(field.name, column); });
    return found == fields.end() ? nullptr : &*found;
}

Result<> Catalog::create() const {
    STREAMS_TRY(database_.run(sql::create_tables_table(sqlite_dialect())));
    return database_.run(sql::create_columns_table(sqlite_dialect()));
}

Result<bool> Catalog::exists(std::string_view table) const {
    const auto kind = kind_of_object(database_, table);
    if (!kind) return std::unexpected(kind.error());
    return !kind->empty();
}

Result<std::vector<TableEntry>> Catalog::entries(std::string_view where,
                                                 std::initializer_list<Value> values) const {
    std::vector<TableEntry> all;
    const auto there = exists(sql::kTablesTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return all;
    auto rows = database_.prepare(
        fmt::format("SELECT \"table\", stream, schema, pipeline, keys, load, made "
                    "FROM _streams_tables {} ORDER BY \"table\"",
                    where));
    if (!rows) return std::unexpected(std::move(rows).error());
    rows->bind(values);
    while (true) {
        const auto has_row = rows->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return all;
        all.push_back({.table = rows->text(0),
                       .stream = rows->text(1),
                       .schema = rows->text(2),
                       .pipeline = rows->text(3),
                       .keys = sql::names_of_json(rows->text(4)),
                       .load = sql::load_of(rows->text(5)).value_or(Load::Append),
                       .is_made = rows->integer(6) != 0});
    }
}

Result<std::optional<TableEntry>> Catalog::of_stream(std::string_view schema,
                                                     std::string_view stream) const {
    auto found = entries("WHERE schema = ?1 AND stream = ?2", {schema, stream});
    if (!found) return std::unexpected(std::move(found).error());
    if (found->empty()) return std::nullopt;
    return std::move(found->front());
}

Result<std::optional<TableEntry>> Catalog::of_table(std::string_view table) const {
    auto found = entries("WHERE \"table\" = ?1 COLLATE NOCASE", {table});
    if (!found) return std::unexpected(std::move(found).error());
    if (found->empty()) return std::nullopt;
    return std::move(found->front());
}

Result<std::vector<TableEntry>> Catalog::all() const {
    return entries("", {});
}

Result<> Catalog::put(const TableEntry& entry) const {
    return database_.run(kPutTable, {entry.table, entry.stream, entry.schema, entry.pipeline,
                                     sql::names_json(entry.keys), sql::word_of(entry.load),
                                     std::int64_t{entry.is_made ? 1 : 0}});
}

Result<> Catalog::forget(std::string_view table) const {
    STREAMS_TRY(database_.run("DELETE FROM _streams_tables WHERE \"table\" = ?1", {table}));
    return database_.run("DELETE FROM _streams_columns WHERE \"table\" = ?1", {table});
}

Result<std::vector<Field>> Catalog::columns(std::string_view table) const {
    std::vector<Field> fields;
    const auto there = exists(sql::kColumnsTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return fields;
    auto rows = database_.prepare(kColumns);
    if (!rows) return std::unexpected(std::move(rows).error());
    rows->bind({table});
    while (true) {
        const auto has_row = rows->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return fields;
        Field field;
        if (read_field(*rows, field)) fields.push_back(std::move(field));
    }
}

Result<> Catalog::put_columns(const TableEntry& entry, const std::vector<Field>& fields) const {
    STREAMS_TRY(database_.run("DELETE FROM _streams_columns WHERE \"table\" = ?1", {entry.table}));
    auto insert = database_.prepare(kPutColumn);
    if (!insert) return std::unexpected(std::move(insert).error());
    std::int64_t position = 0;
    for (const auto& field : fields) {
        insert->bind({entry.schema, entry.table, field.name, position++, field.path,
                      sql::word_of(field.kind), sql::word_of(field.type),
                      std::int64_t{field.declared ? 1 : 0}, sql::word_of(field.origin),
                      std::int64_t{field.scale}, std::int64_t{field.precision}});
        if (const auto done = insert->step(); !done) return std::unexpected(done.error());
        insert->reset();
    }
    return {};
}

Result<> Catalog::move_columns(std::string_view from, std::string_view to) const {
    STREAMS_TRY(database_.run("DELETE FROM _streams_columns WHERE \"table\" = ?1", {to}));
    return database_.run("UPDATE _streams_columns SET \"table\" = ?2 WHERE \"table\" = ?1",
                         {from, to});
}

}  // namespace streams::sqlite
