#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/persister_program.h"
#include "sql/database.h"
#include "streams/persister.h"

namespace streams::sql {

/// Every table of a stream, or every table there is where there is none; with `table`, a table's
/// or stream's name, only that one, with its first `limit` rows (NULL as `null`). Creates nothing.
/// **Errors.** Config `table-unknown`.
Result<std::vector<Table>> show(Database& database, const Context& context,
                                const std::string& table, std::uint64_t limit);

}  // namespace streams::sql
