#include "batch/texts.h"

#include <array>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace streams {
namespace {

constexpr std::uint32_t kNoHex = 0xFFFFFFFFU;

// The value of four hexadecimal digits, or kNoHex.
std::uint32_t hex4(const char* at, const char* last) {
    if (last - at < 4) return kNoHex;
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = at[i];
        std::uint32_t digit = 0;
        if (c >= '0' && c <= '9')
            digit = static_cast<std::uint32_t>(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = static_cast<std::uint32_t>(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            digit = static_cast<std::uint32_t>(c - 'A') + 10;
        else
            return kNoHex;
        value = value << 4 | digit;
    }
    return value;
}

std::uint8_t* put_utf8(std::uint32_t code, std::uint8_t* out) {
    if (code < 0x80) {
        *out++ = static_cast<std::uint8_t>(code);
    } else if (code < 0x800) {
        *out++ = static_cast<std::uint8_t>(0xC0U | code >> 6);
        *out++ = static_cast<std::uint8_t>(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        *out++ = static_cast<std::uint8_t>(0xE0U | code >> 12);
        *out++ = static_cast<std::uint8_t>(0x80U | (code >> 6 & 0x3FU));
        *out++ = static_cast<std::uint8_t>(0x80U | (code & 0x3FU));
    } else {
        *out++ = static_cast<std::uint8_t>(0xF0U | code >> 18);
        *out++ = static_cast<std::uint8_t>(0x80U | (code >> 12 & 0x3FU));
        *out++ = static_cast<std::uint8_t>(0x80U | (code >> 6 & 0x3FU));
        *out++ = static_cast<std::uint8_t>(0x80U | (code & 0x3FU));
    }
    return out;
}

// `at` is behind `\u`, and afterwards behind the one or two escapes of the character.
Unescaped unicode_escape(const char*& at, const char* last, std::uint8_t*& out) {
    std::uint32_t code = hex4(at, last);
    if (code == kNoHex) return Unescaped::Syntax;
    at += 4;
    if (code >= 0xDC00 && code <= 0xDFFF) return Unescaped::Surrogate;
    if (code >= 0xD800 && code <= 0xDBFF) {
        if (last - at < 2 || at[0] != '\\' || at[1] != 'u') return Unescaped::Surrogate;
        const std::uint32_t low = hex4(at + 2, last);
        if (low == kNoHex) return Unescaped::Syntax;
        if (low < 0xDC00 || low > 0xDFFF) return Unescaped::Surrogate;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 6;
    }
    out = put_utf8(code, out);
    return Unescaped::Whole;
}

char escaped_char(char c) {
    switch (c) {
        case '"':
        case '\\':
        case '/':
            return c;
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return '\0';
    }
}

}  // namespace

Unescaped unescape(std::string_view raw, std::uint8_t* out, std::size_t& size) {
    std::uint8_t* const begin = out;
    const char* at = raw.data();
    const char* const last = at + raw.size();
    while (at != last) {
        const auto* slash =
            static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(last - at)));
        const auto plain = static_cast<std::size_t>((slash == nullptr ? last : slash) - at);
        std::memcpy(out, at, plain);
        out += plain;
        at += plain;
        if (slash == nullptr) break;
        if (last - at < 2) return Unescaped::Syntax;
        const char word = at[1];
        at += 2;
        if (word == 'u') {
            const Unescaped done = unicode_escape(at, last, out);
            if (done != Unescaped::Whole) return done;
            continue;
        }
        const char c = escaped_char(word);
        if (c == '\0') return Unescaped::Syntax;
        *out++ = static_cast<std::uint8_t>(c);
    }
    size = static_cast<std::size_t>(out - begin);
    return Unescaped::Whole;
}

std::size_t copy_plain(std::string_view raw, std::uint8_t* out) {
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

bool is_canonical_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (is_dash ? c != '-' : !is_hex) return false;
    }
    return true;
}

bool decode_base64(std::string_view text, std::uint8_t* out, std::size_t& size) {
    static constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static constexpr auto kValues = [] {
        std::array<std::int8_t, 256> values{};
        values.fill(-1);
        for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
            values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
        }
        return values;
    }();
    size = 0;
    if (text.size() % 4 != 0) return false;
    std::size_t padding = 0;
    while (padding < 2 && !text.empty() && text.back() == '=') {
        text.remove_suffix(1);
        ++padding;
    }
    std::uint32_t bits = 0;
    std::uint32_t count = 0;
    for (const char c : text) {
        const std::int8_t value = kValues[static_cast<unsigned char>(c)];
        if (value < 0) return false;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out[size++] = static_cast<std::uint8_t>(bits >> count);
        bits &= (1U << count) - 1;
    }
    // Bits that say nothing have to be 0: else two texts would be one value.
    return bits == 0 && count < 6;
}

}  // namespace streams
