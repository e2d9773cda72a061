#pragma once

#include <cstdint>

#include "persisters/sqlite/open_table.h"

namespace streams::sqlite {

/// Closes a full load: the rows of the table whose version is distinct from `version` are marked in
/// `_sdc_deleted_at`, or removed. Makes that column if need be; then the table's statements are
/// stale. A stream without versions has none that could be equal.
Result<> activate(const Database& database, const Stream& stream, OpenTable& table,
                  std::int64_t version, bool removes);

}  // namespace streams::sqlite
