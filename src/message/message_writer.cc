#include "message/message_writer.h"

#include "base/file.h"
#include "message/json_scanner.h"

namespace streams {
namespace {

constexpr std::size_t kGatheredBytes = std::size_t{64} << 10;

Result<> append_name(std::string& to, std::string_view name) {
    if (find_bad_utf8(name) != name.size()) {
        return fail(ErrorKind::Data, "utf8", "a name of a stream or property is not UTF-8");
    }
    append_json_string(to, name);
    return {};
}

// Line ends may stand between values only; then so may all blanks, and they go.
Result<> append_json(std::string& to, std::string_view text) {
    if (text.find_first_of("\n\r") == std::string_view::npos) {
        to += text;
        return {};
    }
    if (!is_json(text)) {
        return fail(ErrorKind::Data, "json-syntax", "what is to be written is not JSON");
    }
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char byte = text[at];
        if (byte == '"') in_string = !in_string;
        if (in_string && byte == '\\') to += text[at++];
        const bool is_blank = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
        if (in_string || !is_blank) to += text[at];
    }
    return {};
}

Result<> append_names(std::string& to, const std::vector<std::string>& names) {
    to += '[';
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (index > 0) to += ',';
        STREAMS_TRY(append_name(to, names[index]));
    }
    to += ']';
    return {};
}

// The last member called `name` of an object.
struct Found {
    std::string_view value;  ///< Empty: there is none, or it is no object.
    std::size_t end = 0;     ///< Behind the value, in the object's text.
};

Found find_object(std::string_view object, std::string_view name) {
    JsonScanner scanner(object);
    Found found;
    std::string_view key;
    std::string unescaped;
    for (bool good = scanner.take_key(key, true); good && !key.empty();
         good = scanner.take_key(key, false)) {
        std::string_view value;
        if (!scanner.take_value(value)) break;
        unescape_json(key, unescaped);
        if (unescaped != name) continue;
        found = value.starts_with('{') ? Found{value, scanner.position()} : Found{};
    }
    return found;
}

// Puts a member in front of the } that ends at `end`.
void insert_member(std::string& text, std::size_t end, std::string_view member) {
    std::size_t last = end - 1;
    while (text.find_last_of(" \t\r\n", last - 1) == last - 1) --last;
    const bool is_empty = text[last - 1] == '{';
    text.insert(last, (is_empty ? "" : ",") + std::string(member));
}

Result<> mark_key(std::string& schema, const std::string& name) {
    constexpr std::string_view kMark = "\"key\":true";
    auto properties = find_object(schema, "properties");
    if (properties.value.empty()) {
        insert_member(schema, schema.size(), "\"properties\":{}");
        properties = find_object(schema, "properties");
    }
    const auto property = find_object(properties.value, name);
    if (!property.value.empty()) {
        insert_member(schema, properties.end - properties.value.size() + property.end, kMark);
        return {};
    }
    std::string member;
    STREAMS_TRY(append_name(member, name));
    member += ":{" + std::string(kMark) + '}';
    insert_member(schema, properties.end, member);
    return {};
}

}  // namespace

Result<std::string> schema_with_keys(std::string_view schema, const std::vector<std::string>& key) {
    std::string marked(trim_json(schema));
    if (!marked.starts_with('{') || !is_json(marked)) {
        return fail(ErrorKind::Data, "json-syntax", "a schema to be written is no JSON object");
    }
    for (const auto& name : key) STREAMS_TRY(mark_key(marked, name));
    return marked;
}

Result<> MessageFormat::append_schema(std::string& to, std::string_view stream,
                                      std::string_view schema, const std::vector<std::string>& key,
                                      const std::vector<std::string>& bookmarks) const {
    std::string marked;
    if (dialect_ == Dialect::Year2017) {
        auto with_keys = schema_with_keys(schema, key);
        if (!with_keys) return std::unexpected(std::move(with_keys).error());
        marked = *std::move(with_keys);
        schema = marked;
    }
    std::string line = R"({"type":"SCHEMA","stream":)";
    STREAMS_TRY(append_name(line, stream));
    line += R"(,"schema":)";
    STREAMS_TRY(append_json(line, schema));
    if (dialect_ == Dialect::Singer) {
        line += R"(,"key_properties":)";
        STREAMS_TRY(append_names(line, key));
        if (!bookmarks.empty()) {
            line += R"(,"bookmark_properties":)";
            STREAMS_TRY(append_names(line, bookmarks));
        }
    }
    to += line + "}\n";
    return {};
}

Result<> MessageFormat::append_record(std::string& to, std::string_view stream,
                                      std::string_view record) const {
    const std::size_t before = to.size();
    to += R"({"type":"RECORD","stream":)";
    auto appended = append_name(to, stream);
    to += R"(,"record":)";
    if (appended) appended = append_json(to, record);
    to += "}\n";
    if (!appended) to.resize(before);
    return appended;
}

Result<> MessageFormat::append_state(std::string& to, std::string_view value) const {
    std::string line = R"({"type":"STATE","value":)";
    STREAMS_TRY(append_json(line, value));
    to += line + "}\n";
    return {};
}

Result<> MessageWriter::schema(std::string_view stream, std::string_view schema,
                               const std::vector<std::string>& key,
                               const std::vector<std::string>& bookmarks) {
    STREAMS_TRY(format_.append_schema(waiting_, stream, schema, key, bookmarks));
    return flush_if_full();
}

Result<> MessageWriter::record(std::string_view stream, std::string_view record) {
    STREAMS_TRY(format_.append_record(waiting_, stream, record));
    return flush_if_full();
}

Result<> MessageWriter::state(std::string_view value) {
    STREAMS_TRY(format_.append_state(waiting_, value));
    return flush();
}

void MessageWriter::progress(const Progress& progress) {
    if (progress_) progress_(progress);
}

Result<> MessageWriter::flush_if_full() {
    return waiting_.size() < kGatheredBytes ? broken_ : flush();
}

Result<> MessageWriter::flush() {
    if (broken_ && !waiting_.empty()) {
        broken_ = write_all(descriptor_, waiting_, "standard output");
    }
    waiting_.clear();
    return broken_;
}

}  // namespace streams
