#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "streams/persister.h"
#include "streams/spec.h"

namespace streams::sqlite {

/// A table as a person sees it.
struct ShownTable {
    std::string name;
    std::string stream;  ///< Empty: not one of ours.
    std::uint64_t rows = 0;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> sample;  ///< NULL as `null`, bytes as `x'00ff'`.
};

/// Every table of a stream, or every table of the file where there is none; with `table`, a table's
/// or stream's name, only that one, with its first `limit` rows. Creates nothing.
/// **Errors.** Config `path-unusable`, `table-unknown`.
Result<std::vector<ShownTable>> show(const Settings& settings, const Context& context,
                                     const std::string& table, std::uint64_t limit);

}  // namespace streams::sqlite
