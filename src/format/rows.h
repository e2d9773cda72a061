#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "streams/batch.h"

namespace streams {

/// A batch of the rows of `batch` at these positions, in this order. Lines and activation are left
/// out.
Batch select_rows(const Batch& batch, std::span<const std::uint32_t> rows);

/// What the columns of `batch` take up.
inline std::size_t bytes_of(const Batch& batch) {
    std::size_t bytes = 0;
    for (const auto& column : batch.columns) {
        bytes += Column::has_bytes(column.type) ? column.bytes + column.rows * 4 : column.rows * 8;
    }
    return bytes;
}

}  // namespace streams
