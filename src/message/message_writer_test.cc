#include "message/message_writer.h"

#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "message/line_splitter.h"
#include "message/record_collector.h"
#include "message/test_input.h"

namespace streams {
namespace {

std::string schema_line(Dialect dialect, std::string_view schema,
                        const std::vector<std::string>& key,
                        const std::vector<std::string>& bookmarks = {}) {
    std::string line;
    const auto appended = MessageFormat(dialect).append_schema(line, "s", schema, key, bookmarks);
    EXPECT_EQ(appended.has_value(), !line.empty());
    return appended ? line : appended.error().id;
}

std::string with_keys(std::string_view schema, const std::vector<std::string>& key) {
    const auto marked = schema_with_keys(schema, key);
    return marked ? *marked : marked.error().id;
}

TEST(MessageFormat, WritesKeyAndBookmarks) {
    EXPECT_EQ(schema_line(Dialect::Singer, "{ }", {}),
              "{\"type\":\"SCHEMA\",\"stream\":\"s\",\"schema\":{ },\"key_properties\":[]}\n");
    EXPECT_EQ(schema_line(Dialect::Singer, "{}", {"a", "\"b"}, {"u"}),
              "{\"type\":\"SCHEMA\",\"stream\":\"s\",\"schema\":{},\"key_properties\":[\"a\","
              "\"\\\"b\"],\"bookmark_properties\":[\"u\"]}\n");
}

TEST(MessageFormat, MarksKeysWithinTheSchemaIn2017) {
    EXPECT_EQ(
        schema_line(Dialect::Year2017, R"({"properties":{"a":{"type":"integer"}}})", {"a"}, {"u"}),
        R"({"type":"SCHEMA","stream":"s","schema":{"properties":{"a":{"type":"integer",)"
        "\"key\":true}}}}\n");
}

TEST(MessageFormat, MarksEveryFormOfASchema) {
    EXPECT_EQ(with_keys("{}", {"a", "b"}), R"({"properties":{"a":{"key":true},"b":{"key":true}}})");
    EXPECT_EQ(with_keys(R"({"properties":{"a":{ }}, "x":1 })", {"a"}),
              R"({"properties":{"a":{"key":true }}, "x":1 })");
    EXPECT_EQ(with_keys(R"({"properties":{"a":true}})", {"a"}),
              R"({"properties":{"a":true,"a":{"key":true}}})");
    EXPECT_EQ(with_keys(R"({"properties":{"\u0061":{"maximum":1e400}}})", {"a"}),
              R"({"properties":{"\u0061":{"maximum":1e400,"key":true}}})");
    // Of members with one name the last one counts.
    EXPECT_EQ(with_keys(R"({"properties":{},"properties":{"a":{},"a":{"b":{}}}})", {"a"}),
              R"({"properties":{},"properties":{"a":{},"a":{"b":{},"key":true}}})");
    EXPECT_EQ(with_keys(R"({"properties":null})", {"a"}),
              R"({"properties":null,"properties":{"a":{"key":true}}})");
    EXPECT_EQ(with_keys("{ \"x\" : 1 }", {"a"}), R"({ "x" : 1,"properties":{"a":{"key":true}} })");
    EXPECT_EQ(with_keys("[]", {"a"}), "json-syntax");
    EXPECT_EQ(with_keys("{", {}), "json-syntax");
}

TEST(MessageFormat, PutsEveryTextOnOneLine) {
    std::string lines;
    const MessageFormat format;
    ASSERT_TRUE(
        format.append_record(lines, "a\nb", "{\n  \"x\": \"1 \\\" \\n 2\",\r\n\t\"y\": [ ] }"));
    ASSERT_TRUE(format.append_state(lines, "{ \"x\": 1.0 }"));
    EXPECT_EQ(
        lines,
        "{\"type\":\"RECORD\",\"stream\":\"a\\nb\",\"record\":{\"x\":\"1 \\\" \\n 2\",\"y\":[]}}\n"
        "{\"type\":\"STATE\",\"value\":{ \"x\": 1.0 }}\n");
}

TEST(MessageFormat, AppendsNothingOfWhatItRefuses) {
    std::string lines;
    const MessageFormat format;
    EXPECT_FALSE(format.append_record(lines, "s", "{\"x\":\"\n\"}"));
    EXPECT_FALSE(format.append_record(lines, "\xff", "{}"));
    EXPECT_FALSE(format.append_state(lines, "{\n"));
    EXPECT_FALSE(format.append_schema(lines, "s", "{\n", {}, {}));
    EXPECT_FALSE(format.append_schema(lines, "s", "{}", {"\xff"}, {}));
    EXPECT_EQ(lines, "");
}

TEST(MessageWriter, IsReadBackByTheParser) {
    const std::string schema = R"({"properties":{"a":{"type":"integer"}}})";
    for (const Dialect dialect : {Dialect::Singer, Dialect::Year2017}) {
        auto pipe = make_pipe();
        ASSERT_TRUE(pipe);
        MessageWriter writer(pipe->write.get(), dialect);
        ASSERT_TRUE(writer.schema("s\xc3\xa9\"", schema, {"a"}, {}));
        ASSERT_TRUE(writer.record("s\xc3\xa9\"", R"({"a":1})"));
        ASSERT_TRUE(writer.state(R"({"b" : 1.0})"));
        pipe->write.reset();

        ChunkReader reader(pipe->read.get());
        const auto read = reader.read_some();
        ASSERT_TRUE(read && read->chunk != nullptr);
        LineSplitter lines(*read->chunk);
        Parsing parse;
        auto message = parse(*lines.next());
        ASSERT_TRUE(message);
        EXPECT_EQ((*message)->stream, "s\xc3\xa9\"");
        if (dialect == Dialect::Singer) {
            EXPECT_EQ((*message)->schema, schema);
            EXPECT_EQ((*message)->key, std::vector<std::string>{"a"});
        } else {
            EXPECT_EQ((*message)->schema, *schema_with_keys(schema, {"a"}));
            EXPECT_FALSE((*message)->key);
        }
        message = parse(*lines.next());
        ASSERT_TRUE(message);
        EXPECT_EQ((*message)->record, R"({"a":1})");
        message = parse(*lines.next());
        ASSERT_TRUE(message);
        EXPECT_EQ((*message)->state, R"({"b" : 1.0})");
        EXPECT_FALSE(lines.next());
    }
}

TEST(MessageWriter, GathersRecordsUntilAState) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    ASSERT_EQ(::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK), 0);
    MessageWriter writer(pipe->write.get());
    ChunkReader reader(pipe->read.get());
    ASSERT_TRUE(writer.record("s", "{}"));
    EXPECT_EQ(reader.read_some()->chunk, nullptr);
    ASSERT_TRUE(writer.state("1"));
    EXPECT_NE(reader.read_some()->chunk, nullptr);
}

TEST(MessageWriter, FailsWhereNobodyReadsAnyMore) {
    const auto old = std::signal(SIGPIPE, SIG_IGN);
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    pipe->read.reset();
    MessageWriter writer(pipe->write.get());
    ASSERT_TRUE(writer.record("s", "{}"));
    const auto written = writer.state("1");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().id, "output-closed");
    EXPECT_FALSE(writer.record("s", "{}"));
    EXPECT_FALSE(writer.flush());
    std::signal(SIGPIPE, old);
}

TEST(MessageWriter, FailsWhereTheDiskIsFull) {
    const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    MessageWriter writer(full.get());
    const auto written = writer.state("1");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().id, "disk-full");
}

TEST(MessageWriter, HandsProgressOn) {
    std::uint64_t seen = 0;
    MessageWriter writer(-1, Dialect::Singer,
                         [&](const Progress& progress) { seen = progress.records; });
    Progress progress;
    progress.records = 41;
    writer.progress(progress);
    EXPECT_EQ(seen, 41U);
}

}  // namespace
}  // namespace streams
