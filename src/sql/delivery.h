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

/// The sum of a column of hashes, modulo 2^64, over the rows that `from` gives.
Result<std::uint64_t> sum_hashes(Database& database, std::string_view column,
                                 std::string_view from);

/// How many rows, and the sum of their hashes.
struct RowSum {
    std::uint64_t rows = 0;
    std::uint64_t hash = 0;
};

/// The columns of `fields` as RowHasher reads them, from `prefix`, such as `kept.`: a list for a
/// SELECT.
std::string text_columns(const Database& database, const std::vector<Field>& fields,
                         std::string_view prefix = {});

/// Of the rows that `from` gives: a table's quoted name, and what a SELECT may have behind it.
Result<RowSum> sum_rows(Database& database, const std::vector<Field>& fields, std::string_view from,
                        std::string_view prefix = {});

/// Compares the tables of the pipeline with the receipts of its commits: those of `streams`, or all
/// of them where it is empty. `past` and `missing` are what the ledger says.
Result<std::vector<Verified>> verify_tables(Database& database, const Context& context,
                                            const std::vector<PastCommit>& past,
                                            const std::vector<std::string>& missing,
                                            const std::vector<std::string>& streams);

}  // namespace streams::sql
