#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "persisters/file/journal.h"
#include "storage/storage.h"

namespace streams::file {

/// What the names of a commit's files are made of.
struct CommitName {
    std::string pipeline;
    std::int64_t commit = 0;
    std::int64_t epoch = 0;
};

/// `FOLDER/PIPELINE.<commit, 20 digits>.<epoch>.<part>` and the ending: `.jsonl`.
std::string data_name(const std::string& folder, const CommitName& name, int part,
                      const std::string& ending);

/// Whether `name`, without its folder, is one that `pipeline` gives its files.
bool is_data_name(std::string_view name, const std::string& pipeline);

/// Removes what writers of `pipeline` with an epoch below `epoch` left and no entry names.
Result<> clean(Storage& storage, const std::string& pipeline, std::int64_t epoch,
               const std::vector<Entry>& entries);

}  // namespace streams::file
