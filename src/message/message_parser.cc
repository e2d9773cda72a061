#include "message/message_parser.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "message/chunk_reader.h"
#include "message/header_reader.h"
#include "message/message_shape.h"

// A RECORD whose `type` and `stream` come before its `record`, as all writers have it, takes the
// fast way: one index of the line, keys compared where they lie, the record's values walked once by
// the RecordReader. The fast way gives up at whatever it does not know, every error included, and
// then the slow way, which knows everything, reads the line from its start. So what a line means is
// defined by the slow way alone, and the fast way has only to be right where it succeeds.

namespace streams {
namespace {

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

using simdjson::ondemand::raw_json_string;

// Memory that the parser keeps between lines; more is given back after long lines.
constexpr std::size_t kCapacityKept = std::size_t{1} << 20;

// The line's spare bytes make it safe to look beyond its end.
bool is_key(const raw_json_string& key, std::string_view name_and_quote) {
    return std::memcmp(key.raw(), name_and_quote.data(), name_and_quote.size()) == 0;
}

bool is_record_type(const raw_json_string& type) {
    constexpr std::string_view kName = "record";
    for (std::size_t index = 0; index < kName.size(); ++index) {
        if ((type.raw()[index] | 0x20) != kName[index]) return false;
    }
    return type.raw()[kName.size()] == '"';
}

// The inside of a string without escapes, which `raw` begins.
bool plain_text(const char* raw, std::string_view line, std::string_view& text) {
    const std::string_view rest = line.substr(static_cast<std::size_t>(raw - line.data()));
    text = rest.substr(0, rest.find('"'));
    return text.size() < rest.size() && !text.contains('\\');
}

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

class MessageParser::Reader {
 public:
    explicit Reader(bool at_start) : header_(at_start) {}

    Result<const Message*> parse(std::string_view line, RecordReader& records);
    bool is_in_header() const { return header_.is_open(); }
    std::int64_t column() const { return column_; }

 private:
    // What the fast way has seen of a line.
    struct Envelope {
        std::string_view line;
        simdjson::ondemand::document& document;
        RecordReader& records;
        bool has_type = false;
        bool has_stream = false;
    };
    using Value = simdjson::ondemand::value;

    bool read_fast(std::string_view line, RecordReader& records);
    bool read_members(Envelope& envelope);
    // Inlined, because a Value that goes through memory stalls the loads behind it: 15 % of
    // parse_bench on narrow records.
    [[gnu::always_inline]] inline bool read_member(Envelope& envelope, const raw_json_string& key,
                                                   Value& value);
    [[gnu::always_inline]] inline bool read_type(Envelope& envelope, Value& value);
    [[gnu::always_inline]] inline bool read_stream(Envelope& envelope, Value& value);
    [[gnu::always_inline]] inline bool read_record(Envelope& envelope, Value& value);
    bool read_version(Value& value);
    bool read_time(const Envelope& envelope, Value& value);
    Result<> read_slowly(std::string_view line, RecordReader& records);
    void make_room_for(std::size_t line_bytes);

    const Message* nothing() {
        message_ = {};
        stream_token_.clear();
        return &message_;
    }

