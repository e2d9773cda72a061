#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "message/chunk_reader.h"
#include "message/json_scanner.h"
#include "message/message_parser.h"

namespace streams {

/// A RecordReader for tests: checks the record to its end and keeps `stream record` of each row.
class RecordCollector final : public RecordReader {
 public:
    Result<> read(std::string_view stream, simdjson::ondemand::object& record,
                  simdjson::ondemand::parser& /*parser*/) override {
        open_ = true;
        ++reads;
        stream_ = stream;
        if (!refused.empty() && stream == refused) {
            return fail(ErrorKind::Data, "record-type", "refused by the test");
        }
        std::string_view text;
        if (record.raw_json().get(text) || !is_json(text)) {
            return fail(ErrorKind::Data, "json-syntax", "found by the test");
        }
        return {};
    }

    Result<> finish(const Message& message) override {
        rows.push_back(stream_ + ' ' + std::string(message.record));
        open_ = false;
        return {};
    }

    void discard() override {
        open_ = false;
        ++discards;
    }

    /// Whether a row was read and neither finished nor discarded.
    bool is_open() const { return open_; }

    std::vector<std::string> rows;
    std::string refused;  ///< The stream whose records are refused.
    int reads = 0;
    int discards = 0;

 private:
    std::string stream_;
    bool open_ = false;
};

/// A parser for tests that keeps each line where there are spare bytes behind it.
class Parsing {
 public:
    explicit Parsing(bool at_start = true) : parser_(at_start) {}

    Result<const Message*> operator()(std::string_view line) {
        text_ = line;
        text_.append(kLinePadding, '\0');
        return parser_.parse(std::string_view(text_).substr(0, line.size()), records);
    }

    std::string id_of_error(std::string_view line) {
        const auto parsed = (*this)(line);
        return parsed ? "no error" : parsed.error().id;
    }

    MessageParser& parser() { return parser_; }

    RecordCollector records;

 private:
    MessageParser parser_;
    std::string text_;
};

/// The same line with a member that means nothing in front: it is always read the slow way.
inline std::string slow(std::string_view line) {
    const std::size_t brace = line.find('{');
    return std::string(line.substr(0, brace)) + "{\"nothing\":[]," +
           std::string(line.substr(brace + 1));
}

}  // namespace streams
