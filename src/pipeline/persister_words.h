#pragma once

#include "pipeline/persister_program.h"
#include "pipeline/run_options.h"
#include "program/command_line.h"

namespace streams {

/// The words of a persister beside `sync`. Each gives the text for standard output.
Result<std::string> check_destination(const PersisterEntry& entry, const Settings& settings);

Result<std::string> show_tables(const PersisterEntry& entry, const Settings& settings,
                                const RunOptions& run, const CommandLine& line);

}  // namespace streams
