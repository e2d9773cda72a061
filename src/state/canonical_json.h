#pragma once

#include <string>
#include <string_view>

#include "streams/error.h"

namespace streams {

/// The one spelling of a JSON value that all equal values share.
///
/// - Members in the order of their names' bytes; of members with one name the last one counts.
/// - No blanks; strings with the fewest escapes (`\n` and its like, else `\u00XX`).
/// - Numbers by their exact decimal value, however long: digits without zeros at either end, and
///   `e` with the exponent unless that is 0. `1.0`, `1` and `10e-1` are `1`; `-0` is `0`; `1500` is
///   `15e2`.
///
/// **Errors.** Data `json-syntax`, `json-depth`, `utf8`.
Result<std::string> canonical_json(std::string_view text);

}  // namespace streams
