// Any line: the fast way against the slow way, and both against another reader of JSON.
// Seeds: conformance/messages

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "message/message_shape.h"
#include "message/record_collector.h"

namespace {

using streams::ensure;
using streams::Message;
using streams::MessageType;

// Says whether a text is JSON, and where this reader has another opinion by design.
class Reference : public nlohmann::json_sax<nlohmann::json> {
 public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return enter(); }
    bool key(string_t&) override { return true; }
    bool end_object() override { return leave(); }
    bool start_array(std::size_t) override { return enter(); }
    bool end_array() override { return leave(); }
    bool parse_error(std::size_t, const std::string&,
                     const nlohmann::json::exception& error) override {
        constexpr int kOutOfRange = 406;
        const std::string_view text = error.what();
        // It has doubles only, and wants pairs of surrogates.
        knows = error.id != kOutOfRange && text.find("surrogate") == std::string_view::npos;
        return false;
    }

    bool knows = true;
    std::size_t deepest = 0;

 private:
    bool enter() {
        deepest = std::max(deepest, ++depth_);
        return true;
    }
    bool leave() {
        --depth_;
        return true;
    }

    std::size_t depth_ = 0;
};

void check_same(const Message& fast, const Message& slow) {
    ensure(fast.type == slow.type, "both ways see the same type");
    ensure(fast.type_text == slow.type_text, "both ways see the same type's text");
    ensure(fast.stream == slow.stream, "both ways see the same stream");
    ensure(fast.record == slow.record, "both ways see the same record");
    ensure(fast.schema == slow.schema, "both ways see the same schema");
    ensure(fast.state == slow.state, "both ways see the same state");
    ensure(fast.key == slow.key, "both ways see the same key");
    ensure(fast.bookmarks == slow.bookmarks, "both ways see the same bookmarks");
    ensure(fast.version == slow.version, "both ways see the same version");
    ensure(fast.time_extracted == slow.time_extracted, "both ways see the same time");
}

void check_against_reference(std::string_view line, const Message* message, const std::string& id) {
    // For the other reader a NUL ends the text, and a byte order mark is nothing.
    if (line.contains('\0') || line.starts_with("\xef\xbb\xbf")) return;
    Reference reference;
    const bool is_json = nlohmann::json::sax_parse(line, &reference);
    if (!reference.knows || reference.deepest > streams::kJsonDepthMax) return;
    const bool is_refused_as_json = id == "json-syntax" || id == "utf8";
    ensure(is_json == !is_refused_as_json, "another reader agrees on what is JSON");
    if (message == nullptr) return;
    const auto value = nlohmann::json::parse(line);
    const auto is_equal = [&](std::string_view text, const char* name) {
        return text.empty() || nlohmann::json::parse(text) == value.at(name);
    };
    ensure(is_equal(message->record, "record"), "another reader sees the same record");
    ensure(is_equal(message->schema, "schema"), "another reader sees the same schema");
    ensure(is_equal(message->state, "value"), "another reader sees the same state");
    if (!message->stream.empty()) {
        ensure(value.at("stream") == nlohmann::json(message->stream),
               "another reader sees the same stream");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string line(reinterpret_cast<const char*>(data), size);
    std::erase(line, '\n');
    const bool at_start = !line.empty() && line.back() == '#';
    if (line.find_first_not_of(" \t\r") == std::string::npos) return 0;

    // A parser is dear to make: only a header needs a new one.
    static streams::Parsing later(false);
    std::optional<streams::Parsing> fresh;
    if (at_start) fresh.emplace(true);
    streams::Parsing& parse = fresh ? *fresh : later;
    const auto fast = parse(line);
    ensure(!parse.records.is_open(), "no row is left open");
    streams::ShapeReader shape;
    Message slow;
    const auto shaped = shape.read(line, slow);
    if (fast && (*fast)->type == MessageType::Nothing) return 0;  // A header's line.
    if (!fast && fast.error().id == "stream-header") return 0;
    ensure(fast.has_value() == shaped.has_value(), "both ways take the same lines");
    ensure(fast || fast.error().id == shaped.error().id, "both ways see the same error");
    if (fast) check_same(**fast, slow);
    check_against_reference(line, shaped ? &slow : nullptr, shaped ? "" : shaped.error().id);
    return 0;
}
