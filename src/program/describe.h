#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "program/command_line.h"
#include "program/shape.h"

namespace streams {

/// What `describe` prints, in one object.
nlohmann::ordered_json describe(const ProgramShape& shape);

/// The JSON Schema of the settings, with `secret` and `identity` marks.
nlohmann::ordered_json settings_schema(const Spec& spec);

/// Answers `--help`, `--version`, `--about` and `describe` on standard output; the exit status, or
/// none if something else was asked. Also sets the log up from `-q`, `-v` and `--log-format`.
std::optional<int> answer_common(const ProgramShape& shape, const CommandLine& line);

}  // namespace streams
