#pragma once

#include <string>
#include <vector>

#include "sql/database.h"
#include "sql/table.h"
#include "streams/persister.h"

namespace streams::sql {

/// The columns that the stream's table has; none where there is no table. Changes nothing.
Result<std::vector<Field>> stored_fields(Database& database, const Context& context,
                                         const std::string& stream);

/// Creates, widens or completes the table, in the transaction, which it begins. `before` is what
/// an earlier call of this run gave for the stream, if any.
Result<OpenTable> open_table(Database& database, const Context& context, const Stream& stream,
                             const OpenTable* before);

/// Checks, at the start of a later transaction, that the table is still the run's to write.
Result<> check_still_owned(Database& database, const Context& context, const OpenTable& table);

/// Makes the column that an activation needs.
Result<> add_deleted_column(Database& database, OpenTable& table);

/// Puts the hidden table of a whole load in the place of the real one.
Result<> swap_in(Database& database, const Context& context, const Stream& stream,
                 OpenTable& table);

/// Drops what whole loads of dead runs of this pipeline left.
Result<> drop_hidden_tables(Database& database, const Context& context);

}  // namespace streams::sql
