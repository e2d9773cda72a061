#pragma once

#include <cstdint>
#include <span>

#include "streams/batch.h"

namespace streams {

/// A batch of the rows of `batch` at these positions, in this order. Lines and activation are left
/// out.
Batch select_rows(const Batch& batch, std::span<const std::uint32_t> rows);

}  // namespace streams
