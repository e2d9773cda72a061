#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/error.h"

namespace streams::manifest {

/// A JSON value that leaves as it came: numbers keep their spelling (1.10, 1e400, 40 digits),
/// objects the order of their keys.
class Json {
 public:
    enum class Kind : std::uint8_t { Null, Boolean, Number, Text, List, Object };
    using Member = std::pair<std::string, Json>;

    Json();  // Defaulted in the source: clang asks for it while the class is incomplete.
    static Json boolean(bool value);
    static Json number(std::string spelling);  ///< The spelling must be a JSON number.
    static Json integer(std::int64_t value);
    static Json text(std::string value);
    static Json list();
    static Json list(std::vector<Json> items);
    static Json object();
    static Json object(std::vector<Member> members);

    Kind kind() const { return kind_; }
    bool is_null() const { return kind_ == Kind::Null; }
    bool is_text() const { return kind_ == Kind::Text; }
    bool is_list() const { return kind_ == Kind::List; }
    bool is_object() const { return kind_ == Kind::Object; }
    bool is_true() const { return kind_ == Kind::Boolean && boolean_; }

    /// The text of Text, the spelling of Number; empty for the others.
    const std::string& text() const { return text_; }

    const std::vector<Json>& items() const { return items_; }
    std::vector<Json>& items() { return items_; }
    const std::vector<Member>& members() const { return members_; }
    std::vector<Member>& members() { return members_; }

    /// The member of that name, or null. Of two with one name, the last, as most readers do.
    const Json* find(std::string_view name) const;
    Json* find(std::string_view name);

    /// Sets a member where it stands, or adds it at the end. Makes an object of null.
    void set(std::string_view name, Json value);
    void remove(std::string_view name);

    /// What a person would call its value: texts bare, everything else as JSON.
    std::string plain() const;

    /// False for null, false, 0, and empty texts, lists and objects.
    bool is_truthy() const;

    bool operator==(const Json&) const = default;

    std::string dump() const;
    void dump_to(std::string& out) const;

 private:
    Kind kind_ = Kind::Null;
    bool boolean_ = false;
    std::string text_;
    std::vector<Json> items_;
    std::vector<Member> members_;
};

/// Reads one whole JSON value, strictly. **Errors.** Data `json-syntax`, with the byte. **Limits.**
/// 200 levels. Half of a surrogate pair becomes U+FFFD.
Result<Json> parse_json(std::string_view text);

/// `text` in quotes, escaped.
void quote_json(std::string& out, std::string_view text);

}  // namespace streams::manifest
