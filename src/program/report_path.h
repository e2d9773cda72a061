#pragma once

#include <string>

#include "streams/error.h"

namespace streams {

/// Whether a report could be written to `path` when the run is over; empty: none is. Creates
/// nothing.
/// **Errors.** Config `path-unusable`.
Result<> check_report_path(const std::string& path);

}  // namespace streams
