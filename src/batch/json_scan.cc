#include "batch/json_scan.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "batch/numbers.h"
#include "message/json_scanner.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace streams {
namespace {

// The record around the value is a level too.
constexpr std::size_t kDepthMax = kJsonDepthMax - 1;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The first quote or backslash at or behind `at`.
const char* find_quote(const char* at, const char* last) {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    for (; last - at >= 16; at += 16) {
        __m128i block;
        std::memcpy(&block, at, sizeof block);
        const __m128i hits =
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, slash));
        const auto found = static_cast<unsigned>(_mm_movemask_epi8(hits));
        if (found != 0) return at + __builtin_ctz(found);
    }
#endif
    while (at != last && *at != '"' && *at != '\\') ++at;
    return at;
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

// `at` is behind the opening quote; answers what is behind the closing one, or null.
const char* scan_string(const char* at, const char* last) {
    for (;;) {
        at = find_quote(at, last);
        if (at == last) return nullptr;
        if (*at == '"') return at + 1;
        if (last - at < 2) return nullptr;
        const char word = at[1];
        at += 2;
        if (word == 'u') {
            if (last - at < 4 || !is_hex(at[0]) || !is_hex(at[1]) || !is_hex(at[2]) ||
                !is_hex(at[3])) {
                return nullptr;
            }
            at += 4;
        } else if (std::strchr("\"\\/bfnrt", word) == nullptr || word == '\0') {
            return nullptr;
        }
    }
}

const char* scan_word(const char* at, const char* last, std::string_view word) {
    if (static_cast<std::size_t>(last - at) < word.size()) return nullptr;
    return std::memcmp(at, word.data(), word.size()) == 0 ? at + word.size() : nullptr;
}

const char* scan_scalar(const char* at, const char* last) {
    switch (*at) {
        case '"':
            return scan_string(at + 1, last);
        case 't':
            return scan_word(at, last, "true");
        case 'f':
            return scan_word(at, last, "false");
        case 'n':
            return scan_word(at, last, "null");
        default:
            break;
    }
    NumberText number;
    return scan_number(at, last, number) ? number.end : nullptr;
}

// Walks one value with a bit for each level that is open, instead of a call.
class Scanner {
 public:
    explicit Scanner(std::string_view text) : at_(text.data()), last_(at_ + text.size()) {}

    bool scan() {
        for (;;) {
            if (!value()) return false;
            // Behind a value: close what ends here, and go on behind the next comma.
            for (;;) {
                skip_blanks();
                if (depth_ == 0) return at_ == last_;
                if (at_ == last_) return false;
                const char c = *at_++;
                if (c == ',') break;
                if (c != (in_object() ? '}' : ']')) return false;
                --depth_;
            }
            if (in_object() && !key()) return false;
        }
    }

 private:
    // A scalar, an empty array or object, or the way down to the first scalar within.
    bool value() {
        for (;;) {
            skip_blanks();
            if (at_ == last_) return false;
            const char c = *at_;
            if (c != '[' && c != '{') {
                at_ = scan_scalar(at_, last_);
                return at_ != nullptr;
            }
            ++at_;
            if (!open(c == '{')) return false;
            skip_blanks();
            if (at_ == last_) return false;
            if (*at_ == (c == '{' ? '}' : ']')) {
                ++at_;
                --depth_;
                return true;
            }
            if (c == '{' && !key()) return false;
        }
    }

    bool key() {
        skip_blanks();
        if (at_ == last_ || *at_ != '"') return false;
        at_ = scan_string(at_ + 1, last_);
        if (at_ == nullptr) return false;
        skip_blanks();
        if (at_ == last_ || *at_ != ':') return false;
        ++at_;
        return true;
    }

    bool open(bool object) {
        if (depth_ == kDepthMax) return false;
        std::uint64_t& word = levels_[depth_ / 64];
        const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
        word = object ? word | bit : word & ~bit;
        ++depth_;
        return true;
    }

    bool in_object() const { return (levels_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1) != 0; }

    void skip_blanks() {
        while (at_ != last_ && is_blank(*at_)) ++at_;
    }

    const char* at_;
    const char* last_;
    std::size_t depth_ = 0;
    std::array<std::uint64_t, kJsonDepthMax / 64> levels_{};
};

}  // namespace

bool is_whole_json(std::string_view text) {
    return Scanner(text).scan();
}

}  // namespace streams
