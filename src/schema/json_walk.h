#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "schema/rules.h"

namespace streams {

/// Walks JSON that is known to be good, so that no step has to look for an end.
class JsonWalk {
 public:
    explicit JsonWalk(std::string_view text) : at_(text.data()), last_(at_ + text.size()) {}

    /// The next byte that is no blank; 0 at the end.
    char peek() {
        while (at_ != last_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) {
            ++at_;
        }
        return at_ == last_ ? '\0' : *at_;
    }

    /// Passes over the byte that `peek` showed.
    void step() { ++at_; }

    /// Passes over it if it is `wanted`.
    bool take(char wanted) {
        if (peek() != wanted) return false;
        ++at_;
        return true;
    }

    /// The next string, with its quotes.
    std::string_view take_string();

    /// The next value, whatever it is.
    std::string_view take_value();

    /// The name of the next member and its colon.
    std::string_view take_name() {
        const std::string_view name = take_string();
        take(':');
        return name;
    }

    const char* position() const { return at_; }
    std::string_view rest() const { return {at_, static_cast<std::size_t>(last_ - at_)}; }

 private:
    const char* at_;
    const char* last_;
};

/// The kind of the value that starts with `first`.
Kinds kind_at(char first);

/// What a string says. `quoted` has its quotes; the answer is a view of it, or of `scratch` where
/// there are escapes. Half of a surrogate pair becomes its three bytes.
std::string_view text_of(std::string_view quoted, std::string& scratch);

/// Of UTF-8: the bytes that start a character.
std::int64_t count_characters(std::string_view text);

/// Appends a text that no other text, and no other value, has.
void append_canonical_text(std::string_view plain, std::string& text);

/// Appends one text that all spellings of the next value share: names in order, the last of equal
/// names, numbers by value. Answers false where the value is nested deeper than `depth`.
bool append_canonical(JsonWalk& walk, std::size_t depth, std::string& text);

}  // namespace streams
