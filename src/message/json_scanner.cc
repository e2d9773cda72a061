#include "message/json_scanner.h"

#include <array>
#include <cstdint>

namespace streams {
namespace {

bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}
bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}
std::uint8_t to_byte(char byte) {
    return static_cast<std::uint8_t>(byte);
}

// Bytes of a string that need no look: all but the quote, the backslash and control characters.
constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < plain.size(); ++byte) {
        plain[byte] = byte != '"' && byte != '\\';
    }
    return plain;
}();

constexpr std::string_view kAfterMember = "a comma or }";
constexpr std::string_view kAfterElement = "a comma or ]";

int hex_of(char digit) {
    if (is_digit(digit)) return digit - '0';
    const char lower = static_cast<char>(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::uint32_t code_unit(std::string_view digits) {
    std::uint32_t unit = 0;
    for (const char digit : digits.substr(0, 4)) {
        unit = unit << 4 | static_cast<std::uint32_t>(hex_of(digit));
    }
    return unit;
}

void append_utf8(std::string& to, std::uint32_t code) {
    const auto tail = [&](unsigned shift) {
        to += static_cast<char>(0x80 | (code >> shift & 0x3f));
    };
    if (code < 0x80) {
        to += static_cast<char>(code);
    } else if (code < 0x800) {
        to += static_cast<char>(0xc0 | code >> 6);
        tail(0);
    } else if (code < 0x10000) {
        to += static_cast<char>(0xe0 | code >> 12);
        tail(6);
        tail(0);
    } else {
        to += static_cast<char>(0xf0 | code >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

char short_escape(char letter) {
    switch (letter) {
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
            return letter;
    }
}

// What the lead byte of a sequence says: its length, and the range of its second byte, which is
// where overlong forms, surrogates and what lies beyond Unicode are told.
struct Sequence {
    std::size_t length = 0;
    std::uint8_t second_min = 0x80;
    std::uint8_t second_max = 0xbf;
};

Sequence sequence_of(std::uint8_t lead) {
    if (lead < 0x80) return {.length = 1};
    if (lead < 0xc2) return {};
    if (lead < 0xe0) return {.length = 2};
    if (lead == 0xe0) return {.length = 3, .second_min = 0xa0};
    if (lead == 0xed) return {.length = 3, .second_max = 0x9f};
    if (lead < 0xf0) return {.length = 3};
    if (lead == 0xf0) return {.length = 4, .second_min = 0x90};
    if (lead < 0xf4) return {.length = 4};
    if (lead == 0xf4) return {.length = 4, .second_max = 0x8f};
    return {};
}

// How many bytes the UTF-8 sequence at the front has; 0: it is none.
std::size_t utf8_length(std::string_view text) {
    const Sequence sequence = sequence_of(to_byte(text[0]));
    if (sequence.length <= 1) return sequence.length;
    if (text.size() < sequence.length) return 0;
    const std::uint8_t second = to_byte(text[1]);
    if (second < sequence.second_min || second > sequence.second_max) return 0;
    for (std::size_t index = 2; index < sequence.length; ++index) {
        if ((to_byte(text[index]) & 0xc0) != 0x80) return 0;
    }
    return sequence.length;
}

}  // namespace

char JsonScanner::peek() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonScanner::fail_at(std::size_t at, std::string_view expected, bool too_deep) {
    fault_ = {at, expected, too_deep};
    return false;
}

bool JsonScanner::take(char byte, std::string_view expected) {
    if (peek() != byte || at_ >= text_.size()) return fail_at(at_, expected);
    ++at_;
    return true;
}

bool JsonScanner::skip_escape() {
    ++at_;
    const char letter = at_ < text_.size() ? text_[at_] : '\0';
    ++at_;
    if (letter != 'u') {
        const bool known = letter != '\0' && std::string_view("\"\\/bfnrt").contains(letter);
        return known || fail_at(at_ - 2, "an escape that JSON has");
    }
    for (int digit = 0; digit < 4; ++digit, ++at_) {
        if (at_ >= text_.size() || hex_of(text_[at_]) < 0) return fail_at(at_, "a hex digit");
    }
    return true;
}

bool JsonScanner::skip_string() {
    ++at_;
    while (true) {
        while (at_ < text_.size() && kPlain[to_byte(text_[at_])]) ++at_;
        if (at_ >= text_.size()) return fail_at(at_, "the end of a string");
        if (text_[at_] == '"') {
            ++at_;
            return true;
        }
        if (text_[at_] != '\\') return fail_at(at_, "an escape for a control character");
        if (!skip_escape()) return false;
    }
}

bool JsonScanner::skip_digits() {
    if (at_ >= text_.size() || !is_digit(text_[at_])) return fail_at(at_, "a digit");
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return true;
}

bool JsonScanner::skip_number() {
    const auto is_next = [&](char byte) { return at_ < text_.size() && text_[at_] == byte; };
    if (is_next('-')) ++at_;
    if (is_next('0')) {
        ++at_;
        if (at_ < text_.size() && is_digit(text_[at_])) {
            return fail_at(at_ - 1, "a number without leading zeros");
        }
    } else if (!skip_digits()) {
        return false;
    }
    if (is_next('.')) {
        ++at_;
        if (!skip_digits()) return false;
    }
    if (is_next('e') || is_next('E')) {
        ++at_;
        if (is_next('+') || is_next('-')) ++at_;
        return skip_digits();
    }
    return true;
}

bool JsonScanner::skip_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return fail_at(at_, "a value");
    at_ += word.size();
    return true;
}

bool JsonScanner::skip_scalar() {
    switch (at_ < text_.size() ? text_[at_] : '\0') {
        case '"':
            return skip_string();
        case 't':
            return skip_word("true");
        case 'f':
            return skip_word("false");
        case 'n':
            return skip_word("null");
        case '-':
            return skip_number();
        default:
            return is_digit(peek()) ? skip_number() : fail_at(at_, "a value");
    }
}

bool JsonScanner::take_string(std::string_view& raw, std::string_view expected) {
    if (peek() != '"') return fail_at(at_, expected);
    const std::size_t begin = at_;
    if (!skip_string()) return false;
    raw = text_.substr(begin, at_ - begin);
    return true;
}

bool JsonScanner::take_key(std::string_view& key, bool is_first) {
    key = {};
    if (is_first && !take('{', "an object")) return false;
    const char next = peek();
    if (next == '}') {
        ++at_;
        return true;
    }
    if (!is_first && !take(',', kAfterMember)) return false;
    return take_string(key, is_first ? "a key or }" : "a key") && take(':', "a colon");
}

bool JsonScanner::skip_ends(Nesting& open) {
    while (open.depth > 0) {
        const bool in_object = open.objects[open.depth - 1];
        const char next = peek();
        if (next == ',') {
            ++at_;
            return !in_object || take_member_key();
        }
        if (next != (in_object ? '}' : ']')) {
            return fail_at(at_, in_object ? kAfterMember : kAfterElement);
        }
        ++at_;
        --open.depth;
    }
    return true;
}

bool JsonScanner::take_member_key() {
    std::string_view key;
    return take_string(key, "a key") && take(':', "a colon");
}

// Steps over `[` or `{`, and in an object over the first key. `is_empty`: the end comes next.
bool JsonScanner::take_begin(Nesting& open, bool& is_empty) {
    const bool is_object = text_[at_] == '{';
    if (open.depth == kJsonDepthMax) return fail_at(at_, "fewer levels of nesting", true);
    open.objects[open.depth++] = is_object;
    ++at_;
    is_empty = peek() == (is_object ? '}' : ']');
    return is_empty || !is_object || take_member_key();
}

bool JsonScanner::take_value(std::string_view& raw) {
    Nesting open;
    peek();
    const std::size_t begin = at_;
    do {
        const char next = peek();
        if (next == '[' || next == '{') {
            bool is_empty = false;
            if (!take_begin(open, is_empty)) return false;
            if (!is_empty) continue;
        } else if (!skip_scalar()) {
            return false;
        }
        if (!skip_ends(open)) return false;
    } while (open.depth > 0);
    raw = text_.substr(begin, at_ - begin);
    return true;
}

bool is_json(std::string_view text, JsonFault* fault) {
    JsonScanner scanner(text);
    std::string_view raw;
    bool good = scanner.take_value(raw);
    JsonFault found = scanner.fault();
    if (good && !scanner.at_end()) {
        good = false;
        found = {scanner.position(), "nothing more", false};
    }
    if (!good && fault != nullptr) *fault = found;
    return good;
}

std::string_view trim_json(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::size_t find_bad_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = utf8_length(text.substr(at));
        if (length == 0) break;
        at += length;
    }
    return at;
}

bool unescape_json(std::string_view quoted, std::string& text) {
    text.clear();
    bool good = true;
    const std::string_view inside = quoted.substr(1, quoted.size() - 2);
    for (std::size_t at = 0; at < inside.size();) {
        const std::size_t backslash = inside.find('\\', at);
        text += inside.substr(at, backslash - at);
        if (backslash == std::string_view::npos) break;
        const char letter = inside[backslash + 1];
        at = backslash + 2;
        if (letter != 'u') {
            text += short_escape(letter);
            continue;
        }
        std::uint32_t code = code_unit(inside.substr(at));
        at += 4;
        if (code >= 0xd800 && code < 0xdc00 && inside.substr(at, 2) == "\\u") {
            const std::uint32_t low = code_unit(inside.substr(at + 2));
            if (low >= 0xdc00 && low < 0xe000) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                at += 6;
            }
        }
        good = good && (code < 0xd800 || code >= 0xe000);
        append_utf8(text, code);
    }
    return good;
}

void append_json_string(std::string& to, std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    to += '"';
    for (const char letter : text) {
        if (kPlain[to_byte(letter)]) {
            to += letter;
            continue;
        }
        to += '\\';
        switch (letter) {
            case '"':
            case '\\':
                to += letter;
                break;
            case '\b':
                to += 'b';
                break;
            case '\f':
                to += 'f';
                break;
            case '\n':
                to += 'n';
                break;
            case '\r':
                to += 'r';
                break;
            case '\t':
                to += 't';
                break;
            default:
                to += "u00";
                to += kDigits[to_byte(letter) >> 4];
                to += kDigits[to_byte(letter) & 0xf];
        }
    }
    to += '"';
}

std::string found_at(std::string_view text, std::size_t at) {
    constexpr std::size_t kLongest = 20;
    if (at >= text.size()) return "the end of the line";
    const auto is_word = [](char byte) {
        const char lower = static_cast<char>(byte | 0x20);
        return is_digit(byte) || (lower >= 'a' && lower <= 'z') || byte == '_' || byte == '.';
    };
    std::size_t length = 0;
    while (at + length < text.size() && length < kLongest && is_word(text[at + length])) ++length;
    if (length == 0) length = 1;
    const std::uint8_t first = to_byte(text[at]);
    if (first < 0x20 || first >= 0x7f) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        return std::string("byte 0x") + kDigits[first >> 4] + kDigits[first & 0xf];
    }
    if (first == '"') return "a quote";
    return '"' + std::string(text.substr(at, length)) + '"';
}

}  // namespace streams
