#pragma once

#include <memory>

#include "streams/batch.h"
#include "streams/schema.h"

namespace streams {

/// Rows on their way to the persister, with the stream as it was when they were parsed.
///
/// Many batches of a long segment share one description of their stream, and a later SCHEMA must
/// not change it under them; so it is immutable and shared.
struct Item {
    std::shared_ptr<const Stream> stream;
    Batch batch;
};

}  // namespace streams
