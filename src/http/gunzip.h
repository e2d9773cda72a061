#pragma once

#include <cstddef>
#include <string>

#include "streams/error.h"

namespace streams::http {

/// Unpacks a gzip body, of one member or several.
///
/// **Errors.** Transient `short-answer`: it ends too early. Transient `bad-answer`: it is broken,
/// or something stands behind it. Failed `answer-too-large`: beyond `bytes_max`.
Result<std::string> gunzip(std::string packed, std::size_t bytes_max);

}  // namespace streams::http
