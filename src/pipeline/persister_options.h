#pragma once

#include "pipeline/persister_program.h"
#include "pipeline/run_options.h"
#include "program/command_line.h"
#include "program/shape.h"

namespace streams {

/// The program that `entry` describes, with the settings, options and words of every persister.
ProgramShape shape_of(const PersisterEntry& entry);

/// What was asked for, checked. Reads the file of `--state`.
/// **Errors.** Config, where options contradict each other or the destination.
Result<RunOptions> run_options_of(const PersisterEntry& entry, const Settings& settings,
                                  const CommandLine& line);

}  // namespace streams
