#pragma once

#include <cstdint>
#include <string>

#include "persisters/file/journal.h"
#include "storage/storage.h"

namespace streams::file {

/// `FOLDER/PIPELINE.<commit, 20 digits>.<epoch>.<part>.jsonl`
std::string data_name(const std::string& folder, const std::string& pipeline, std::int64_t commit,
                      std::int64_t epoch);

/// Removes what writers of `pipeline` with an epoch below `epoch` left and no entry names.
Result<> clean(Storage& storage, const std::string& pipeline, std::int64_t epoch,
               const std::vector<Entry>& entries);

}  // namespace streams::file
