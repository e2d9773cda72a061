#pragma once

#include <string>
#include <vector>

#include "run/programs.h"

namespace streams {

/// `streams doctor`: what this machine has and lacks for us. Gives the exit status: 1 where a run
/// would fail.
int doctor_command(const std::vector<std::string>& arguments, const ProgramFinder& finder);

}  // namespace streams
