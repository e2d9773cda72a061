#include "message/message_shape.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/log.h"

namespace streams {
namespace {

constexpr std::size_t kExcerptBytes = 60;

struct NamedType {
    std::string_view name;
    MessageType type;
};

constexpr std::array<NamedType, 7> kTypes = {{
    {"RECORD", MessageType::Record},
    {"SCHEMA", MessageType::Schema},
    {"STATE", MessageType::State},
    {"BOOKMARK", MessageType::State},
    {"ACTIVATE_VERSION", MessageType::ActivateVersion},
    {"BATCH", MessageType::Batch},
    {"STRUCTURE", MessageType::Structure},
}};

// Airbyte's types, and the member that makes one Airbyte's instead of anybody's unknown type.
constexpr std::array<std::pair<std::string_view, Member>, 6> kAirbyteTypes = {{
    {"LOG", Member::AirbyteLog},
    {"TRACE", Member::AirbyteTrace},
    {"CATALOG", Member::AirbyteCatalog},
    {"SPEC", Member::AirbyteSpec},
    {"CONNECTION_STATUS", Member::AirbyteStatus},
    {"CONTROL", Member::AirbyteControl},
}};

void to_capitals(std::string& text) {
    for (char& letter : text) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter & ~0x20);
    }
}

std::string quoted(std::string_view text) {
    return '"' + ascii_excerpt(text, kExcerptBytes) + '"';
}

bool is_object(std::string_view value) {
    return value.starts_with('{');
}
bool is_text(std::string_view value) {
    return value.starts_with('"');
}

void clear(Message& message) {
    message.type = MessageType::Nothing;
    message.type_text.clear();
    message.stream.clear();
    message.record = message.schema = message.state = message.time_extracted = {};
    message.key.reset();
    message.bookmarks.clear();
    message.version.reset();
}

}  // namespace

Result<> ShapeReader::read(std::string_view line, Message& message) {
    line_ = line;
    column_ = -1;
    clear(message);
    if (const std::size_t bad = find_bad_utf8(line); bad != line.size()) {
        column_ = static_cast<std::int64_t>(bad);
        return std::unexpected(
            Error{ErrorKind::Data,
                  "utf8",
                  "the line is not UTF-8: " + found_at(line, bad) + " begins no character",
                  {},
                  "JSON is UTF-8 and nothing else",
                  "let the source write UTF-8"});
    }
    if (!members_.read(line)) return not_json(line, members_.fault());
    STREAMS_TRY(read_type(message));
    return read_members(message);
}

Result<> ShapeReader::read_type(Message& message) {
    const std::string_view type = members_[Member::Type];
    if (type.empty()) {
        return std::unexpected(Error{ErrorKind::Data,
                                     "message-shape",
                                     "the message has no \"type\"",
                                     {},
                                     "every line is a JSON object with \"type\": \"RECORD\", "
                                     "\"SCHEMA\", \"STATE\" or another text",
                                     "correct the program that writes this line"});
    }
    type_ = "message";
    if (!is_text(type)) return wrong(Member::Type, "a text");
    unescape_json(type, type_);
    message.type_text = type_;
    to_capitals(type_);
    message.type = MessageType::Unknown;
    for (const auto& [name, value] : kTypes) {
        if (type_ == name) message.type = value;
    }
    if (message.type != MessageType::Unknown) message.type_text.clear();
    return {};
}

Result<> ShapeReader::read_members(Message& message) {
    if (is_airbyte()) return airbyte(type_);
    switch (message.type) {
        case MessageType::Record:
            return read_record(message);
        case MessageType::Schema:
            return read_schema(message);
        case MessageType::State:
            return read_state(message);
        case MessageType::ActivateVersion:
            STREAMS_TRY(read_stream(message));
            return read_version(message, true);
        case MessageType::Batch:
            return read_stream(message);
        case MessageType::Structure:
        case MessageType::Unknown:
        case MessageType::Nothing:
            break;
    }
    return {};
}

Result<> ShapeReader::read_record(Message& message) {
    const std::string_view record = members_[Member::Record];
    if (record.empty()) return missing(Member::Record);
    if (!is_object(record)) return wrong(Member::Record, "an object");
    STREAMS_TRY(read_stream(message));
    message.record = record;
    if (members_.has(Member::Schema)) {
        message.schema = members_[Member::Schema];
        if (!is_object(message.schema)) return wrong(Member::Schema, "an object");
    }
    STREAMS_TRY(read_key(message));
    STREAMS_TRY(read_version(message, false));
    return read_time(message);
}

Result<> ShapeReader::read_schema(Message& message) {
    message.schema = members_[Member::Schema];
    if (message.schema.empty()) return missing(Member::Schema);
    if (!is_object(message.schema)) return wrong(Member::Schema, "an object");
    STREAMS_TRY(read_stream(message));
    STREAMS_TRY(read_key(message));
    return read_names(Member::BookmarkProperties, message.bookmarks);
}

Result<> ShapeReader::read_state(Message& message) {
    message.state = members_[Member::Value];
    if (message.state.empty()) return missing(Member::Value);
    return {};
}

Result<> ShapeReader::read_stream(Message& message) {
    const std::string_view stream = members_[Member::Stream];
    if (stream.empty()) return missing(Member::Stream);
    if (!is_text(stream)) return wrong(Member::Stream, "a text");
    if (!unescape_json(stream, message.stream)) return wrong(Member::Stream, "Unicode");
    return {};
}

