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
    std::int64_t column() const { return column_; }

 private:
    bool read_fast(std::string_view line, RecordReader& records);
    bool read_envelope(std::string_view line, simdjson::ondemand::document& document,
                       RecordReader& records);
    bool read_values(simdjson::ondemand::document& document, simdjson::ondemand::value& value,
                     RecordReader& records);
    bool read_time(std::string_view line, simdjson::ondemand::value& value);
    Result<> read_slowly(std::string_view line, RecordReader& records);
    void make_room_for(std::size_t line_bytes);

    HeaderReader header_;
    simdjson::ondemand::parser parser_;
    ShapeReader shape_;
    Message message_;
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
        if (*taken) {
            message_ = {};
            return &message_;
        }
    }
    make_room_for(line.size());
    has_row_ = false;
    if (!read_fast(line, records)) {
        if (has_row_) records.discard();
        if (is_blank(line)) {
            message_ = {};
            return &message_;
        }
        STREAMS_TRY(read_slowly(line, records));
    }
    if (message_.type == MessageType::Record) STREAMS_TRY(records.finish(message_));
    return &message_;
}

bool MessageParser::Reader::read_fast(std::string_view line, RecordReader& records) {
    simdjson::ondemand::document document;
    const simdjson::padded_string_view padded(line.data(), line.size(), line.size() + kLinePadding);
    if (parser_.iterate(padded).get(document)) return false;
    // Behind the envelope's end there is no location, unless something follows it.
    return read_envelope(line, document, records) &&
           document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

bool MessageParser::Reader::read_envelope(std::string_view line,
                                          simdjson::ondemand::document& document,
                                          RecordReader& records) {
    simdjson::ondemand::object envelope;
    if (document.get_object().get(envelope)) return false;
    message_.version.reset();
    message_.time_extracted = {};
    bool has_type = false;
    bool has_stream = false;
    for (auto member : envelope) {
        raw_json_string key;
        simdjson::ondemand::value value;
        if (member.key().get(key) || member.value().get(value)) return false;
        if (is_key(key, "record\"")) {
            if (!has_type || !has_stream || has_row_) return false;
            if (!read_values(document, value, records)) return false;
        } else if (is_key(key, "type\"")) {
            raw_json_string type;
            if (has_type || value.get_raw_json_string().get(type)) return false;
            if (!is_record_type(type)) return false;
            has_type = true;
        } else if (is_key(key, "stream\"")) {
            raw_json_string stream;
            std::string_view name;
            if (has_stream || value.get_raw_json_string().get(stream)) return false;
            if (!plain_text(stream.raw(), line, name)) return false;
            message_.stream = name;
            has_stream = true;
        } else if (is_key(key, "time_extracted\"")) {
            if (!read_time(line, value)) return false;
        } else if (is_key(key, "version\"")) {
            std::int64_t version = 0;
            if (value.get_int64().get(version)) return false;
            message_.version = version;
        } else {
            return false;
        }
    }
    if (!has_row_) return false;
    message_.type = MessageType::Record;
    message_.type_text.clear();
    message_.schema = message_.state = {};
    message_.key.reset();
    message_.bookmarks.clear();
    return true;
}

bool MessageParser::Reader::read_values(simdjson::ondemand::document& document,
                                        simdjson::ondemand::value& value, RecordReader& records) {
    const char* begin = value.raw_json_token().data();
    simdjson::ondemand::object record;
    if (value.get_object().get(record)) return false;
    has_row_ = true;
    if (!records.read(message_.stream, record, parser_)) return false;
    ensure(document.current_depth() == 1, "a RecordReader walks the record to its end");
    const char* end = nullptr;
    if (document.current_location().get(end)) return false;
    while (end[-1] != '}') --end;  // Blanks, in front of the next member or the envelope's end.
    message_.record = std::string_view(begin, static_cast<std::size_t>(end - begin));
    return true;
}

bool MessageParser::Reader::read_time(std::string_view line, simdjson::ondemand::value& value) {
    raw_json_string time;
    if (value.get_raw_json_string().get(time)) return false;
    return plain_text(time.raw(), line, message_.time_extracted);
}

Result<> MessageParser::Reader::read_slowly(std::string_view line, RecordReader& records) {
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

std::int64_t MessageParser::column_of_error() const {
    return reader_->column();
}

}  // namespace streams
