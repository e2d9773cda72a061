#include "schema/widening.h"

#include <algorithm>
#include <cstdint>

namespace streams {
namespace {

bool is_number(Type type) {
    return type == Type::Integer || type == Type::Double || type == Type::Decimal;
}

// 19 digits before the point, as many as an Integer may have.
constexpr std::int32_t kIntegerDigits = 19;

void widen_decimal(Field& have, const Field& want) {
    if (want.type == Type::Integer || have.type == Type::Integer) {
        const Field& decimal = have.type == Type::Decimal ? have : want;
        const bool has_room = decimal.precision == 0 || decimal.scale < 0 ||
                              decimal.precision - decimal.scale >= kIntegerDigits;
        have.scale = decimal.scale;
        have.precision = has_room ? decimal.precision : 0;
        return;
    }
    const bool is_limited = have.type == Type::Decimal && want.type == Type::Decimal &&
                            have.scale >= 0 && want.scale >= 0;
    if (!is_limited) {
        have.scale = -1;
        have.precision = 0;
        return;
    }
    const std::int32_t scale = std::max(have.scale, want.scale);
    const std::int32_t whole = std::max(have.precision - have.scale, want.precision - want.scale);
    have.precision = have.precision == 0 || want.precision == 0 ? 0 : whole + scale;
    have.scale = scale;
}

}  // namespace

Type wider(Type have, Type want) {
    if (have == want) return have;
    if (is_number(have) && is_number(want)) return Type::Decimal;
    return have == Type::Json || want == Type::Json ? Type::Json : Type::Text;
}

void widen(Field& have, const Field& want) {
    const Type type = wider(have.type, want.type);
    if (type == Type::Decimal) {
        widen_decimal(have, want);
    } else {
        have.scale = -1;
        have.precision = 0;
    }
    have.type = type;
}

}  // namespace streams
