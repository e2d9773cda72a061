#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "schema/validator.h"
#include "streams/error.h"

namespace streams {

/// Whether the value is a number of a schema that no double holds.
bool is_exact_number(const nlohmann::json& value);

bool is_whole_number(const nlohmann::json& value);

/// The member of a schema; null where it has none.
const nlohmann::json* member_of(const nlohmann::json& schema, const char* name);

/// `the keyword "maxLength" has a value that it cannot have: "x"`.
std::unexpected<Error> bad_keyword(const char* name, const nlohmann::json& value);

/// The whole number, of 0 or more, that a keyword has; `fallback` where the schema lacks it.
/// **Errors.** Data `schema-invalid`.
Result<std::int64_t> count_of(const nlohmann::json& schema, const char* name,
                              std::int64_t fallback);

/// `type`, into kinds.
/// **Errors.** Data `schema-invalid`.
Result<> read_kinds(const nlohmann::json& schema, Kinds& kinds, bool& integer);

/// `minimum`, `maximum`, their exclusive forms of all drafts, `multipleOf`.
/// **Errors.** Data `schema-invalid`.
Result<> read_numbers(const nlohmann::json& schema, CheckNode& node);

/// `enum` and `const`.
/// **Errors.** Data `schema-invalid`.
Result<> read_values(const nlohmann::json& schema, CheckNode& node);

}  // namespace streams
