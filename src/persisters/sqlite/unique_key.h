#pragma once

#include <string>
#include <vector>

#include "persisters/sqlite/database.h"

namespace streams::sqlite {

/// Makes sure that the table keeps the key unique, byte for byte, so that rows can be merged by it.
/// **Errors.** Config `key-changed`: rows that are there share a key.
Result<> ensure_unique_key(const Database& database, const std::string& table,
                           const std::vector<std::string>& key);

}  // namespace streams::sqlite
