#pragma once

#include "streams/schema.h"

namespace streams {

/// The narrowest type that holds every value of `have` and of `want`, both of one kind.
///
/// Numbers widen to Decimal and never from Integer to Double, which would lose digits of values
/// that are already stored. Texts of different formats widen to Text.
Type wider(Type have, Type want);

/// Makes `have` wide enough for values of `want` too: type, scale and precision.
void widen(Field& have, const Field& want);

}  // namespace streams
