#include "schema/pattern.h"

#include <cstdint>
#include <re2/re2.h>
#include <string_view>

namespace streams {
namespace {

constexpr std::int64_t kUsualMemory = std::int64_t{1} << 20;
constexpr std::int64_t kMostMemory = std::int64_t{16} << 20;

// White space as ECMA 262 has it, for the inside of a class.
constexpr std::string_view kSpaces =
    R"(\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";

// What stands behind a backslash, in RE2's spelling; `size`: how much of `rest` it takes.
std::string translate_escape(std::string_view rest, bool is_in_class, std::size_t& size) {
    static constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
    const char letter = rest[1];
    size = 2;
    if (letter == 's' && is_in_class) return std::string(kSpaces);
    if (letter == 's') return "[" + std::string(kSpaces) + "]";
    if (letter == 'S' && !is_in_class) return "[^" + std::string(kSpaces) + "]";
    const std::string_view digits = rest.substr(2, 4);
    if (letter == 'u' && digits.size() == 4 &&
        digits.find_first_not_of(kDigits) == std::string_view::npos) {
        size = 6;
        return "\\x{" + std::string(digits) + "}";
    }
    if (letter == 'c' && rest.size() > 2) {
        size = 3;
        constexpr unsigned kControl = 0x1F;
        return "\\x{" +
               std::string(1, kDigits[(static_cast<unsigned char>(rest[2]) & kControl) >> 4]) +
               std::string(1, kDigits[static_cast<unsigned char>(rest[2]) & 0xFU]) + "}";
    }
    return std::string(rest.substr(0, 2));
}

// What ECMA 262 spells otherwise than RE2.
std::string translate(std::string_view pattern) {
    std::string text;
    bool is_in_class = false;
    std::size_t size = 1;
    for (std::size_t i = 0; i < pattern.size(); i += size) {
        const std::string_view rest = pattern.substr(i);
        const bool is_named =
            rest.starts_with("(?<") && rest.size() > 3 && rest[3] != '=' && rest[3] != '!';
        size = 1;
        if (rest[0] == '\\' && rest.size() > 1) {
            text += translate_escape(rest, is_in_class, size);
        } else if (is_named && !is_in_class) {
            text += "(?P<";
            size = 3;
        } else {
            if (rest[0] == '[') is_in_class = true;
            if (rest[0] == ']') is_in_class = false;
            text += rest[0];
        }
    }
    return text;
}

}  // namespace

Result<std::unique_ptr<re2::RE2>> compile_pattern(const std::string& pattern) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kUsualMemory);
    const std::string text = translate(pattern);
    auto compiled = std::make_unique<re2::RE2>(text, options);
    if (compiled->error_code() == re2::RE2::ErrorPatternTooLarge) {
        options.set_max_mem(kMostMemory);
        compiled = std::make_unique<re2::RE2>(text, options);
    }
    if (compiled->ok()) return compiled;
    return fail(ErrorKind::Data, "schema-pattern",
                "the pattern " + pattern + " cannot be matched here: " + compiled->error());
}

}  // namespace streams
