#pragma once

#include <string>
#include <string_view>

#include "streams/error.h"

namespace streams {

/// 64 hexadecimal digits: SHA-256 over `canonical_json` of a STATE's value. Equal values have equal
/// hashes, however they are spelled.
///
/// **Errors.** Those of `canonical_json`.
Result<std::string> state_hash(std::string_view value);

}  // namespace streams
