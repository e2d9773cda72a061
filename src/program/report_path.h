#pragma once

#include <optional>
#include <string>

#include "streams/error.h"

namespace streams {

/// Whether a report could be written to `path` when the run is over; empty: none is. Creates
/// nothing.
/// **Errors.** Config `path-unusable`.
Result<> check_report_path(const std::string& path);

/// Writes the report durably; where it cannot be written, says so, and answers what exit status a
/// run with `status` has then. None: it is written, or `path` is empty.
std::optional<int> failed_report(const std::string& path, const std::string& text, int status);

}  // namespace streams
