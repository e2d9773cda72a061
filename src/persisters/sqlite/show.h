#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/persister_program.h"
#include "streams/persister.h"
#include "streams/spec.h"

namespace streams::sqlite {

/// Every table of a stream, or every table of the file where there is none; with `table`, a table's
/// or stream's name, only that one, with its first `limit` rows (NULL as `null`, bytes as
/// `x'00ff'`). Creates nothing.
/// **Errors.** Config `path-unusable`, `table-unknown`.
Result<std::vector<Table>> show(const Settings& settings, const Context& context,
                                const std::string& table, std::uint64_t limit);

}  // namespace streams::sqlite
