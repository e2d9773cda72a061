#include "persisters/sqlite/unique_key.h"

#include <algorithm>
#include <fmt/format.h>

#include "persisters/sqlite/columns.h"
#include "sql/dialect.h"

namespace streams::sqlite {
namespace {

bool covers(const std::vector<std::string>& columns, const std::vector<std::string>& key) {
    return columns.size() == key.size() && std::ranges::all_of(key, [&](const auto& name) {
               return std::ranges::any_of(
                   columns, [&](const auto& column) { return is_same_column(column, name); });
           });
}

Result<std::vector<std::string>> names(Statement& rows) {
    std::vector<std::string> all;
    while (true) {
        const auto has_row = rows.step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return all;
        all.push_back(rows.text(0));
    }
}

Result<bool> has_primary_key(const Connection& connection, const std::string& table,
                             const std::vector<std::string>& key) {
    auto rows = connection.prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0");
    if (!rows) return std::unexpected(std::move(rows).error());
    rows->bind({table});
    const auto columns = names(*rows);
    if (!columns) return std::unexpected(columns.error());
    // A primary key of another collation than BINARY is no key of ours; its index tells.
    return columns->size() == 1 && key.size() == 1 &&
           is_same_column(columns->front(), key.front()) &&
           connection.integer("SELECT count(*) FROM pragma_index_list(?1) WHERE origin = 'pk'",
                              {table}, 1) == 0;
}

Result<bool> has_unique_index(const Connection& connection, const std::string& table,
                              const std::vector<std::string>& key) {
    auto indexes = connection.prepare(
        "SELECT name FROM pragma_index_list(?1) WHERE \"unique\" = 1 AND partial = 0");
    if (!indexes) return std::unexpected(std::move(indexes).error());
    indexes->bind({table});
    const auto all = names(*indexes);
    if (!all) return std::unexpected(all.error());
    for (const auto& index : *all) {
        auto rows = connection.prepare(
            "SELECT CASE coll WHEN 'BINARY' THEN name END FROM pragma_index_xinfo(?1) WHERE key = "
            "1");
        if (!rows) return std::unexpected(std::move(rows).error());
        rows->bind({index});
        const auto columns = names(*rows);
        if (!columns) return std::unexpected(columns.error());
        if (covers(*columns, key)) return true;
    }
    return false;
}

}  // namespace

Result<> ensure_unique_key(const Connection& connection, const std::string& table,
                           const std::vector<std::string>& key) {
    const auto primary = has_primary_key(connection, table, key);
    if (!primary) return std::unexpected(primary.error());
    const auto index = *primary ? Result<bool>(true) : has_unique_index(connection, table, key);
    if (!index) return std::unexpected(index.error());
    if (*index) return {};
    std::string columns;
    for (const auto& name : key) {
        columns += (columns.empty() ? "" : ", ") + sql::quoted(name) + " COLLATE BINARY";
    }
    auto made = connection.run(fmt::format("CREATE UNIQUE INDEX {} ON {} ({})",
                                           sql::quoted("_streams_key_" + table), sql::quoted(table),
                                           columns));
    if (made || made.error().id != "row-refused") return made;
    auto error = std::move(made).error();
    error.kind = ErrorKind::Config;
    error.id = "key-changed";
    error.what = fmt::format("table \"{}\" has rows that share a key, so it cannot be loaded by {}",
                             table, sql::quoted_list(key));
    error.remedy = "load it again from the start with --refresh, or append: --load append";
    return std::unexpected(std::move(error));
}

}  // namespace streams::sqlite
