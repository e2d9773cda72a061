#include "sql/show.h"

#include <fmt/format.h>

#include "sql/catalog.h"
#include "sql/dialect.h"

namespace streams::sql {
namespace {

constexpr std::string_view kOurs = "_streams_";

Result<std::vector<TableEntry>> foreign_tables(Database& database) {
    const auto names = database.tables();
    if (!names) return std::unexpected(names.error());
    std::vector<TableEntry> tables;
    for (const auto& name : *names) {
        if (!name.starts_with(kOurs)) tables.push_back({.table = name, .stream = {}});
    }
    return tables;
}

Result<std::vector<TableEntry>> tables_of(Database& database, const Context& context) {
    auto tables = Catalog(database).all();
    if (!tables) return tables;
    std::erase_if(*tables, [&](const TableEntry& entry) {
        return !context.schema.empty() && entry.schema != context.schema;
    });
    const bool shows_any = context.schema.empty() || database.dialect().has_schemas;
    return tables->empty() && shows_any ? foreign_tables(database) : tables;
}

Result<> add_sample(Database& database, std::uint64_t limit, Table& shown) {
    const auto rows =
        database.ask(fmt::format("SELECT * FROM {} LIMIT {}", quoted(shown.name), limit));
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : rows->rows) {
        auto& cells = shown.sample.emplace_back();
        for (const auto& cell : row) cells.push_back(cell.value_or("null"));
    }
    return {};
}

Result<Table> shown_table(Database& database, const TableEntry& entry) {
    const auto columns = database.physical_columns(entry.table);
    if (!columns) return std::unexpected(columns.error());
    Table shown{.name = entry.table, .stream = entry.stream};
    if (columns->empty()) return shown;  // It was dropped.
    for (const auto& column : *columns) shown.columns.push_back(column.name);
    const auto rows = database.ask("SELECT count(*) FROM " + quoted(entry.table));
    if (!rows) return std::unexpected(rows.error());
    shown.rows = static_cast<std::uint64_t>(rows->integer(0, 0));
    return shown;
}

std::unexpected<Error> unknown(const std::string& table, const std::vector<TableEntry>& tables,
                               const Database& database) {
    std::string names;
    for (const auto& entry : tables) names += (names.empty() ? "" : ", ") + entry.table;
    return std::unexpected(Error{ErrorKind::Config,
                                 "table-unknown",
                                 fmt::format("there is no table \"{}\"", table),
                                 database.place(),
                                 {},
                                 names.empty() ? "nothing was loaded yet" : "there are: " + names});
}

}  // namespace

Result<std::vector<Table>> show(Database& database, const Context& context,
                                const std::string& table, std::uint64_t limit) {
    const auto tables = tables_of(database, context);
    if (!tables) return std::unexpected(tables.error());
    std::vector<Table> all;
    for (const auto& entry : *tables) {
        if (!table.empty() && table != entry.table && table != entry.stream) continue;
        auto shown = shown_table(database, entry);
        if (!shown) return std::unexpected(std::move(shown).error());
        if (!table.empty() && !shown->columns.empty()) {
            STREAMS_TRY(add_sample(database, limit, *shown));
        }
        all.push_back(*std::move(shown));
    }
    if (!table.empty() && all.empty()) return unknown(table, *tables, database);
    return all;
}

}  // namespace streams::sql
