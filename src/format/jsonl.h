#pragma once

#include <functional>
#include <string_view>

#include "streams/batch.h"
#include "streams/error.h"

namespace streams {

/// Writes each record of `batch.records`, byte for byte, and a line end behind it, to `write`, in
/// pieces of about a megabyte.
Result<> write_jsonl(const Batch& batch, const std::function<Result<>(std::string_view)>& write);

}  // namespace streams
