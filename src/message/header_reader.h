#pragma once

#include <cstdint>
#include <string_view>

#include "streams/error.h"

namespace streams {

/// Reads the header that streams of 2016 begin with, if there is one:
///
///     stitchstream/0.1
///     Content-Type: jsonline
///     --
///
/// The line `--` may be missing: the first line that begins with `{` ends the header too. Case and
/// blanks do not count, and blank lines are passed over.
class HeaderReader {
 public:
    explicit HeaderReader(bool at_start) : place_(at_start ? Place::Start : Place::Body) {}

    /// Whether header lines may still come.
    bool is_open() const { return place_ != Place::Body; }

    /// Answers whether `line` belongs to the header (or is blank). After the first line that does
    /// not, there is no header any more.
    ///
    /// **Errors.** Data `stream-header`: another version or content type, a line that is neither
    /// `Key: value` nor `--`, or more than 64 lines.
    Result<bool> take(std::string_view line);

 private:
    enum class Place : std::uint8_t { Start, Header, Body };

    Result<bool> take_first(std::string_view text);

    Place place_;
    int lines_ = 0;
};

}  // namespace streams
