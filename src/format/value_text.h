#pragma once

#include <cstddef>
#include <string>

#include "streams/batch.h"

namespace streams {

/// Appends the value at `row`, which is not null, as text that says exactly the same: numbers by
/// their fewest digits, times as batch/time_text.h writes them, bytes as base64, `true`, `false`.
void append_value_text(const Column& column, std::size_t row, std::string& text);

}  // namespace streams
