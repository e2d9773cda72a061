#pragma once

#include <string>
#include <vector>

#include "run/programs.h"

namespace streams {

/// `streams rejects [list|replay] DESTINATION ...`, handed to the destination's program: `rejects
/// replay sqlite:x.db` becomes `persist-sqlite rejects replay --url sqlite:x.db`. Gives the exit
/// status.
int rejects_command(std::vector<std::string> arguments, const ProgramFinder& finder);

}  // namespace streams
