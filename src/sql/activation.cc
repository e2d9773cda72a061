#include "sql/activation.h"

#include <algorithm>
#include <fmt/format.h>

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

}  // namespace

Result<> activate(Database& database, const Stream& stream, const OpenTable& table,
                  std::int64_t version, bool removes) {
    const auto column = version_column(stream, table);
    const auto is_old = column.empty() ? std::string("true")
                                       : fmt::format("{} {} {}", quoted(column),
                                                     database.dialect().differs, version);
    const auto target = quoted(table.target);
    if (removes) return database.run(fmt::format("DELETE FROM {} WHERE {}", target, is_old));
    const auto deleted = quoted(kDeletedColumn);
    return database.run(fmt::format("UPDATE {} SET {} = {} WHERE {} AND {} IS NULL", target,
                                    deleted, database.dialect().now, is_old, deleted));
}

}  // namespace streams::sql
