#pragma once

#include <string>
#include <vector>

#include "manifest/part.h"
#include "streams/spec.h"

namespace streams::manifest {

/// The settings that a manifest's `spec.connection_specification` describes. `airbyte_secret` makes
/// a secret; `x-streams: {identity: true, variable: NAME}` on a property says what else we know.
Spec connection_spec(const std::string& name, const Part& root);

/// What a setting's text has to look like: `pattern`, and `pattern_descriptor` for people.
struct SettingPattern {
    std::string setting;
    std::string pattern;
    std::string descriptor;
};

/// Those of `spec.connection_specification`.
std::vector<SettingPattern> setting_patterns(const Part& root);

/// **Errors.** Config `setting-value`: a setting that has a value, and not of its pattern. A
/// pattern that looks ahead or back is passed over.
Result<> check_patterns(const std::vector<SettingPattern>& patterns, const Settings& settings);

}  // namespace streams::manifest
