#pragma once

#include <memory>

#include "format/encoder.h"

namespace streams {

/// JSON lines: each record of `Batch::records`, byte for byte, and a line end behind it, in pieces
/// of about a megabyte.
std::unique_ptr<Encoder> make_jsonl_encoder(ByteSink sink);

}  // namespace streams
