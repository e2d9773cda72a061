#pragma once

#include <vector>

#include "program/shape.h"

namespace streams {

/// The options of every program: `--config`, `--help`, `-q` and so on. Those whose name is taken by
/// one of the program's own settings or options are left out.
std::vector<Option> common_options(const ProgramShape& shape);

/// The program's own, and the common ones behind them.
std::vector<Option> all_options(const ProgramShape& shape);

}  // namespace streams
