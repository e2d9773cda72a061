#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "streams/batch.h"
#include "streams/error.h"

namespace streams {

/// Takes the bytes of a file, in order. They are the caller's again when it returns.
using ByteSink = std::function<Result<>(std::string_view)>;

/// Makes one file of the batches of one stream, all of the same columns.
///
/// **Order.** `write` any number of times, `flush` between them, `finish` once. After an error it
/// can only be destroyed.
class Encoder {
 public:
    Encoder() = default;
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    virtual ~Encoder() = default;

    /// Whether `write` may get `batch`; if not, another file has to be begun.
    virtual bool takes(const Batch& /*batch*/) const { return true; }

    virtual Result<> write(const Batch& batch) = 0;

    /// Writes what stands behind the last row.
    virtual Result<> finish() = 0;

    /// What is kept of the rows so far, at most.
    virtual std::size_t held_bytes() const { return 0; }

    /// What is kept besides them until `finish`; it grows with each `flush`.
    virtual std::size_t index_bytes() const { return 0; }

    /// Keeps none of them.
    virtual Result<> flush() { return {}; }
};

}  // namespace streams
