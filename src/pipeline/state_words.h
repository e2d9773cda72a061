#pragma once

#include "pipeline/persister_program.h"
#include "pipeline/run_options.h"
#include "program/command_line.h"

namespace streams {

/// The word `state` of a persister; gives the text for standard output. Without `--pipeline` the
/// only pipeline is meant.
///
/// Alone it is the stored state, with `--history` a JSON object a commit, in order: `{"commit",
/// "time", "run", "reason", "rows": {STREAM: N}, "state"}`. `--set`, `--reset` and
/// `--rename` change it, in a commit of its own.
Result<std::string> show_or_change_state(const PersisterEntry& entry, const Settings& settings,
                                         const RunOptions& run, const Settings& options);

}  // namespace streams
