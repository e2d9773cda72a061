#include "persisters/sqlite/rebuild.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/log.h"
#include "persisters/sqlite/columns.h"
#include "persisters/sqlite/sqlite_dialect.h"

namespace streams::sqlite {
namespace {

constexpr const char* kRebuilt = "_streams_rebuild";

using Conversions = std::map<std::string, sql::TableChange::Conversion>;

Result<std::vector<std::string>> texts(const Connection& connection, std::string_view sql,
                                       std::initializer_list<Value> values) {
    auto rows = connection.prepare(sql);
    if (!rows) return std::unexpected(std::move(rows).error());
    rows->bind(values);
    std::vector<std::string> all;
    while (true) {
        const auto has_row = rows->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return all;
        all.push_back(rows->text(0));
    }
}

// What was made by statements of their own, and goes with the table: its users' (`foreign`), or
// all.
Result<std::vector<std::string>> objects_of(const Connection& connection, std::string_view table,
                                            bool foreign) {
    return texts(connection,
                 "SELECT sql FROM sqlite_master WHERE tbl_name = ?1 COLLATE NOCASE "
                 "AND type IN ('index', 'trigger') AND sql IS NOT NULL "
                 "AND (?2 = 0 OR substr(name, 1, 9) <> '_streams_') ORDER BY rowid",
                 {table, std::int64_t{foreign ? 1 : 0}});
}

Result<sql::TableDefinition> definition_of(const Connection& connection, const std::string& table,
                                           const Conversions& conversions) {
    const auto columns = physical_columns(connection, table);
    if (!columns) return std::unexpected(columns.error());
    auto key = texts(connection, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk",
                     {table});
    if (!key) return std::unexpected(std::move(key).error());
    sql::TableDefinition definition{.table = kRebuilt, .columns = {}, .key = *std::move(key)};
    for (const auto& column : *columns) {
        if (column.is_generated) {
            return fail(ErrorKind::Config, "table-generated",
                        fmt::format("table \"{}\" has to be rewritten, but its column \"{}\" is "
                                    "generated; drop it first",
                                    table, column.name));
        }
        const auto converted = conversions.find(column.name);
        definition.columns.push_back(
            {.name = column.name,
             .type = converted == conversions.end() ? column.type : converted->second.type,
             .is_nullable = column.is_nullable,
             .fallback = column.fallback.empty() ? "" : "(" + column.fallback + ")"});
    }
    return definition;
}

Result<> copy_rows(const Connection& connection, const std::string& table,
                   const sql::TableDefinition& definition, const Conversions& conversions) {
    std::vector<std::string> names;
    std::string expressions;
    for (const auto& column : definition.columns) {
        names.push_back(column.name);
        if (!expressions.empty()) expressions += ", ";
        const auto converted = conversions.find(column.name);
        expressions += converted == conversions.end() ? sql::quoted(column.name)
                                                      : converted->second.expression;
    }
    auto copied =
        connection.run(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", sql::quoted(kRebuilt),
                                   sql::quoted_list(names), expressions, sql::quoted(table)));
    if (copied || copied.error().id != "sqlite") return copied;
    auto error = std::move(copied).error();
    error.kind = ErrorKind::Data;
    error.id = "widening-inexact";
    return std::unexpected(std::move(error));
}

}  // namespace

Result<> rebuild_table(const Connection& connection, const std::string& table,
                       const sql::TableChange& change) {
    const auto objects = objects_of(connection, table, false);
    if (!objects) return std::unexpected(objects.error());
    auto definition = definition_of(connection, table, change.conversions);
    if (!definition) return std::unexpected(std::move(definition).error());
    auto created = *definition;
    created.columns.insert(created.columns.end(), change.added.begin(), change.added.end());
    STREAMS_TRY(connection.run(sql::create_table(created)));
    STREAMS_TRY(copy_rows(connection, table, *definition, change.conversions));
    STREAMS_TRY(connection.run(sql::drop_table(table)));
    STREAMS_TRY(connection.run(sql::rename_table(kRebuilt, table)));
    for (const auto& object : *objects) STREAMS_TRY(connection.run(object));
    return {};
}

Result<> replace_table(const Connection& connection, const std::string& from,
                       const std::string& to) {
    const auto objects = objects_of(connection, to, true);
    if (!objects) return std::unexpected(objects.error());
    STREAMS_TRY(connection.run(sql::drop_table(to)));
    STREAMS_TRY(connection.run(sql::rename_table(from, to)));
    for (const auto& object : *objects) {
        const auto made = connection.run(object);
        if (made) continue;
        if (made.error().id != "sqlite" && made.error().kind != ErrorKind::Data) return made;
        log_warning(fmt::format("table \"{}\" was replaced, and this no longer fits it: {} ({})",
                                to, object, made.error().why));
    }
    return {};
}

}  // namespace streams::sqlite
