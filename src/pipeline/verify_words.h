#pragma once

#include "pipeline/persister_program.h"
#include "pipeline/run_options.h"
#include "program/settings.h"

namespace streams {

/// The word `verify` of a persister: reads back what is stored and compares it with the receipts of
/// the pipeline's commits, or of every pipeline's without a name. Gives the exit status: 3 where
/// something was changed, lost or doubled.
int run_verify(const PersisterEntry& entry, const Settings& settings, const RunOptions& run,
               const Settings& options);

}  // namespace streams
