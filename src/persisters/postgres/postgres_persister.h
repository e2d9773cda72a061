#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/persister_program.h"
#include "streams/persister.h"
#include "streams/spec.h"

namespace streams::postgres {

/// The settings: `url`, `sslmode`, `hard_delete`.
Spec spec();

/// A persister for one schema of one database, tier A. Connects; creates nothing before the first
/// claim or `open`.
/// **Errors.** Those of connecting; see `error_of_connecting`.
Result<std::unique_ptr<Persister>> make(const Settings& settings, const Context& context);

/// Whether the server lets this user in, and make tables. Creates nothing.
Result<> check(const Settings& settings);

/// The tables of the schema; see `sql::show`.
Result<std::vector<Table>> show(const Settings& settings, const Context& context,
                                const std::string& table, std::uint64_t limit);

}  // namespace streams::postgres
