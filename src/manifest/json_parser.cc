// A strict reader of RFC 8259. The project's fast reader gives numbers as machine numbers; what
// passes through a manifest keeps the spelling of its numbers, so this one keeps the text.
#include <fmt/format.h>
#include <optional>

#include "manifest/json.h"

namespace streams::manifest {
namespace {

constexpr int kDepthMax = 200;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void append_utf8(std::string& out, unsigned code) {
    const auto byte = [&](unsigned value) { out += static_cast<char>(value); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0 | (code >> 6));
        byte(0x80 | (code & 63));
    } else if (code < 0x10000) {
        byte(0xE0 | (code >> 12));
        byte(0x80 | ((code >> 6) & 63));
        byte(0x80 | (code & 63));
    } else {
        byte(0xF0 | (code >> 18));
        byte(0x80 | ((code >> 12) & 63));
        byte(0x80 | ((code >> 6) & 63));
        byte(0x80 | (code & 63));
    }
}

// The length of the UTF-8 sequence at the start of `text`, 0 where there is none.
std::size_t sequence_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = at(0);
    std::size_t length = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) length = 2;
    if (first >= 0xE0 && first <= 0xEF) length = 3;
    if (first >= 0xF0 && first <= 0xF4) length = 4;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
    if (length == 0 || text.size() < length || at(1) < low || at(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if (at(i) < 0x80 || at(i) > 0xBF) return 0;
    }
    return length;
}

class Parser {
 public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<Json> whole() {
        Json json;
        if (!value(json, 0)) return failure();
        blanks();
        if (at_ != text_.size()) {
            refuse("there is something behind the value");
            return failure();
        }
        return json;
    }

 private:
    std::unexpected<Error> failure() const {
        return fail(ErrorKind::Data, "json-syntax",
                    fmt::format("not JSON: {} at byte {}", reason_, at_));
    }

    bool refuse(std::string_view reason) {
        reason_ = reason;
        return false;
    }

    void blanks() {
        at_ = text_.find_first_not_of(" \t\r\n", at_);
        if (at_ == std::string_view::npos) at_ = text_.size();
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    bool value(Json& out, int depth) {
        if (depth > kDepthMax) return refuse("more than 200 levels");
        blanks();
        switch (peek()) {
            case '{':
                return object(out, depth);
            case '[':
                return list(out, depth);
            case '"': {
                std::string text;
                if (!string(text)) return false;
                out = Json::text(std::move(text));
                return true;
            }
            case 't':
                return word("true", Json::boolean(true), out);
            case 'f':
                return word("false", Json::boolean(false), out);
            case 'n':
                return word("null", Json(), out);
            default:
                return number(out);
        }
    }

    bool word(std::string_view spelling, Json meaning, Json& out) {
        if (!text_.substr(at_).starts_with(spelling)) return refuse("an unknown word");
        at_ += spelling.size();
        out = std::move(meaning);
        return true;
    }

    bool digits() {
        const std::size_t start = at_;
        while (is_digit(peek())) ++at_;
        return at_ > start;
    }

    bool number(Json& out) {
        const std::size_t start = at_;
        take('-');
        if (!take('0') && !digits()) return refuse("no value");
        if (take('.') && !digits()) return refuse("a number without digits behind its point");
        if (take('e') || take('E')) {
            if (!take('-')) take('+');
            if (!digits()) return refuse("a number without digits in its exponent");
        }
        out = Json::number(std::string(text_.substr(start, at_ - start)));
        return true;
    }

    bool list(Json& out, int depth) {
        ++at_;
        out = Json::list();
        blanks();
        if (take(']')) return true;
        do {
            if (!value(out.items().emplace_back(), depth + 1)) return false;
            blanks();
        } while (take(','));
        return take(']') || refuse("a list without its end");
    }

    bool object(Json& out, int depth) {
        ++at_;
        out = Json::object();
        blanks();
        if (take('}')) return true;
        do {
            blanks();
            Json::Member& member = out.members().emplace_back();
            if (!string(member.first)) return false;
            blanks();
            if (!take(':')) return refuse("a key without a colon");
            if (!value(member.second, depth + 1)) return false;
            blanks();
        } while (take(','));
        return take('}') || refuse("an object without its end");
    }

    bool string(std::string& out) {
        if (!take('"')) return refuse("no text in quotes");
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return true;
            }
            if (c == '\\') {
                ++at_;
                if (!escape(out)) return false;
                continue;
            }
            if (static_cast<unsigned char>(c) < 0x20) return refuse("a control character");
            const std::size_t length = sequence_length(text_.substr(at_));
            if (length == 0) return refuse("bytes that are no UTF-8");
            out.append(text_, at_, length);
            at_ += length;
        }
        return refuse("a text without its end");
    }

    bool escape(std::string& out) {
        constexpr std::string_view kLetters = "\"\\/bfnrt";
        constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
        if (take('u')) return code_point(out);
        const std::size_t letter = kLetters.find(peek());
        if (at_ >= text_.size() || letter == std::string_view::npos) {
            return refuse("an unknown escape");
        }
        out += kMeanings[letter];
        ++at_;
        return true;
    }

    std::optional<unsigned> hexadecimal() {
        if (text_.size() - at_ < 4) return std::nullopt;
        unsigned code = 0;
        for (int i = 0; i < 4; ++i) {
            const char c = text_[at_ + static_cast<std::size_t>(i)];
            const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            if (!letter && !is_digit(c)) return std::nullopt;
            code = code * 16 + static_cast<unsigned>(letter ? (c | 32) - 'a' + 10 : c - '0');
        }
        at_ += 4;
        return code;
    }

    bool code_point(std::string& out) {
        constexpr unsigned kReplacement = 0xFFFD;
        const auto first = hexadecimal();
        if (!first) return refuse("\\u without four digits");
        if (*first < 0xD800 || *first > 0xDFFF) {
            append_utf8(out, *first);
            return true;
        }
        if (*first < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
            const std::size_t before = at_;
            at_ += 2;
            const auto second = hexadecimal();
            if (!second) return refuse("\\u without four digits");
            if (*second >= 0xDC00 && *second <= 0xDFFF) {
                append_utf8(out, 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00));
                return true;
            }
            at_ = before;
        }
        append_utf8(out, kReplacement);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string_view reason_ = "nothing";
};

}  // namespace

Result<Json> parse_json(std::string_view text) {
    return Parser(text).whole();
}

}  // namespace streams::manifest
