#pragma once

#include <vector>

#include "sql/database.h"
#include "streams/persister.h"

namespace streams::sql {

/// Keeps the commit's rejects in `_streams_rejects`, and forgets those that it stores at last. Part
/// of the open transaction.
Result<> keep_rejects(Database& database, const Context& context, const Commit& commit);

/// Those of the context's pipeline, or of all where it has none. Creates nothing.
Result<std::vector<KeptReject>> kept_rejects(Database& database, const Context& context);

}  // namespace streams::sql
