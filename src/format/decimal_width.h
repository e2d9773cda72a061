#pragma once

#include <cstdint>
#include <vector>

#include "streams/batch.h"

namespace streams {

/// How many digits a column of decimals needs where its type says so, as Parquet's does: all of its
/// columns have one, only that of a decimal counts.
struct DecimalWidth {
    static constexpr std::int32_t kDigitsMax = 38;

    std::int32_t whole = 0;  ///< In front of the point.
    std::int32_t scale = 0;  ///< Behind it.

    /// No decimal type has room: the column is text.
    bool is_text() const { return whole + scale > kDigitsMax; }
    bool operator==(const DecimalWidth&) const = default;
};

/// What `fields` declare.
DecimalWidth declared_width(const Field& field);

/// Makes each of `widths`, of which there is one for each column of `batch`, wide enough. Whether
/// one has grown: a file with the narrower type cannot take the batch.
bool widen_to(const Batch& batch, std::vector<DecimalWidth>& widths);

}  // namespace streams
