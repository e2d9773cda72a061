#pragma once

#include <string>

#include "manifest/part.h"
#include "streams/spec.h"

namespace streams::manifest {

/// The settings that a manifest's `spec.connection_specification` describes. `airbyte_secret` makes
/// a secret; `x-streams: {identity: true, variable: NAME}` on a property says what else we know.
Spec connection_spec(const std::string& name, const Part& root);

}  // namespace streams::manifest
