#pragma once

#include <string>
#include <string_view>

#include "sql/database.h"
#include "streams/persister.h"

namespace streams::sql {

/// Our own tables. Their columns may grow from release to release; none is ever renamed.
inline constexpr std::string_view kStateTable = "_streams_state";
inline constexpr std::string_view kCommitsTable = "_streams_commits";
inline constexpr std::string_view kTablesTable = "_streams_tables";
inline constexpr std::string_view kColumnsTable = "_streams_columns";
inline constexpr std::string_view kRejectsTable = "_streams_rejects";

/// The number of the commit that brought a row, in tables that are only appended to.
inline constexpr std::string_view kCommitColumn = "_streams_commit";
/// When a row was found to be of an old version.
inline constexpr std::string_view kDeletedColumn = "_sdc_deleted_at";
/// A row changes only for a value that is not smaller than the stored one.
inline constexpr std::string_view kSequenceColumn = "_sdc_sequence";

/// The key of `_streams_tables`: where there are no schemas, a table's name holds its schema.
std::vector<std::string> key_of_tables(const Dialect& dialect);

/// One row per (schema, pipeline): epoch, number of the last commit, its state.
TableDefinition state_table(const Dialect& dialect);
/// One row per commit of a pipeline.
TableDefinition commits_table(const Dialect& dialect);
/// One row per table: whose it is. `made` is 0 for a table that was adopted.
TableDefinition tables_table(const Dialect& dialect);
/// One row per column, because a database's type does not say what a column means.
TableDefinition columns_table(const Dialect& dialect);
/// Records that were refused, as they came.
TableDefinition rejects_table(const Dialect& dialect);

/// Makes the table, or gives one that an earlier release made the columns that it lacks: in rows
/// that are there, NULL, or the empty text or 0 where a column may not be null.
Result<> bring_up_to_date(Database& database, const TableDefinition& definition);

/// What a SELECT lists to read these columns of a table that an earlier release may have made: NULL
/// in the place of each that it lacks.
Result<std::string> readable_columns(Database& database, std::string_view table,
                                     const std::vector<std::string>& columns);

/// For the history of commits: `[{"stream": ..., "table": ..., "rows": ..., ...}]`.
std::string receipts_json(const std::vector<Receipt>& receipts);
/// Back, without the keys; an unreadable text is no receipts.
std::vector<Receipt> receipts_of_json(std::string_view json);

/// `["a","b"]` and back; an unreadable text is no names.
std::string names_json(const std::vector<std::string>& names);
std::vector<std::string> names_of_json(std::string_view json);

}  // namespace streams::sql
