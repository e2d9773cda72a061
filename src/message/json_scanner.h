#pragma once

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>

namespace streams {

/// How deep arrays and objects may nest in one value: `[]` has depth 1.
inline constexpr std::size_t kJsonDepthMax = 1'024;

/// Where a text stops to be JSON.
struct JsonFault {
    std::size_t at = 0;         ///< Counted in bytes, from 0.
    std::string_view expected;  ///< `a value`; lives for ever.
    bool too_deep = false;
};

/// Walks JSON text by RFC 8259, to the letter, and says exactly where it is wrong.
///
/// The slow and simple reader beside simdjson: for what comes seldom, and for finding out what is
/// wrong with a line. It neither recurses nor allocates. Bytes from 0x80 are taken as they are
/// within strings: UTF-8 is checked elsewhere (`find_bad_utf8`).
///
/// **Order.** After a function has answered false only `fault` may be asked.
class JsonScanner {
 public:
    explicit JsonScanner(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

    /// The next byte that is not blank; 0 at the end.
    char peek();
    bool at_end() { return peek() == '\0' && at_ >= text_.size(); }
    std::size_t position() const { return at_; }

    /// Steps over `byte`, which `expected` describes.
    bool take(char byte, std::string_view expected);

    /// Steps over a string; `raw` has it with its quotes.
    bool take_string(std::string_view& raw, std::string_view expected = "a string");

    /// Steps over any value; `raw` is the value's own bytes.
    bool take_value(std::string_view& raw);

    /// Steps over `{` or `,` and the key of the next member, up to its value. At the end of the
    /// object answers true with `key` empty; a key has at least its quotes.
    bool take_key(std::string_view& key, bool is_first);

    const JsonFault& fault() const { return fault_; }

 private:
    // The open arrays and objects, outermost first.
    struct Nesting {
        std::bitset<kJsonDepthMax> objects;
        std::size_t depth = 0;
    };

    bool fail_at(std::size_t at, std::string_view expected, bool too_deep = false);
    bool skip_string();
    bool skip_escape();
    bool skip_number();
    bool skip_digits();
    bool skip_word(std::string_view word);
    bool skip_scalar();
    bool take_begin(Nesting& open, bool& is_empty);
    bool skip_ends(Nesting& open);
    bool take_member_key();

    std::string_view text_;
    std::size_t at_;
    JsonFault fault_;
};

/// Whether the whole of `text` is one JSON value, with blanks around it at most.
bool is_json(std::string_view text, JsonFault* fault = nullptr);

/// The value's own bytes, without the blanks around it.
std::string_view trim_json(std::string_view text);

/// Where `text` stops to be UTF-8; its size if it does not.
std::size_t find_bad_utf8(std::string_view text);

/// The text of a string, given with its quotes and known to be good. A lone surrogate becomes the
/// three bytes that UTF-8 would give it, and the answer false.
bool unescape_json(std::string_view quoted, std::string& text);

/// Appends `text`, which is UTF-8, as a JSON string with its quotes and the fewest escapes.
void append_json_string(std::string& to, std::string_view text);

/// What stands at `at`, short and printable, for messages: `"x"`, `the end of the line`, `byte
/// 0x00`.
std::string found_at(std::string_view text, std::size_t at);

}  // namespace streams