Result<> ShapeReader::read_key(Message& message) {
    const Member member =
        members_.has(Member::KeyProperties) ? Member::KeyProperties : Member::KeyFields;
    if (!members_.has(member)) return {};
    return read_names(member, message.key.emplace());
}

Result<> ShapeReader::read_names(Member member, std::vector<std::string>& names) {
    if (!members_.has(member)) return {};
    const std::string_view value = members_[member];
    constexpr std::string_view kExpected = "a list of texts";
    if (is_text(value)) {
        return unescape_json(value, names.emplace_back()) ? Result<>() : wrong(member, kExpected);
    }
    if (!value.starts_with('[')) return wrong(member, kExpected);
    JsonScanner scanner(value, 1);
    while (scanner.peek() != ']') {
        std::string_view name;
        if (!scanner.take_string(name) || !unescape_json(name, names.emplace_back())) {
            return wrong(member, kExpected);
        }
        if (scanner.peek() == ',') scanner.take(',', "a comma");
    }
    return {};
}

Result<> ShapeReader::read_version(Message& message, bool is_required) {
    if (!members_.has(Member::Version)) {
        return is_required ? Result<>(missing(Member::Version)) : Result<>();
    }
    const std::string_view text = members_[Member::Version];
    std::int64_t version = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), version);
    if (error != std::errc() || end != text.end()) {
        return wrong(Member::Version, "an integer of 64 bits");
    }
    message.version = version;
    return {};
}

Result<> ShapeReader::read_time(Message& message) {
    if (!members_.has(Member::TimeExtracted)) return {};
    const std::string_view text = members_[Member::TimeExtracted];
    if (!is_text(text)) return wrong(Member::TimeExtracted, "a text");
    message.time_extracted = text.substr(1, text.size() - 2);
    if (!text.contains('\\')) return {};
    if (!unescape_json(text, time_text_)) return wrong(Member::TimeExtracted, "Unicode");
    message.time_extracted = time_text_;
    return {};
}

std::unexpected<Error> ShapeReader::not_json(std::string_view line, const JsonFault& fault) {
    column_ = static_cast<std::int64_t>(fault.at);
    if (fault.too_deep) {
        return std::unexpected(Error{ErrorKind::Data,
                                     "json-depth",
                                     "a value nests deeper than 1,024 levels",
                                     {},
                                     {},
                                     "flatten it at the source"});
    }
    // Programs that print to standard output what belongs to standard error.
    const bool is_text_line = !trim_json(line).starts_with('{');
    if (is_text_line && is_json(line)) {
        return std::unexpected(
            Error{ErrorKind::Data,
                  "message-shape",
                  "the line is " + std::string(kind_of(trim_json(line))) + ", not an object",
                  {},
                  "every line is a JSON object with a \"type\"",
                  "correct the program that writes this line"});
    }
    return std::unexpected(
        Error{ErrorKind::Data,
              "json-syntax",
              "the line is not JSON: " + found_at(line, fault.at) + " stands where " +
                  std::string(fault.expected) + " is expected",
              {},
              {},
              is_text_line ? "standard output is for messages alone: let the source write "
                             "everything else to standard error"
                           : "correct the program that writes this line"});
}

std::unexpected<Error> ShapeReader::missing(Member member) {
    return std::unexpected(Error{ErrorKind::Data,
                                 "message-shape",
                                 "the " + type_ + " has no \"" + std::string(name_of(member)) + '"',
                                 {},
                                 {},
                                 "correct the program that writes this line"});
}

std::unexpected<Error> ShapeReader::wrong(Member member, std::string_view expected) {
    const std::string_view value = members_[member];
    column_ = value.data() - line_.data();
    return std::unexpected(Error{ErrorKind::Data,
                                 "message-shape",
                                 '"' + std::string(name_of(member)) + "\" of the " + type_ +
                                     " is not " + std::string(expected),
                                 {},
                                 "it is " + std::string(kind_of(value)) + ": " + quoted(value),
                                 "correct the program that writes this line"});
}

bool ShapeReader::is_airbyte() const {
    for (const auto& [name, member] : kAirbyteTypes) {
        if (type_ == name && is_object(members_[member])) return true;
    }
    if (type_ == "STATE") {
        return members_[Member::Value].empty() && is_object(members_[Member::AirbyteState]);
    }
    const std::string_view record = members_[Member::Record];
    if (type_ != "RECORD" || !members_[Member::Stream].empty() || !is_object(record)) return false;
    bool has_data = false;
    bool has_stream = false;
    JsonScanner scanner(record);
    std::string_view key;
    std::string_view value;
    for (bool good = scanner.take_key(key, true); good && !key.empty();
         good = scanner.take_key(key, false)) {
        scanner.take_value(value);
        has_data = has_data || (key == "\"data\"" && is_object(value));
        has_stream = has_stream || (key == "\"stream\"" && is_text(value));
    }
    return has_data && has_stream;
}

std::unexpected<Error> ShapeReader::airbyte(std::string_view type) {
    return std::unexpected(Error{ErrorKind::Data,
                                 "airbyte-protocol",
                                 "this is the Airbyte protocol, which is not a dialect that is "
                                 "read yet",
                                 {},
                                 "the line is a " + std::string(type) + " message of Airbyte",
                                 "use a streamer or a tap for this source"});
}

}  // namespace streams
