#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "streams/error.h"

namespace streams {

/// The value of a text in JSON or YAML; the name decides (`.yaml`, `.yml`), else the first
/// character.
///
/// Numbers keep their value; YAML's plain scalars are null, booleans, numbers or text by the core
/// schema of YAML 1.2 (`no` is text).
/// **Errors.** Config `config-syntax`, with name:line:column and no piece of the text.
/// **Limits.** 200,000 values after aliases are followed, 100 levels.
Result<nlohmann::json> parse_config(std::string_view text, const std::string& name);

/// What `${NAME}` stands for; none: there is no such variable.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// Replaces `${VAR}`, `${file:PATH}` (a path relative to `folder`; the line end at its end is
/// dropped) and
/// `$$` in every text of `value`, once: what comes in is not expanded again.
/// **Errors.** Config `variable-missing`; those of files.
Result<> expand(nlohmann::json& value, const std::string& folder, const Lookup& lookup);

}  // namespace streams
