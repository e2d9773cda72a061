#pragma once

#include "persisters/sqlite/catalog.h"
#include "persisters/sqlite/session.h"
#include "streams/persister.h"

namespace streams::sqlite {

/// A table that is ready for rows of a stream.
struct OpenTable {
    TableEntry entry;           ///< The table that the stream has, or will have.
    std::string target;         ///< Where rows go: that table, or the hidden one of a whole load.
    std::vector<Field> fields;  ///< Every column of the target that is a stream's.
    bool is_created = false;
    bool is_merged = false;  ///< By key.
    bool has_commit_column = false;
    bool has_deleted_column = false;  ///< One of ours, beside the stream's fields.

    bool is_hidden() const { return target != entry.table; }
};

/// The columns that the stream's table has; none where there is no table. Changes nothing.
Result<std::vector<Field>> stored_fields(const Database& database, const Context& context,
                                         const std::string& stream);

/// Creates, widens or completes the table, in the session's transaction. `before` is what an
/// earlier call of this run gave for the stream, if any.
Result<OpenTable> open_table(Session& session, const Stream& stream, const OpenTable* before);

/// Checks, at the start of a later transaction, that the table is still the run's to write.
Result<> check_still_owned(const Database& database, const Context& context,
                           const OpenTable& table);

/// Makes the column that an activation needs.
Result<> add_deleted_column(const Database& database, OpenTable& table);

/// Puts the hidden table of a whole load in the place of the real one.
Result<> swap_in(Session& session, const Stream& stream, OpenTable& table);

/// Drops what whole loads of dead runs of this pipeline left.
Result<> drop_hidden_tables(const Database& database, const Context& context);

}  // namespace streams::sqlite
