#pragma once

#include <string>
#include <vector>

#include "run/programs.h"

namespace streams {

/// Replaces this program by another. Returns only if that fails: the exit status.
int become(const std::vector<std::string>& command);

/// Hands `show`, `check`, `discover` or `describe` to the program that its first operand
/// names: `show sqlite:x.db orders` becomes `persist-sqlite show orders --url sqlite:x.db`. `--set`
/// and `--to` become the program's own flags; the rest is passed on as it is.
int ask_other_program(const std::string& verb, std::vector<std::string> arguments,
                      const ProgramFinder& finder);

}  // namespace streams
