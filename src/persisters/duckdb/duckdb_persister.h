#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/persister_program.h"
#include "streams/persister.h"
#include "streams/spec.h"

namespace streams::duckdb {

/// Of input between two commits: each writes the row group that it leaves unfilled once more, and
/// much larger ones stage more than memory holds.
inline constexpr std::size_t kCommitBytes = std::size_t{128} << 20;

/// What DuckDB takes beside `--memory`: its own limit, and what it holds outside of that.
inline constexpr std::int64_t kMemoryExtraBytes = std::int64_t{300} << 20;

/// The settings: `path`, `hard_delete`.
Spec spec();

/// A persister for the file `path`, tier A. Nothing is created before the lock, or the first
/// `open`.
/// **Errors.** Config `path-unusable`; see `Connection::error`.
Result<std::unique_ptr<Persister>> make(const Settings& settings, const Context& context);

/// Whether the file is a database that can be read and written, or could be made. Creates nothing.
Result<> check(const Settings& settings);

/// The tables of the file; see `sql::show`.
/// **Errors.** Config `path-unusable`.
Result<std::vector<Table>> show(const Settings& settings, const Context& context,
                                const std::string& table, std::uint64_t limit);

}  // namespace streams::duckdb
