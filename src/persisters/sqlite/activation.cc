#include "persisters/sqlite/activation.h"

#include <algorithm>
#include <fmt/format.h>

#include "sql/ledger_tables.h"

namespace streams::sqlite {
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

Result<> activate(const Database& database, const Stream& stream, OpenTable& table,
                  std::int64_t version, bool removes) {
    const auto column = version_column(stream, table);
    const auto is_old =
        column.empty() ? std::string("?1 IS NOT NULL") : sql::quoted(column) + " IS NOT ?1";
    const auto target = sql::quoted(table.target);
    if (removes) {
        return database.run(fmt::format("DELETE FROM {} WHERE {}", target, is_old), {version});
    }
    STREAMS_TRY(add_deleted_column(database, table));
    const auto deleted = sql::quoted(sql::kDeletedColumn);
    return database.run(fmt::format("UPDATE {} SET {} = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') "
                                    "WHERE {} AND {} IS NULL",
                                    target, deleted, is_old, deleted),
                        {version});
}

}  // namespace streams::sqlite
