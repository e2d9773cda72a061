#pragma once

#include <string>
#include <string_view>

#include "streams/error.h"

namespace streams {

/// The lines for a fatal error:
///
///     CRITICAL what [id]
///       where  ...
///       why    ...
///       do     ...
///       safe   ...
///
/// Empty parts are left out; further lines of a part are indented under it. A `where` or `why` of
/// several lines that begins with a gutter (`17 | {"type": ...`) is an excerpt: it comes first, as
/// it is. What a terminal would obey is escaped.
std::string critical_text(const Error& error, std::string_view safe, bool colour);

/// Prints it to standard error (as one JSON object with `--log-format json`) and gives the exit
/// status. `safe` says what is stored and what is not: `nothing was read or written`.
int print_critical(const Error& error, std::string_view safe = {});

/// The lines of a fatal error that another program has written, as we would write them.
std::string coloured_critical(std::string text);

/// Whether standard error is a terminal that may be coloured (no NO_COLOR).
bool may_colour();

/// Whether standard error is a terminal that can move its cursor.
bool is_terminal();

}  // namespace streams
