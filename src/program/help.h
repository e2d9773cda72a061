#pragma once

#include <string>

#include "program/shape.h"

namespace streams {

/// What `--help` prints: one screen, made of the program's shape.
std::string help_text(const ProgramShape& shape);

}  // namespace streams
