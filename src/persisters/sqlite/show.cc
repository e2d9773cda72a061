#include "persisters/sqlite/show.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/file.h"
#include "persisters/sqlite/catalog.h"
#include "sql/dialect.h"

namespace streams::sqlite {
namespace {

std::string bytes_text(std::string_view bytes) {
    std::string text = "x'";
    for (const char byte : bytes) {
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(byte));
    }
    return text + "'";
}

std::string cell_text(const Statement& row, int column) {
    switch (sqlite3_column_type(row.get(), column)) {
        case SQLITE_NULL:
            return "null";
        case SQLITE_BLOB:
            return bytes_text(row.text(column));
        case SQLITE_FLOAT:
            return fmt::format("{}", sqlite3_column_double(row.get(), column));
        default: {
            const auto* text = sqlite3_column_text(row.get(), column);
            const auto count = static_cast<std::size_t>(sqlite3_column_bytes(row.get(), column));
            return std::string(reinterpret_cast<const char*>(text), count);
        }
    }
}

Result<std::vector<TableEntry>> foreign_tables(const Database& database) {
    auto rows = database.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' "
        "AND substr(name, 1, 9) <> '_streams_' ORDER BY name");
    if (!rows) return std::unexpected(std::move(rows).error());
    std::vector<TableEntry> tables;
    while (true) {
        const auto has_row = rows->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return tables;
        tables.push_back({.table = rows->text(0), .stream = {}});
    }
}

Result<std::vector<TableEntry>> tables_of(const Database& database, const Context& context) {
    auto tables = Catalog(database).all();
    if (!tables) return tables;
    std::erase_if(*tables, [&](const TableEntry& entry) {
        return !context.schema.empty() && entry.schema != context.schema;
    });
    return tables->empty() && context.schema.empty() ? foreign_tables(database) : tables;
}

Result<> add_sample(const Database& database, std::uint64_t limit, Table& shown) {
    auto rows =
        database.prepare(fmt::format("SELECT * FROM {} LIMIT {}", sql::quoted(shown.name), limit));
    if (!rows) return std::unexpected(std::move(rows).error());
    while (true) {
        const auto has_row = rows->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return {};
        std::vector<std::string> cells;
        cells.reserve(shown.columns.size());
        for (int column = 0; column < sqlite3_column_count(rows->get()); ++column) {
            cells.push_back(cell_text(*rows, column));
        }
        shown.sample.push_back(std::move(cells));
    }
}

Result<Table> shown_table(const Database& database, const TableEntry& entry) {
    const auto columns = physical_columns(database, entry.table);
    if (!columns) return std::unexpected(columns.error());
    Table shown{.name = entry.table, .stream = entry.stream};
    if (columns->empty()) return shown;  // It was dropped.
    for (const auto& column : *columns) shown.columns.push_back(column.name);
    const auto rows = database.integer("SELECT count(*) FROM " + sql::quoted(entry.table), {}, 0);
    if (!rows) return std::unexpected(rows.error());
    shown.rows = static_cast<std::uint64_t>(*rows);
    return shown;
}

std::unexpected<Error> unknown(const std::string& table, const std::vector<TableEntry>& tables,
                               const Database& database) {
    std::string names;
    for (const auto& entry : tables) names += (names.empty() ? "" : ", ") + entry.table;
    return std::unexpected(Error{ErrorKind::Config,
                                 "table-unknown",
                                 fmt::format("there is no table \"{}\"", table),
                                 database.path(),
                                 {},
                                 names.empty() ? "nothing was loaded yet" : "there are: " + names});
}

}  // namespace

Result<std::vector<Table>> show(const Settings& settings, const Context& context,
                                const std::string& table, std::uint64_t limit) {
    const auto& path = settings.text("path");
    if (!file_exists(path)) {
        return std::unexpected(Error{ErrorKind::Config,
                                     "path-unusable",
                                     path + " does not exist",
                                     {},
                                     {},
                                     "name the file of an earlier run: --path FILE"});
    }
    const auto opened = Database::open(path, Database::Access::Read, context.wait);
    if (!opened) return std::unexpected(opened.error());
    const Database& database = **opened;
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

}  // namespace streams::sqlite
