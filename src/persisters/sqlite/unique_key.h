#pragma once

#include <string>
#include <vector>

#include "persisters/sqlite/connection.h"

namespace streams::sqlite {

/// Makes sure that the table keeps the key unique, byte for byte, so that rows can be merged by it.
/// **Errors.** Config `key-changed`: rows that are there share a key.
Result<> ensure_unique_key(const Connection& connection, const std::string& table,
                           const std::vector<std::string>& key);

}  // namespace streams::sqlite
