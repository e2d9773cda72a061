#pragma once

#include "sql/database.h"
#include "sql/statements.h"

namespace streams::sql {

/// What merging rows of the stream takes. Columns that the table has and the stream has not become
/// null; what says which load brought a row is tracked.
Upsert upsert_of(const Dialect& dialect, const Stream& stream, const OpenTable& table);

/// The columns that a row brings: the stream's, and that of the commit where the table has one.
std::vector<std::string> columns_of(const Stream& stream, const OpenTable& table);

}  // namespace streams::sql
