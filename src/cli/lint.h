#pragma once

#include <string>
#include <vector>

#include "run/programs.h"

namespace streams {

/// `streams lint FILE.yaml`: whether a manifest runs here; asks nobody. Gives the exit status.
int lint_command(const std::vector<std::string>& arguments, const ProgramFinder& finder);

/// `streams preview SOURCE --stream S --limit N`: some records of a source, a line each, stored
/// nowhere. Gives the exit status.
int preview_command(const std::vector<std::string>& arguments, const ProgramFinder& finder);

}  // namespace streams
