#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "streams/error.h"

namespace streams {

/// A schema's document. A number that no double holds exactly is kept as its text, in a value of
/// nlohmann's kind `binary`, which JSON has no use for: `schema_values.h` reads both.
struct SchemaText {
    nlohmann::json root;
    std::vector<std::string> order;  ///< Of the root's `properties`, as written.
};

/// **Errors.** Data `schema-invalid`: it is not JSON.
Result<SchemaText> parse_schema(std::string_view text);

}  // namespace streams
