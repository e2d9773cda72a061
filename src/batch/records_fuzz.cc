// Any bytes as a record, in three streams: without a schema, and with two. A row that is stored
// has the values of the record's last members, as another reader of JSON finds them.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "batch/batch_reader.h"
#include "message/chunk_reader.h"

namespace {

using streams::BatchBuilder;
using streams::BatchReader;
using streams::ensure;
using streams::Shape;
using streams::Verdict;

constexpr std::string_view kSchema = R"({"properties":{
    "a":{"type":["null","integer"]},"b":{"type":"number"},"c":{"type":"string","format":"date-time"},
    "d":{"type":["string","boolean"]},"e":{"type":"object"},"f":{"type":"number","multipleOf":0.01},
    "g":{"type":"string","contentEncoding":"base64"},"h":{"type":"string","format":"uuid"}}})";

void check_texts(const Shape& shape, const streams::Batch& batch, const nlohmann::json& record) {
    for (std::size_t i = 0; i < shape.stream().fields.size(); ++i) {
        const streams::Field& field = shape.stream().fields[i];
        if (field.type != streams::Type::Text || batch.columns[i].is_null(0)) continue;
        ensure(record.at(field.path) == std::string(batch.columns[i].text(0)),
               "a text is stored as it is");
    }
}

void load(Shape shape, std::string_view line, std::string_view record) {
    BatchBuilder builder(shape, {});
    BatchReader reader;
    streams::MessageParser parser;
    reader.add(builder);
    for (int round = 0;; ++round) {
        reader.begin(1);
        if (!parser.parse(line, reader)) return;
        if (reader.verdict() != Verdict::Stale) break;
        ensure(round < 3, "a record is parsed at most three times");
        const auto growths = builder.growths();
        if (!shape.grow(growths)) return;
        ensure(builder.reshape(), "an empty builder follows its shape");
    }
    if (reader.verdict() != Verdict::Stored) return;
    const streams::Batch batch = builder.take();
    ensure(batch.rows == 1, "a stored record is a row");
    const auto value = nlohmann::json::parse(record, nullptr, false);
    if (!value.is_discarded()) check_texts(shape, batch, value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string record(reinterpret_cast<const char*>(data), size);
    if (record.find('\n') != std::string::npos) return 0;
    std::string line = R"({"type":"RECORD","stream":"s","record":)" + record + "}";
    const std::size_t bytes = line.size();
    line.append(streams::kLinePadding, '}');
    const std::string_view text = std::string_view(line).substr(0, bytes);
    load(Shape::inferred("s", {}, {}), text, record);
    auto declared = Shape::declared("s", kSchema, {}, {});
    ensure(declared.has_value(), "the schema is good");
    load(*declared, text, record);
    auto keyed = Shape::declared("s", kSchema, std::vector<std::string>{"a"}, {});
    load(*keyed, text, record);
    return 0;
}
