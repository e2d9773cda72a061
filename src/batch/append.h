#pragma once

#include <cstddef>

#include "streams/batch.h"

namespace streams {

/// Adds `count` rows of `from`, from `first` on, to the end of `to`: batches of the same stream as
/// of the same revision. Lines and activation stay as they are.
void append_rows(Batch& to, const Batch& from, std::size_t first, std::size_t count);

}  // namespace streams
