#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace streams {

/// What became of the escapes of a JSON string.
enum class Unescaped : std::uint8_t {
    Whole,
    Syntax,     ///< An escape that JSON does not have.
    Surrogate,  ///< Half of a surrogate pair: no character, and no UTF-8.
};

/// Bytes behind a text that the functions below may read, and behind its copy that they may write.
inline constexpr std::size_t kTextSpare = 16;

/// Writes what the JSON string `raw` (without its quotes) says to `out`, which has room for as many
/// bytes, and sets `size`. `raw` is valid UTF-8 without control characters. Needs kTextSpare.
Unescaped unescape(std::string_view raw, std::uint8_t* out, std::size_t& size);

/// Copies `raw` up to its first backslash to `out`. Answers how many bytes are in front of the
/// backslash; all if there is none. Needs kTextSpare.
[[gnu::always_inline]] inline std::size_t copy_plain(std::string_view raw, std::uint8_t* out) {
    std::size_t done = 0;
#if defined(__SSE2__)
    // One load, one store and one test for 16 bytes, where the unescaper of a library that is
    // compiled for any x86-64 goes byte by byte: bench/columns_bench.cc.
    const __m128i slash = _mm_set1_epi8('\\');
    for (; done < raw.size(); done += 16) {
        __m128i block;
        std::memcpy(&block, raw.data() + done, sizeof block);
        std::memcpy(out + done, &block, sizeof block);
        const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, slash)));
        if (found != 0) {
            done += static_cast<std::size_t>(__builtin_ctz(found));
            return done < raw.size() ? done : raw.size();
        }
    }
    return raw.size();
#else
    for (; done < raw.size() && raw[done] != '\\'; ++done) {
        out[done] = static_cast<std::uint8_t>(raw[done]);
    }
    return done;
#endif
}

/// Where the first backslash of `raw` is; its size if it has none. Needs kTextSpare.
[[gnu::always_inline]] inline std::size_t find_backslash(std::string_view raw) {
    std::size_t done = 0;
#if defined(__SSE2__)
    const __m128i slash = _mm_set1_epi8('\\');
    for (; done < raw.size(); done += 16) {
        __m128i block;
        std::memcpy(&block, raw.data() + done, sizeof block);
        const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, slash)));
        if (found != 0) {
            done += static_cast<std::size_t>(__builtin_ctz(found));
            return done < raw.size() ? done : raw.size();
        }
    }
    return raw.size();
#else
    while (done < raw.size() && raw[done] != '\\') ++done;
    return done;
#endif
}

/// What `unescape` would answer, without the text. Needs kTextSpare.
Unescaped check_escapes(std::string_view raw);

/// Whether `text` is a UUID in its canonical form, lower case.
bool is_canonical_uuid(std::string_view text);

/// The bytes that base64 (RFC 4648, padded, without line ends) stands for; `out` has room for 3/4
/// of `text`. False where it is none, or where unused bits are set.
bool decode_base64(std::string_view text, std::uint8_t* out, std::size_t& size);

}  // namespace streams
