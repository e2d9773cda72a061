#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "message/chunk_reader.h"

namespace streams {

/// Gives the lines of a chunk, without their line ends (LF or CR LF) and without a copy. A byte
/// order mark at the start of the input is left out.
///
/// The views live as long as the chunk, and `kLinePadding` bytes behind each can be read.
class LineSplitter {
 public:
    /// `begin`: where the first line starts.
    explicit LineSplitter(const Chunk& chunk, std::size_t begin = 0)
        : rest_(reinterpret_cast<const char*>(chunk.bytes.data()), chunk.size),
          size_(chunk.size),
          ends_torn_(chunk.ends_torn) {
        rest_.remove_prefix(begin);
        constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
        if (chunk.number == 0 && begin == 0 && rest_.starts_with(kByteOrderMark)) {
            rest_.remove_prefix(kByteOrderMark.size());
        }
    }

    /// None at the end of the chunk.
    std::optional<std::string_view> next() {
        if (rest_.empty()) return std::nullopt;
        ++lines_;
        const std::size_t end = rest_.find('\n');
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }

    /// Where in the chunk the next line starts.
    std::size_t position() const { return size_ - rest_.size(); }

    /// How many lines have been given.
    std::uint64_t lines() const { return lines_; }

    /// Whether the line given last ended with the input instead of a line end: it may be cut.
    bool is_torn() const { return ends_torn_ && rest_.empty() && lines_ > 0; }

 private:
    std::string_view rest_;
    std::size_t size_;
    bool ends_torn_;
    std::uint64_t lines_ = 0;
};

}  // namespace streams
