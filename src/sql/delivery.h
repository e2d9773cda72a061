#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/database.h"
#include "streams/persister.h"

namespace streams::sql {

/// Where staged rows keep their hashes.
inline constexpr std::string_view kHashColumn = "_streams_hash";

/// Staged rows that are not stored take their hashes with them: those of `column`, of the rows that
/// `from` gives, a table's quoted name and what a SELECT may have behind it. Nothing where `counts`
/// knows no hash.
Result<> subtract_hashes(Database& database, std::string_view column, std::string_view from,
                         RowCounts& counts);

/// The same of stored rows, which are read back: their columns are `fields`, of `prefix`, such as
/// `kept.`. Answers how many rows were read.
Result<std::uint64_t> subtract_rows(Database& database, const std::vector<Field>& fields,
                                    std::string_view from, std::string_view prefix,
                                    RowCounts& counts);

/// Compares the tables of the pipeline with the receipts of its commits: those of `streams`, or all
/// of them where it is empty. `past` and `missing` are what the ledger says.
Result<std::vector<Verified>> verify_tables(Database& database, const Context& context,
                                            const std::vector<PastCommit>& past,
                                            const std::vector<std::string>& missing,
                                            const std::vector<std::string>& streams);

}  // namespace streams::sql
