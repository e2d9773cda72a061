#include "sql/ledger_tables.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sql/statements.h"

namespace streams::sql {
namespace {

// A small language for the tables below: a name that ends in `?` may be null, one with `#` is a
// whole number, the rest is text.
std::string create(const Dialect& dialect, std::string_view table,
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
    return create_table(definition, true);
}

}  // namespace

std::vector<std::string> key_of_tables(const Dialect& dialect) {
    if (dialect.has_schemas) return {"schema", "table"};
    return {"table"};
}

std::string create_state_table(const Dialect& dialect) {
    return create(dialect, kStateTable,
                  {"schema", "pipeline", "epoch#", "commit#", "state?", "state_hash",
                   "source_print", "ended_run"},
                  {"schema", "pipeline"});
}

std::string create_commits_table(const Dialect& dialect) {
    return create(dialect, kCommitsTable,
                  {"schema", "pipeline", "number#", "run", "time", "state?", "state_hash",
                   "receipts", "reason"},
                  {"schema", "pipeline", "number"});
}

std::string create_tables_table(const Dialect& dialect) {
    return create(dialect, kTablesTable,
                  {"table", "stream", "schema", "pipeline", "keys", "load", "made#"},
                  key_of_tables(dialect));
}

std::string create_columns_table(const Dialect& dialect) {
    auto key = key_of_tables(dialect);
    key.emplace_back("column");
    return create(dialect, kColumnsTable,
                  {"schema", "table", "column", "position#", "path", "kind", "type", "declared#",
                   "origin", "scale#", "precision#"},
                  std::move(key));
}

std::string create_rejects_table(const Dialect& dialect) {
    return create(
        dialect, kRejectsTable,
        {"schema", "pipeline", "run", "time", "stream", "line#", "id", "reason", "record"}, {});
}

std::string receipts_json(const std::vector<Receipt>& receipts) {
    auto all = nlohmann::json::array();
    for (const auto& receipt : receipts) {
        all.push_back({{"stream", receipt.stream},
                       {"table", receipt.table},
                       {"created", receipt.created},
                       {"rows", receipt.rows},
                       {"new", receipt.new_rows},
                       {"changed", receipt.changed},
                       {"same", receipt.same}});
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
                            .same = item.value("same", std::uint64_t{0})});
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
