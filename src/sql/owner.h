#pragma once

#include "sql/catalog.h"
#include "streams/persister.h"

namespace streams::sql {

/// The table that rows of a stream go into, and whether the run may write it.
struct Ownership {
    TableEntry entry;
    bool is_new = false;      ///< Neither known to us nor there.
    bool is_adopted = false;  ///< There, but first met now.
    bool is_taken = false;    ///< Of bare pipes until now.
};

/// Whether a stream's rows meet those with the same key.
bool merges(const Stream& stream);
std::vector<std::string> key_names(const Stream& stream);

/// Finds the table. Changes nothing.
/// **Errors.** Config `table-owned`: another pipeline's, naming it; Config `table-foreign`: one
/// that we did not make, or a view.
Result<Ownership> ownership_of(Database& database, const Context& context, const Stream& stream);

/// Where a whole load lies until its run ends. Begins with `hidden_prefix`.
std::string hidden_table(const Dialect& dialect, const Context& context, const std::string& table);
std::string hidden_prefix(const Context& context);

}  // namespace streams::sql
