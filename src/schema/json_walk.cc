#include "schema/json_walk.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>

#include "schema/exact_number.h"

namespace streams {
namespace {

std::uint32_t four_digits(const char* at) {
    std::uint32_t unit = 0;
    std::from_chars(at, at + 4, unit, 16);
    return unit;
}

void append_utf8(std::uint32_t code, std::string& text) {
    const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 | code >> 6);
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | code >> 12);
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | code >> 18);
        add(0x80 | (code >> 12 & 0x3F));
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    }
}

// `at` is behind `\u`. Answers with what is behind the character.
const char* append_escaped(const char* at, const char* last, std::string& text) {
    std::uint32_t code = four_digits(at);
    at += 4;
    const bool is_high = code >= 0xD800 && code < 0xDC00;
    if (is_high && last - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        const std::uint32_t low = four_digits(at + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
        }
    }
    append_utf8(code, text);
    return at;
}

bool append_array(JsonWalk& walk, std::size_t depth, std::string& text) {
    walk.step();
    text += '[';
    while (walk.peek() != ']') {
        if (!append_canonical(walk, depth - 1, text)) return false;
        text += ',';
        walk.take(',');
    }
    walk.step();
    text += ']';
    return true;
}

bool append_object(JsonWalk& walk, std::size_t depth, std::string& text) {
    walk.step();
    std::map<std::string, std::string, std::less<>> members;
    std::string scratch;
    while (walk.peek() != '}') {
        std::string& value = members[std::string(text_of(walk.take_name(), scratch))];
        value.clear();
        if (!append_canonical(walk, depth - 1, value)) return false;
        walk.take(',');
    }
    walk.step();
    text += '{';
    for (const auto& [name, value] : members) {
        append_canonical_text(name, text);
        text += value;
        text += ',';
    }
    text += '}';
    return true;
}

}  // namespace

std::string_view JsonWalk::take_string() {
    peek();
    const char* const begin = at_++;
    while (at_ < last_ && *at_ != '"') at_ += *at_ == '\\' ? 2 : 1;
    at_ = std::min(at_ + 1, last_);
    return {begin, static_cast<std::size_t>(at_ - begin)};
}

std::string_view JsonWalk::take_value() {
    const char first = peek();
    if (first == '"') return take_string();
    const char* const begin = at_;
    if (first != '{' && first != '[') {
        while (at_ != last_ && *at_ != ',' && *at_ != ']' && *at_ != '}' && *at_ > ' ') ++at_;
        return {begin, static_cast<std::size_t>(at_ - begin)};
    }
    std::size_t depth = 0;
    do {
        const char c = *at_;
        if (c == '"') {
            take_string();
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        ++at_;
    } while (depth > 0 && at_ != last_);
    return {begin, static_cast<std::size_t>(at_ - begin)};
}

Kinds kind_at(char first) {
    switch (first) {
        case '"':
            return kTextKind;
        case 't':
        case 'f':
            return kBooleanKind;
        case 'n':
            return kNullKind;
        case '{':
            return kObjectKind;
        case '[':
            return kArrayKind;
        default:
            return kNumberKind;
    }
}

std::string_view text_of(std::string_view quoted, std::string& scratch) {
    const std::string_view raw = quoted.substr(1, quoted.size() - 2);
    std::size_t escape = raw.find('\\');
    if (escape == std::string_view::npos) return raw;
    scratch.assign(raw.substr(0, escape));
    const char* at = raw.data() + escape;
    const char* const last = raw.data() + raw.size();
    while (at != last) {
        if (*at != '\\') {
            scratch += *at++;
            continue;
        }
        const char letter = at[1];
        at += 2;
        if (letter == 'u') {
            at = append_escaped(at, last, scratch);
            continue;
        }
        static constexpr std::string_view kLetters = "bfnrt";
        static constexpr std::string_view kPlain = "\b\f\n\r\t";
        const std::size_t found = kLetters.find(letter);
        scratch += found == std::string_view::npos ? letter : kPlain[found];
    }
    return scratch;
}

std::int64_t count_characters(std::string_view text) {
    return std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; });
}

void append_canonical_text(std::string_view plain, std::string& text) {
    text += '"';
    text += std::to_string(plain.size());
    text += ':';
    text += plain;
}

bool append_canonical(JsonWalk& walk, std::size_t depth, std::string& text) {
    const char first = walk.peek();
    if (depth == 0) return false;
    if (first == '{') return append_object(walk, depth, text);
    if (first == '[') return append_array(walk, depth, text);
    const std::string_view value = walk.take_value();
    if (first == '"') {
        std::string scratch;
        append_canonical_text(text_of(value, scratch), text);
    } else if (kind_at(first) == kNumberKind) {
        append_canonical(read_exact(value), text);
    } else {
        text += first;
    }
    return true;
}

}  // namespace streams
