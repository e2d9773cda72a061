// judge-schema < PAIRS: what records are held to be, for tests that compare it with other
// validators.
//
// Input: lines in pairs, a schema and a record. Output: a line for each pair, `ok`, or the id of
// the refusal and its words.

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

#include "batch/batch_reader.h"
#include "message/chunk_reader.h"

namespace {

using streams::Result;

Result<> judge(const std::string& schema, const std::string& record) {
    auto shape = streams::Shape::declared("s", schema, {}, {});
    if (!shape) return std::unexpected(shape.error());
    streams::BatchBuilder builder(*shape, {});
    streams::BatchReader reader;
    streams::MessageParser parser;
    reader.add(builder);
    std::string line = R"({"type":"RECORD","stream":"s","record":)" + record + "}";
    const std::size_t bytes = line.size();
    line.append(streams::kLinePadding, ' ');
    for (;;) {
        reader.begin(1);
        const auto parsed = parser.parse(std::string_view(line).substr(0, bytes), reader);
        if (!parsed) return std::unexpected(parsed.error());
        if (reader.verdict() == streams::Verdict::Refused) {
            return std::unexpected(builder.refusal().error);
        }
        if (reader.verdict() != streams::Verdict::Stale) return {};
        const auto growths = builder.growths();
        STREAMS_TRY(shape->grow(growths));
        builder.reshape();
    }
}

}  // namespace

int main() {
    std::string schema;
    std::string record;
    while (std::getline(std::cin, schema) && std::getline(std::cin, record)) {
        const auto judged = judge(schema, record);
        std::string answer = judged ? "ok" : judged.error().id + " " + judged.error().what;
        for (char& c : answer) c = c == '\n' ? ' ' : c;
        std::puts(answer.c_str());
    }
    return 0;
}
