#pragma once

#include <string>
#include <vector>

#include "storage/storage.h"
#include "streams/receipt.h"

namespace streams::file {

/// Compares the files of a pipeline, or of its streams that are named, with its journal: bytes and
/// SHA-256 of each that counts; what else lies in the folders of the streams.
Result<std::vector<Verified>> verify_files(Storage& storage, const std::string& pipeline,
                                           const std::vector<std::string>& streams);

}  // namespace streams::file
