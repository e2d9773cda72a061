#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "format/compression.h"
#include "streams/error.h"

namespace streams {

/// The bytes of a file as they were before they were packed, in order.
class ByteInput {
 public:
    ByteInput() = default;
    ByteInput(const ByteInput&) = delete;
    ByteInput& operator=(const ByteInput&) = delete;
    virtual ~ByteInput() = default;

    /// Up to `bytes_max` bytes; 0 at the end.
    virtual Result<std::size_t> read(char* to, std::size_t bytes_max) = 0;
};

/// By the name's ending: `.gz`, `.zst`, else None.
Compression compression_of_file(std::string_view path);

/// Reads `path` up to its byte `end`.
/// **Errors.** Those of opening and reading; Data `compression`: damaged, or it ends too early.
Result<std::unique_ptr<ByteInput>> open_bytes(const std::string& path, Compression compression,
                                              std::uint64_t end);

/// A window over a ByteInput that grows until it holds a whole record.
class InputWindow {
 public:
    /// `input` outlives this.
    InputWindow(ByteInput& input, std::size_t bytes_max) : input_(input), bytes_max_(bytes_max) {}

    /// What has been read and not been consumed. Valid until the next call of another function.
    std::string_view text() const { return std::string_view(buffer_).substr(begin_); }

    /// Reads on; whether there was more.
    /// **Errors.** Data `record-size`: `text()` would grow beyond `bytes_max`.
    Result<bool> fill();

    void consume(std::size_t bytes) {
        begin_ += bytes;
        offset_ += bytes;
    }

    /// Passes over `bytes` bytes, or all that there are.
    Result<> skip(std::uint64_t bytes);

    /// Of the first byte of `text()`.
    std::uint64_t offset() const { return offset_; }

 private:
    ByteInput& input_;
    std::size_t bytes_max_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::uint64_t offset_ = 0;
};

}  // namespace streams
