#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "streams/error.h"

namespace streams::file {

/// The first `limit` records of a data file, of whatever format and compression its name says, as
/// JSON objects. A CSV file's values are texts.
Result<std::vector<std::string>> first_records(const std::string& path, std::uint64_t limit);

}  // namespace streams::file
