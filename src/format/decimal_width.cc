#include "format/decimal_width.h"

#include <algorithm>

#include "batch/numbers.h"

namespace streams {
namespace {

DecimalWidth width_of(std::string_view text) {
    NumberText number;
    if (!scan_number(text.data(), text.data() + text.size(), number)) {
        return {DecimalWidth::kDigitsMax + 1, 0};
    }
    constexpr std::int64_t kMax = DecimalWidth::kDigitsMax + 1;
    const auto digits = decimal_digits(number);
    // Zeros at the end count too: they are part of a declared decimal's text.
    const auto point = text.find('.');
    const auto written = number.has_exponent || point == std::string_view::npos
                             ? digits.fraction
                             : static_cast<std::int64_t>(text.size() - point - 1);
    return {static_cast<std::int32_t>(std::min(kMax, digits.whole)),
            static_cast<std::int32_t>(std::min(kMax, std::max(written, digits.fraction)))};
}

}  // namespace

DecimalWidth declared_width(const Field& field) {
    return {0, std::max<std::int32_t>(0, field.scale)};
}

bool widen_to(const Batch& batch, const std::vector<Field>& fields,
              std::vector<DecimalWidth>& widths) {
    bool has_changed = false;
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
        const auto& column = batch.columns[i];
        auto& width = widths[i];
        if (column.type != Type::Decimal || width.is_text()) continue;
        const auto before = width;
        for (std::size_t row = 0; row < column.rows; ++row) {
            if (column.is_null(row)) continue;
            const auto needed = width_of(column.text(row));
            width.whole = std::max(width.whole, needed.whole);
            width.scale = std::max(width.scale, needed.scale);
        }
        has_changed = has_changed || width.is_text() || width.scale != before.scale ||
                      width.precision(fields[i]) != before.precision(fields[i]);
    }
    return has_changed;
}

}  // namespace streams
