#include "sql/activation.h"

#include <algorithm>
#include <fmt/format.h>

#include "sql/delivery.h"
#include "sql/ledger_tables.h"

namespace streams::sql {
namespace {

// The column of the version, if the table has one. It may be one that the stream no longer has.
std::string version_column(const Stream& stream, const OpenTable& table) {
    for (const auto* fields : {&stream.fields, &table.fields}) {
        const auto found = std::ranges::find(*fields, Origin::TableVersion, &Field::origin);
        if (found != fields->end()) return found->name;
    }
    return {};
}

// Of rows that a receipt tells of, the hashes go with them.
Result<> remove(Database& database, const OpenTable& table, const std::string& rows,
                RowCounts& counts) {
    const auto removed = subtract_rows(database, table.fields, rows, {}, counts);
    if (!removed) return std::unexpected(removed.error());
    counts.removed += *removed;
    return database.run("DELETE FROM " + rows);
}

}  // namespace

Result<> activate(Database& database, const Stream& stream, const OpenTable& table,
                  std::int64_t version, bool removes, RowCounts& counts) {
    const auto column = version_column(stream, table);
    const auto is_old = column.empty() ? std::string("true")
                                       : fmt::format("{} {} {}", quoted(column),
                                                     database.dialect().differs, version);
    const auto target = quoted(table.target);
    if (removes) return remove(database, table, fmt::format("{} WHERE {}", target, is_old), counts);
    const auto deleted = quoted(kDeletedColumn);
    return database.run(fmt::format("UPDATE {} SET {} = {} WHERE {} AND {} IS NULL", target,
                                    deleted, database.dialect().now, is_old, deleted));
}

}  // namespace streams::sql
