#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "program/command_line.h"
#include "program/shape.h"
#include "streams/error.h"
#include "streams/spec.h"

namespace streams {

/// The variables that a program was started with.
struct Environment {
    std::vector<std::pair<std::string, std::string>> variables;

    std::optional<std::string> find(std::string_view name) const;
};

/// Those of this process.
Environment process_environment();

/// The settings, from the weakest to the strongest source: defaults, conventional variables,
/// `--config` files in order, `PERSIST_<NAME>_<SETTING>`, `--url`, flags.
///
/// **Errors.** Config `unknown-setting` (with a "did you mean"), `setting-value`,
/// `setting-missing`, `config-syntax` (with file:line:column), `variable-missing`, `url`, and those
/// of files. No message holds any part of a secret.
Result<Settings> resolve_settings(const ProgramShape& shape, const CommandLine& line,
                                  const Environment& environment);

/// As above; where `required` is false a required setting may be missing (for `discover`,
/// `describe`).
Result<Settings> resolve_settings(const ProgramShape& shape, const CommandLine& line,
                                  const Environment& environment, bool required);

}  // namespace streams
