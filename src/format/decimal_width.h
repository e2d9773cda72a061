#pragma once

#include <cstdint>
#include <vector>

#include "streams/batch.h"
#include "streams/schema.h"

namespace streams {

/// How many digits the values of a column of decimals have had so far. Of other columns nothing.
struct DecimalWidth {
    static constexpr std::int32_t kDigitsMax = 38;

    std::int32_t whole = 0;  ///< In front of the point.
    std::int32_t scale = 0;  ///< Behind it.

    /// No decimal type has room: the column is text.
    bool is_text() const { return whole + scale > kDigitsMax; }

    /// Of the column's type: as declared while that suffices, else all that there are, so that a
    /// type changes only with the scale.
    std::int32_t precision(const Field& field) const {
        const bool suffices =
            field.precision > 0 && field.scale == scale && whole <= field.precision - field.scale;
        return suffices ? field.precision : kDigitsMax;
    }
    bool operator==(const DecimalWidth&) const = default;
};

/// What `field` declares.
DecimalWidth declared_width(const Field& field);

/// Makes each of `widths`, one for each of `fields`, wide enough for `batch`. Whether a column's
/// type is another one now: a file with the former cannot take the batch.
bool widen_to(const Batch& batch, const std::vector<Field>& fields,
              std::vector<DecimalWidth>& widths);

}  // namespace streams
