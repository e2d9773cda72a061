#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "message/message.h"
#include "streams/error.h"

// Forward declarations would need simdjson's inline namespaces; only parsers include this header.
#include <simdjson.h>

namespace streams {

/// Takes the records of lines while they are parsed, without a copy between.
class RecordReader {
 public:
    RecordReader() = default;
    RecordReader(const RecordReader&) = delete;
    RecordReader& operator=(const RecordReader&) = delete;
    virtual ~RecordReader() = default;

    /// Walks `record` of `stream` to its end (every value, so that bad JSON is found), or answers
    /// with an error of kind Data. The row counts only after `finish`. A record may nest
    /// `kJsonDepthMax` deep, itself included.
    virtual Result<> read(std::string_view stream, simdjson::ondemand::object& record,
                          simdjson::ondemand::parser& parser) = 0;

    /// The whole line was well formed; `message.record` has the record's bytes.
    virtual Result<> finish(const Message& message) = 0;

    /// The line turned out bad during or after `read`, or is read once more: forget its row.
    virtual void discard() = 0;
};

/// Reads one line at a time, in every dialect since 2016.
///
/// **Threads.** One parser a thread; it keeps simdjson's buffers.
class MessageParser {
 public:
    /// A header is looked for where the parser begins `at_start` of the input.
    explicit MessageParser(bool at_start = true);
    ~MessageParser();
    MessageParser(const MessageParser&) = delete;
    MessageParser& operator=(const MessageParser&) = delete;

    /// `line` has no line end, and at least 64 readable bytes behind it. Records go to `records`;
    /// where `stream` comes after `record` in the line, it is parsed a second time. The answer is
    /// valid until the next call, and as long as the line.
    ///
    /// **Errors.** Data: `json-syntax`, `json-depth` (more than 1,024), `utf8`, `message-shape`
    /// (a member that is missing or of the wrong kind), `stream-header` (a header that nobody can
    /// read), `airbyte-protocol`, or what `records` answered.
    /// `Error::where` is left to the caller, who knows the line's number; `column_of_error()` tells
    /// the byte.
    Result<const Message*> parse(std::string_view line, RecordReader& records);

    /// Whether the next line may be one of the header.
    bool is_in_header() const;

    /// The byte in the last line at which it became bad, counted from 0; -1 where that is unknown.
    std::int64_t column_of_error() const;

 private:
    class Reader;
    std::unique_ptr<Reader> reader_;
};

}  // namespace streams
