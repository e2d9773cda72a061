#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/persister_program.h"
#include "storage/storage.h"

namespace streams::file {

/// The names of the pipelines that have a journal here, in order.
Result<std::vector<std::string>> pipelines_of(Storage& storage);

/// The streams that the journals name, with their rows; of `table` (if not empty) with a sample of
/// the newest file's first `limit` records. `root` is the folder of `storage`.
Result<std::vector<Table>> tables_of(Storage& storage, const std::string& root,
                                     const std::string& table, std::uint64_t limit);

/// The rejects that the journal of `pipeline` keeps, oldest first; of every pipeline where it is
/// empty.
Result<std::vector<KeptReject>> rejects_of(Storage& storage, const std::string& pipeline);

/// Whether files could be made in `path`, which need not exist. Creates nothing.
Result<> check_folder(const std::string& path);

}  // namespace streams::file
