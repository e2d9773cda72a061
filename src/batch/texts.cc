#include "batch/texts.h"

#include <array>

namespace streams {
namespace {

constexpr std::uint32_t kNoHex = 0xFFFFFFFFU;

constexpr auto kHexDigits = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::int8_t i = 0; i < 16; ++i) {
        values[static_cast<unsigned char>("0123456789abcdef"[i])] = i;
        values[static_cast<unsigned char>("0123456789ABCDEF"[i])] = i;
    }
    return values;
}();

// The value of four hexadecimal digits, or kNoHex.
std::uint32_t hex4(const char* at, const char* last) {
    if (last - at < 4) return kNoHex;
    std::int32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        value = value << 4 | kHexDigits[static_cast<unsigned char>(at[i])];
    }
    return value < 0 ? kNoHex : static_cast<std::uint32_t>(value);
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

// What stands for a backslash and the byte; 0: JSON has no such escape.
constexpr auto kEscapes = [] {
    std::array<char, 256> chars{};
    for (const char c : std::string_view("\"\\/")) chars[static_cast<unsigned char>(c)] = c;
    chars['b'] = '\b';
    chars['f'] = '\f';
    chars['n'] = '\n';
    chars['r'] = '\r';
    chars['t'] = '\t';
    return chars;
}();

}  // namespace

Unescaped unescape(std::string_view raw, std::uint8_t* out, std::size_t& size) {
    std::uint8_t* const begin = out;
    const char* at = raw.data();
    const char* const last = at + raw.size();
    for (;;) {
        const std::size_t plain = copy_plain({at, static_cast<std::size_t>(last - at)}, out);
        out += plain;
        at += plain;
        if (at == last) break;
        if (last - at < 2) return Unescaped::Syntax;
        const char word = at[1];
        at += 2;
        if (word == 'u') {
            const Unescaped done = unicode_escape(at, last, out);
            if (done != Unescaped::Whole) return done;
            continue;
        }
        const char c = kEscapes[static_cast<unsigned char>(word)];
        if (c == '\0') return Unescaped::Syntax;
        *out++ = static_cast<std::uint8_t>(c);
    }
    size = static_cast<std::size_t>(out - begin);
    return Unescaped::Whole;
}

Unescaped check_escapes(std::string_view raw) {
    std::array<std::uint8_t, 4> unused;
    const char* at = raw.data();
    const char* const last = at + raw.size();
    for (;;) {
        at += find_backslash({at, static_cast<std::size_t>(last - at)});
        if (at == last) return Unescaped::Whole;
        if (last - at < 2) return Unescaped::Syntax;
        const char word = at[1];
        at += 2;
        if (word == 'u') {
            std::uint8_t* out = unused.data();
            const Unescaped done = unicode_escape(at, last, out);
            if (done != Unescaped::Whole) return done;
        } else if (kEscapes[static_cast<unsigned char>(word)] == '\0') {
            return Unescaped::Syntax;
        }
    }
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
