// Every stream of conformance/messages/, in every size of chunk.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "message/line_splitter.h"
#include "message/record_collector.h"
#include "message/test_input.h"

namespace streams {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string text_of(const fs::path& path) {
    auto text = read_file(path.string(), std::size_t{64} << 20);
    EXPECT_TRUE(text) << path;
    return text.value_or("");
}

std::vector<fs::path> streams() {
    const char* source = std::getenv("STREAMS_SOURCE");
    const auto folder = fs::path(source == nullptr ? "." : source) / "conformance/messages";
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".jsonl") paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    return paths;
}

json expectation_of(fs::path path) {
    return json::parse(text_of(path.replace_extension(".expected.json")));
}

json told(const Message& message) {
    constexpr std::array<const char*, 8> kTypes = {
        "RECORD", "SCHEMA", "STATE", "ACTIVATE_VERSION", "BATCH", "STRUCTURE", "unknown", ""};
    std::string text = std::string(message.record);
    if (message.type == MessageType::Schema) text = message.schema;
    if (message.type == MessageType::State) text = message.state;
    if (message.type == MessageType::ActivateVersion) text = std::to_string(*message.version);
    if (message.type == MessageType::Unknown) text = message.type_text;
    json entry = {kTypes[static_cast<std::size_t>(message.type)], message.stream, text};
    for (const auto& name : message.key.value_or(std::vector<std::string>())) entry.push_back(name);
    return entry;
}

// What comes of a stream, in the form of the expectation.
json outcome_of(const std::string& text, std::size_t chunk_bytes) {
    const auto file = file_of(text);
    ChunkReader reader(file.get(), {.chunk_bytes = chunk_bytes});
    MessageParser parser;
    RecordCollector records;
    json outcome = {{"exit", 0}, {"messages", json::array()}};
    std::uint64_t number = 0;
    while (true) {
        const auto read = reader.read_some();
        EXPECT_TRUE(read);
        if (read->chunk != nullptr) {
            LineSplitter lines(*read->chunk);
            while (const auto line = lines.next()) {
                ++number;
                const auto message = parser.parse(*line, records);
                EXPECT_FALSE(records.is_open());
                if (!message) {
                    outcome["exit"] = 3;
                    outcome["error"] = {{"id", message.error().id},
                                        {"line", number},
                                        {"column", parser.column_of_error()}};
                    return outcome;
                }
                if ((*message)->type != MessageType::Nothing) {
                    outcome["messages"].push_back(told(**message));
                }
            }
        }
        if (read->is_end) return outcome;
    }
}

TEST(Conformance, GivesTheExpectedMessagesInEverySizeOfChunk) {
    std::size_t count = 0;
    for (const auto& path : streams()) {
        auto expected = expectation_of(path);
        if (!expected.contains("messages")) continue;
        expected.erase("about");
        const std::string text = text_of(path);
        for (const std::size_t size : kChunkSizes) {
            EXPECT_EQ(outcome_of(text, size), expected) << path << " in chunks of " << size;
        }
        ++count;
    }
    EXPECT_GT(count, 30U);
}

TEST(Conformance, RefusesEachLineForItsReason) {
    std::size_t count = 0;
    for (const auto& path : streams()) {
        const auto expected = expectation_of(path);
        if (!expected.contains("each")) continue;
        const auto file = file_of(text_of(path));
        ChunkReader reader(file.get());
        const auto read = reader.read_some();
        ASSERT_TRUE(read && read->chunk != nullptr);
        LineSplitter lines(*read->chunk);
        for (const auto& id : expected["each"]) {
            const auto line = lines.next();
            ASSERT_TRUE(line) << path;
            Parsing parse;
            EXPECT_EQ(parse.id_of_error(*line), id.get<std::string>()) << path << '\n' << *line;
            ++count;
        }
        EXPECT_FALSE(lines.next()) << path;
    }
    EXPECT_GT(count, 150U);
}

}  // namespace
}  // namespace streams
