#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "sql/database.h"
#include "sql/statements.h"

namespace streams::duckdb {

/// The number of a staged row, in a column of this name.
inline constexpr std::string_view kRowColumn = "_streams_row";

/// Rows in a temporary table, which has the columns of the target that they fill, and kRowColumn.
struct StagedRows {
    std::string table;
    std::vector<std::string> columns;
    std::uint64_t rows = 0;
    bool is_merged = false;
    sql::Upsert upsert = {};       ///< If they are merged.
    std::vector<Field> kept = {};  ///< Of the table, likewise.
};

/// The end of a full load; see `sql::activate`.
struct StagedActivation {
    Stream stream;
    sql::OpenTable table;
    std::int64_t version = 0;
    bool removes = false;
};

/// What has to happen to a table at the commit, in order. It waits until then because DuckDB lets
/// nobody alter a table that the transaction has deleted from or updated.
using Steps = std::vector<std::variant<StagedRows, StagedActivation>>;

/// The steps of the open transaction, by table.
class Staging {
 public:
    Steps& of(const std::string& table) { return steps_[table]; }
    /// Of a table's staged rows, those that have the column.
    std::vector<std::string> tables_with(const std::string& table, const std::string& column) const;
    std::string new_table() { return "_streams_staged_" + std::to_string(++count_); }
    void clear() { steps_.clear(); }

 private:
    std::map<std::string, Steps> steps_;
    std::uint64_t count_ = 0;
};

/// Does the steps of `table`, and forgets them.
Result<> merge(sql::Database& database, const std::string& table, const Steps& steps,
               sql::RowCounts& counts);

}  // namespace streams::duckdb
