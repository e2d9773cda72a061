#pragma once

#include <string>
#include <string_view>

#include "batch/time_text.h"

namespace streams::sql {

/// The one text that all spellings of a JSON number share, as batch/numbers.h writes it: no
/// exponent unless the number is huge, no zeros that say nothing. What is no number stays as it is.
std::string canonical_decimal(std::string_view decimal);

/// The canonical form of the shortest decimal that reads back as `value`.
std::string canonical_decimal(double value);

/// Whether `decimal` is in that form already; quick for whole numbers.
bool is_canonical_decimal(std::string_view decimal);

}  // namespace streams::sql
