#include "sql/ledger_tables.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "receipt/row_hash.h"
#include "sql/catalog.h"
#include "sql/statements.h"

namespace streams::sql {
namespace {

// A small language for the tables below: a name that ends in `?` may be null, one with `#` is a
// whole number, the rest is text.
TableDefinition define(const Dialect& dialect, std::string_view table,
                       const std::vector<std::string_view>& columns, std::vector<std::string> key) {
    TableDefinition definition{.table = std::string(table), .columns = {}, .key = std::move(key)};
    for (auto name : columns) {
        const bool is_nullable = name.ends_with('?');
        if (is_nullable) name.remove_suffix(1);
        const bool is_number = name.ends_with('#');
        if (is_number) name.remove_suffix(1);
        definition.columns.push_back(
            {.name = std::string(name),
             .type = std::string(dialect.type_name(is_number ? Type::Integer : Type::Text)),
             .is_nullable = is_nullable});
    }
    return definition;
}

// Databases do not add a column that may not be null to rows that are there.
ColumnDefinition added_column(const Dialect& dialect, const ColumnDefinition& column) {
    ColumnDefinition added{.name = column.name, .type = column.type, .fallback = {}};
    const bool is_number = column.type == dialect.type_name(Type::Integer);
    if (!column.is_nullable) added.fallback = is_number ? "0" : "''";
    return added;
}

}  // namespace

std::vector<std::string> key_of_tables(const Dialect& dialect) {
    if (dialect.has_schemas) return {"schema", "table"};
    return {"table"};
}

TableDefinition state_table(const Dialect& dialect) {
    return define(dialect, kStateTable,
                  {"schema", "pipeline", "epoch#", "commit#", "state?", "state_hash",
                   "source_print", "ended_run"},
                  {"schema", "pipeline"});
}

TableDefinition commits_table(const Dialect& dialect) {
    return define(dialect, kCommitsTable,
                  {"schema", "pipeline", "number#", "run", "time", "state?", "state_hash",
                   "receipts", "reason"},
                  {"schema", "pipeline", "number"});
}

TableDefinition tables_table(const Dialect& dialect) {
    return define(dialect, kTablesTable,
                  {"table", "stream", "schema", "pipeline", "keys", "load", "made#"},
                  key_of_tables(dialect));
}

TableDefinition columns_table(const Dialect& dialect) {
    auto key = key_of_tables(dialect);
    key.emplace_back("column");
    return define(dialect, kColumnsTable,
                  {"schema", "table", "column", "position#", "path", "kind", "type", "declared#",
                   "origin", "scale#", "precision#"},
                  std::move(key));
}

TableDefinition rejects_table(const Dialect& dialect) {
    return define(
        dialect, kRejectsTable,
        {"schema", "pipeline", "run", "time", "stream", "line#", "id", "reason", "record"}, {});
}

Result<> bring_up_to_date(Database& database, const TableDefinition& definition) {
    STREAMS_TRY(database.run(create_table(definition, true)));
    const auto there = database.physical_columns(definition.table);
    if (!there) return std::unexpected(there.error());
    const auto& dialect = database.dialect();
    for (const auto& column : definition.columns) {
        if (find_column(dialect, *there, column.name) != nullptr) continue;
        STREAMS_TRY(database.run(add_column(definition.table, added_column(dialect, column),
                                            dialect.adds_if_not_exists)));
    }
    return {};
}

Result<std::string> readable_columns(Database& database, std::string_view table,
                                     const std::vector<std::string>& columns) {
    const auto there = database.physical_columns(table);
    if (!there) return std::unexpected(there.error());
    std::string list;
    for (const auto& column : columns) {
        if (!list.empty()) list += ", ";
        const bool is_there = find_column(database.dialect(), *there, column) != nullptr;
        list += is_there ? sql::quoted(column) : "NULL";
    }
    return list;
}

std::string receipts_json(const std::vector<Receipt>& receipts) {
    auto all = nlohmann::json::array();
    for (const auto& receipt : receipts) {
        auto& one = all.emplace_back(nlohmann::json{{"stream", receipt.stream},
                                                    {"table", receipt.table},
                                                    {"created", receipt.created},
                                                    {"rows", receipt.rows},
                                                    {"new", receipt.new_rows},
                                                    {"changed", receipt.changed},
                                                    {"same", receipt.same}});
        if (receipt.hash) one["hash"] = hash_text(*receipt.hash);
        if (receipt.removed != 0) one["removed"] = receipt.removed;
        if (receipt.is_hidden) one["hidden"] = true;
        if (receipt.is_replaced) one["replaced"] = true;
    }
    return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<Receipt> receipts_of_json(std::string_view json) {
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    std::vector<Receipt> receipts;
    if (!parsed.is_array()) return receipts;
    for (const auto& item : parsed) {
        if (!item.is_object()) continue;
        receipts.push_back({.stream = item.value("stream", std::string()),
                            .table = item.value("table", std::string()),
                            .created = item.value("created", false),
                            .key = {},
                            .rows = item.value("rows", std::uint64_t{0}),
                            .new_rows = item.value("new", std::uint64_t{0}),
                            .changed = item.value("changed", std::uint64_t{0}),
                            .same = item.value("same", std::uint64_t{0}),
                            .removed = item.value("removed", std::uint64_t{0}),
                            .hash = hash_of_text(item.value("hash", std::string())),
                            .is_hidden = item.value("hidden", false),
                            .is_replaced = item.value("replaced", false)});
    }
    return receipts;
}

std::string names_json(const std::vector<std::string>& names) {
    return nlohmann::json(names).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> names_of_json(std::string_view json) {
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    std::vector<std::string> names;
    if (!parsed.is_array()) return names;
    for (const auto& name : parsed) {
        if (name.is_string()) names.push_back(name.get<std::string>());
    }
    return names;
}

}  // namespace streams::sql
