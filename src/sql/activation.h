#pragma once

#include <cstdint>

#include "sql/database.h"

namespace streams::sql {

/// Closes a full load: the rows of the table whose version is distinct from `version` are marked in
/// `_sdc_deleted_at`, or removed. The table has that column, unless it removes. A stream without
/// versions has none that could be equal. `counts` tells of the rows that were removed.
Result<> activate(Database& database, const Stream& stream, const OpenTable& table,
                  std::int64_t version, bool removes, RowCounts& counts);

}  // namespace streams::sql
