#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streams {

enum class MessageType : std::uint8_t {
    Record,
    Schema,
    State,  ///< BOOKMARK too.
    ActivateVersion,
    Batch,
    Structure,
    Unknown,  ///< Any other type: passed over, with one warning per type.
    Nothing,  ///< A blank line, or a line of the header.
};

/// One line, whatever its dialect. Views point into the line.
struct Message {
    MessageType type = MessageType::Nothing;
    std::string type_text;  ///< As written, of Unknown.
    std::string stream;
    std::string_view line;    ///< All of it, of Record.
    std::string_view record;  ///< The record's own bytes, of Record.
    std::string_view schema;  ///< Of Schema, and of a Record with an inline schema.
    std::string_view state;   ///< The value's own bytes, of State.
    std::optional<std::vector<std::string>> key;  ///< `key_properties`, `key_fields`.
    std::vector<std::string> bookmarks;           ///< `bookmark_properties`.
    std::optional<std::int64_t> version;
    std::string_view time_extracted;  ///< Unquoted; empty: none.
};

}  // namespace streams