    HeaderReader header_;
    simdjson::ondemand::parser parser_;
    ShapeReader shape_;
    Message message_;
    std::string stream_token_;  ///< `message_.stream` and a quote, of the fast way; else empty.
    std::int64_t column_ = -1;
    bool has_row_ = false;              ///< `records` may hold values of this line.
    std::size_t bytes_since_long_ = 0;  ///< Read since the last line that needed all the memory.
};

Result<const Message*> MessageParser::Reader::parse(std::string_view line, RecordReader& records) {
    column_ = -1;
    if (header_.is_open()) {
        auto taken = header_.take(line);
        if (!taken) {
            column_ = 0;
            return std::unexpected(std::move(taken).error());
        }
        if (*taken) return nothing();
    }
    make_room_for(line.size());
    has_row_ = false;
    if (!read_fast(line, records)) {
        if (has_row_) records.discard();
        if (is_blank(line)) return nothing();
        STREAMS_TRY(read_slowly(line, records));
    }
    if (message_.type != MessageType::Record) return &message_;
    message_.line = line;
    STREAMS_TRY(records.finish(message_));
    return &message_;
}

bool MessageParser::Reader::read_fast(std::string_view line, RecordReader& records) {
    simdjson::ondemand::document document;
    const simdjson::padded_string_view padded(line.data(), line.size(), line.size() + kLinePadding);
    if (parser_.iterate(padded).get(document)) return false;
    Envelope envelope{.line = line, .document = document, .records = records};
    message_.version.reset();
    message_.time_extracted = {};
    // Behind the envelope's end there is no location, unless something follows it.
    if (!read_members(envelope) || document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
        return false;
    }
    message_.type = MessageType::Record;
    message_.type_text.clear();
    message_.schema = message_.state = {};
    message_.key.reset();
    message_.bookmarks.clear();
    return true;
}

bool MessageParser::Reader::read_members(Envelope& envelope) {
    simdjson::ondemand::object members;
    if (envelope.document.get_object().get(members)) return false;
    for (auto member : members) {
        raw_json_string key;
        Value value;
        if (member.key().get(key) || member.value().get(value)) return false;
        if (!read_member(envelope, key, value)) return false;
    }
    return has_row_;
}

bool MessageParser::Reader::read_member(Envelope& envelope, const raw_json_string& key,
                                        Value& value) {
    if (is_key(key, "record\"")) return read_record(envelope, value);
    if (is_key(key, "type\"")) return read_type(envelope, value);
    if (is_key(key, "stream\"")) return read_stream(envelope, value);
    if (is_key(key, "time_extracted\"")) return read_time(envelope, value);
    return is_key(key, "version\"") && read_version(value);
}

bool MessageParser::Reader::read_type(Envelope& envelope, Value& value) {
    raw_json_string type;
    if (std::exchange(envelope.has_type, true)) return false;
    return !value.get_raw_json_string().get(type) && is_record_type(type);
}

bool MessageParser::Reader::read_stream(Envelope& envelope, Value& value) {
    raw_json_string stream;
    if (std::exchange(envelope.has_stream, true)) return false;
    if (value.get_raw_json_string().get(stream)) return false;
    // Most records are of the stream of the one before.
    const bool is_same = !stream_token_.empty() && is_key(stream, stream_token_);
    if (is_same) return true;
    std::string_view name;
    if (!plain_text(stream.raw(), envelope.line, name)) return false;
    message_.stream = name;
    stream_token_.clear();
    // Compared beyond the line's end at most as far as its spare bytes go.
    if (name.size() < kLinePadding) stream_token_.assign(name).push_back('"');
    return true;
}

bool MessageParser::Reader::read_record(Envelope& envelope, Value& value) {
    if (!envelope.has_type || !envelope.has_stream || has_row_) return false;
    const char* begin = value.raw_json_token().data();
    simdjson::ondemand::object record;
    if (value.get_object().get(record)) return false;
    has_row_ = true;
    if (!envelope.records.read(message_.stream, record, parser_)) return false;
    ensure(envelope.document.current_depth() == 1, "a RecordReader walks the record to its end");
    const char* end = nullptr;
    if (envelope.document.current_location().get(end)) return false;
    while (end[-1] != '}') --end;  // Blanks, in front of the next member or the envelope's end.
    message_.record = std::string_view(begin, static_cast<std::size_t>(end - begin));
    return true;
}

bool MessageParser::Reader::read_version(Value& value) {
    std::int64_t version = 0;
    if (value.get_int64().get(version)) return false;
    message_.version = version;
    return true;
}

bool MessageParser::Reader::read_time(const Envelope& envelope, Value& value) {
    raw_json_string time;
    if (value.get_raw_json_string().get(time)) return false;
    return plain_text(time.raw(), envelope.line, message_.time_extracted);
}

Result<> MessageParser::Reader::read_slowly(std::string_view line, RecordReader& records) {
    stream_token_.clear();
    auto shaped = shape_.read(line, message_);
    if (!shaped) {
        column_ = shape_.column();
        return shaped;
    }
    if (message_.type != MessageType::Record) return {};
    const std::string_view text = message_.record;
    const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + kLinePadding);
    simdjson::ondemand::document document;
    simdjson::ondemand::object record;
    auto error = parser_.iterate(padded).get(document);
    if (!error) error = document.get_object().get(record);
    if (error) return fail(ErrorKind::Data, "json-syntax", simdjson::error_message(error));
    auto read = records.read(message_.stream, record, parser_);
    if (!read) records.discard();
    return read;
}

void MessageParser::Reader::make_room_for(std::size_t line_bytes) {
    const std::size_t capacity = parser_.capacity();
    if (line_bytes > capacity) {
        const std::size_t wanted = std::max(line_bytes + line_bytes / 8, kCapacityKept);
        ensure(parser_.allocate(wanted) == simdjson::SUCCESS, "there is memory for a line");
        bytes_since_long_ = 0;
    } else if (capacity > kCapacityKept) {
        bytes_since_long_ = line_bytes > capacity / 2 ? 0 : bytes_since_long_ + line_bytes;
        if (bytes_since_long_ <= capacity) return;
        parser_ = simdjson::ondemand::parser();
        make_room_for(line_bytes);
    }
}

MessageParser::MessageParser(bool at_start) : reader_(std::make_unique<Reader>(at_start)) {}
MessageParser::~MessageParser() = default;

Result<const Message*> MessageParser::parse(std::string_view line, RecordReader& records) {
    return reader_->parse(line, records);
}

bool MessageParser::is_in_header() const {
    return reader_->is_in_header();
}

std::int64_t MessageParser::column_of_error() const {
    return reader_->column();
}

}  // namespace streams
