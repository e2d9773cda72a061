#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "streams/error.h"

namespace streams {

/// What `reference`, of a `$ref`, leads to within `root`. Nothing is ever fetched.
/// **Errors.** Data `schema-ref`: it leads out of the schema or to nothing.
Result<const nlohmann::json*> follow_reference(const nlohmann::json& root,
                                               const std::string& reference);

}  // namespace streams
