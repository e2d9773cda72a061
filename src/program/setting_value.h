#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "streams/error.h"
#include "streams/spec.h"

namespace streams {

/// The text that `Settings` keeps for a value that came as text: from a flag, a variable or a URL.
/// Of a list, one text is one item, unless it is a JSON array.
/// **Errors.** Config `setting-value`, with no piece of a secret.
Result<Settings::Value> value_of_text(const Setting& setting, std::string text, std::string origin);

/// The same for a value of a config file.
Result<Settings::Value> value_of_json(const Setting& setting, const nlohmann::json& value,
                                      std::string origin);

/// A further text for a list that already has items; replaces any other kind.
Result<> add_text(const Setting& setting, std::string text, Settings::Value& value);

/// `--a-b` for `a_b`.
std::string flag_of(std::string_view setting);

}  // namespace streams
