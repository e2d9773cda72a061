#pragma once

#include <string>
#include <vector>

#include "run/programs.h"

namespace streams {

/// `streams state [show|history|set|reset|diff|rename] DESTINATION ...`; `arguments` are those
/// behind `state`. Asks the destination's program, or the file that the runner keeps where a
/// destination remembers nothing. Gives the exit status.
int state_command(const std::vector<std::string>& arguments, const ProgramFinder& finder);

}  // namespace streams
