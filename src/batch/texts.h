#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace streams {

/// What became of the escapes of a JSON string.
enum class Unescaped : std::uint8_t {
    Whole,
    Syntax,     ///< An escape that JSON does not have.
    Surrogate,  ///< Half of a surrogate pair: no character, and no UTF-8.
};

/// Writes what the JSON string `raw` (without its quotes) says to `out`, which has room for as many
/// bytes, and sets `size`. `raw` is valid UTF-8 without control characters.
Unescaped unescape(std::string_view raw, std::uint8_t* out, std::size_t& size);

/// Copies `raw` up to its first backslash to `out`, 16 bytes at a time: both have at least 16 bytes
/// more than `raw`. Answers how many bytes are in front of the backslash; all if there is none.
std::size_t copy_plain(std::string_view raw, std::uint8_t* out);

/// Whether `text` is a UUID in its canonical form, lower case.
bool is_canonical_uuid(std::string_view text);

/// The bytes that base64 (RFC 4648, padded, without line ends) stands for; `out` has room for 3/4
/// of `text`. False where it is none, or where unused bits are set.
bool decode_base64(std::string_view text, std::uint8_t* out, std::size_t& size);

}  // namespace streams
