#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pipeline/persister_program.h"
#include "streams/persister.h"
#include "streams/spec.h"

namespace streams::file {

/// Appends each stream to files of its folder; a commit journal makes whole commits of them.
///
/// **Promise.** Tier A for readers of the journal (docs/PROMISES.md); without a pipeline's name the
/// journal is that of `-`. Names are functions of stream, pipeline, commit, epoch and part.
PersisterEntry entry();

}  // namespace streams::file
