#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "format/encoder.h"

namespace streams {

enum class Compression : std::uint8_t {
    None,
    Gzip,
    Zstd,
    Snappy,  ///< Inside Parquet only.
};

/// `none`, `gzip`, `zstd`, `snappy`; none for another word.
std::optional<Compression> compression_of(std::string_view word);

/// What a compressed file's name ends in: `.gz`, `.zst`, or nothing.
std::string_view ending_of(Compression compression);

/// Packs bytes on their way to a file: one gzip member or one zstd frame. The same bytes in the
/// same pieces give the same bytes.
class Compressor {
 public:
    Compressor() = default;
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;
    virtual ~Compressor() = default;

    virtual Result<> add(std::string_view bytes) = 0;

    /// Writes the rest. Call once, at the end.
    virtual Result<> finish() = 0;
};

/// Takes under 1.5 MB. `compression` is Gzip or Zstd.
std::unique_ptr<Compressor> make_compressor(Compression compression, ByteSink sink);

}  // namespace streams
