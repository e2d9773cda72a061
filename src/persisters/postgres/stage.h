#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/database.h"
#include "streams/batch.h"

namespace streams::postgres {

/// The number of a staged row, in the order in which the rows came.
inline constexpr std::string_view kRowColumn = "_streams_row";
/// Its line: the number, a blank, and the line as it came.
inline constexpr std::string_view kLineColumn = "_streams_line";

/// A temporary table that holds rows of one stream until the commit: those that are merged, and
/// those of a table that has to be changed first. It has every column of its target, and goes with
/// the transaction.
struct Stage {
    /// An ACTIVATE_VERSION that waits for the rows before it.
    struct Cut {
        std::int64_t row = 0;  ///< It comes before the row with this number.
        std::int64_t version = 0;
        bool removes = false;
    };
    std::string name;
    bool has_lines = false;
    std::int64_t rows = 0;
    std::vector<std::int64_t> gaps;  ///< Numbers of rows that were refused on the way in, rising.
    bool has_rising_keys = true;  ///< Whole numbers, each greater than the one before: none twice.
    std::optional<std::int64_t> last_key;
    std::vector<Cut> cuts;
};

/// Looks at the keys of rows that are staged.
void note_keys(Stage& stage, const Stream& stream, const Batch& batch);

std::string create_stage(const Stage& stage, const sql::Database& database,
                         const sql::OpenTable& table);

/// Of the staged rows from `begin` on and before `end`, all but the last of each key; with a
/// sequence, all but that with the greatest. What stands behind FROM.
std::string losers(const Stage& stage, const sql::Upsert& upsert, std::int64_t begin,
                   std::int64_t end);

/// Those rows as `excluded`, with the rows of their keys that are there, as `kept`; likewise.
std::string met(const Stage& stage, const sql::Upsert& upsert, std::int64_t begin,
                std::int64_t end);

/// Merges those rows; answers with two counts: new rows, and rows that are other than before.
std::string merge(const Stage& stage, const sql::Dialect& dialect, const sql::Upsert& upsert,
                  std::int64_t begin, std::int64_t end);

/// How many rows there are from `begin` on and before `end`.
std::uint64_t rows_within(const Stage& stage, std::int64_t begin, std::int64_t end);

/// Appends those rows.
std::string append(const Stage& stage, const std::string& target,
                   const std::vector<std::string>& columns, std::int64_t begin, std::int64_t end);

}  // namespace streams::postgres
