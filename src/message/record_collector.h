#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "message/chunk_reader.h"
#include "message/json_scanner.h"
#include "message/message_parser.h"

namespace streams {

/// A RecordReader for tests: walks every value and keeps `stream record` of each row.
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
        if (!walk(record, 1)) return fail(ErrorKind::Data, "json-syntax", "found by the walk");
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
    static bool walk(simdjson::ondemand::object& object, std::size_t depth) {
        if (depth > kJsonDepthMax) return false;
        for (auto member : object) {
            simdjson::ondemand::raw_json_string key;
            simdjson::ondemand::value value;
            if (member.key().get(key) || member.value().get(value)) return false;
            if (!is_good_key(key.raw()) || !walk(value, depth)) return false;
        }
        return true;
    }

    static bool walk(simdjson::ondemand::value& value, std::size_t depth) {
        const std::string_view token = value.raw_json_token();
        if (token.starts_with('{')) {
            simdjson::ondemand::object object;
            return !value.get_object().get(object) && walk(object, depth + 1);
        }
        if (token.starts_with('[')) {
            simdjson::ondemand::array array;
            return !value.get_array().get(array) && walk(array, depth + 1);
        }
        if (!is_json(token)) return false;
        simdjson::ondemand::raw_json_string text;
        if (token.starts_with('"')) return !value.get_raw_json_string().get(text);
        bool truth = false;
        if (token.starts_with('t') || token.starts_with('f')) return !value.get_bool().get(truth);
        if (token.starts_with('n')) return bool(value.is_null());
        // Steps over the number whatever its size.
        return !value.get_raw_json_string().get(text) || true;
    }

    static bool walk(simdjson::ondemand::array& array, std::size_t depth) {
        if (depth > kJsonDepthMax) return false;
        for (auto element : array) {
            simdjson::ondemand::value value;
            if (element.get(value) || !walk(value, depth)) return false;
        }
        return true;
    }

    // The escapes of a key: the index has found its end.
    static bool is_good_key(const char* raw) {
        const char* end = raw;
        while (*end != '"') end += *end == '\\' ? 2 : 1;
        return is_json(std::string_view(raw - 1, static_cast<std::size_t>(end - raw) + 2));
    }

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
    return "{\"nothing\":[]," + std::string(line.substr(1));
}

}  // namespace streams
