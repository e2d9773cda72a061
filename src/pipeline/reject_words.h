#pragma once

#include <functional>
#include <string>

#include "pipeline/persister_program.h"
#include "pipeline/run_options.h"
#include "program/command_line.h"

namespace streams {

/// Loads what a file has, as `sync` does; gives the exit status.
using LoadFile =
    std::function<int(const PersisterEntry& entry, const RunOptions& run, const std::string& path)>;

/// The word `rejects` of a persister: `list` (the default) prints what was rejected and is kept;
/// `replay` feeds it in again, and what is stored now is kept no more, in one commit. Gives the
/// exit status; that of `replay` is 3 where something was refused again.
///
/// Replayed records are held to the SCHEMA messages of `--schema-from`, or else to the columns that
/// their table has. The state of the pipeline stays as it is.
int run_rejects(const PersisterEntry& entry, const Settings& settings, const RunOptions& run,
                const CommandLine& line, const LoadFile& load);

}  // namespace streams
