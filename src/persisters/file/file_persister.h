#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/persister_program.h"
#include "streams/persister.h"
#include "streams/spec.h"

namespace streams::file {

/// Appends each stream to files of its folder; a commit journal makes whole commits of them.
///
/// **Promise.** Tier A for readers of the journal (docs/PROMISES.md); without a pipeline's name the
/// journal is that of `-`. Names are functions of stream, pipeline, commit, epoch and part.
/// `program` is the name that it was started by: `persist-csv` has another default format.
PersisterEntry entry(std::string_view program);

}  // namespace streams::file
