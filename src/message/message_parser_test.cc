#include "message/message_parser.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "message/record_collector.h"
#include "message/test_input.h"

namespace streams {
namespace {

TEST(MessageParser, HandsOnTheBytesOfARecordExactly) {
    Parsing parse;
    const auto message =
        parse(R"({"type":"RECORD","stream":"a","record": { "x" : [1, {}] } , "version" : 7 })");
    ASSERT_TRUE(message) << message.error().what;
    EXPECT_EQ((*message)->type, MessageType::Record);
    EXPECT_EQ((*message)->stream, "a");
    EXPECT_EQ((*message)->record, R"({ "x" : [1, {}] })");
    EXPECT_EQ((*message)->version, 7);
    EXPECT_EQ(parse.records.rows, std::vector<std::string>{R"(a { "x" : [1, {}] })"});
    EXPECT_EQ(parse.records.reads, 1);
}

TEST(MessageParser, ReadsARecordAgainWhoseStreamComesLater) {
    Parsing parse;
    ASSERT_TRUE(parse(R"({"record":{"x":1},"type":"RECORD","stream":"b"})"));
    EXPECT_EQ(parse.records.rows, std::vector<std::string>{R"(b {"x":1})"});
}

TEST(MessageParser, LetsTheLastOfDuplicateMembersWin) {
    Parsing parse;
    ASSERT_TRUE(parse(R"({"type":"RECORD","stream":"a","record":{"x":1},"record":{"x":2}})"));
    ASSERT_TRUE(parse(R"({"type":"RECORD","stream":"a","record":{"x":3},"stream":"b"})"));
    EXPECT_EQ(parse.records.rows, (std::vector<std::string>{R"(a {"x":2})", R"(b {"x":3})"}));
    const auto state =
        parse(R"({"type":"RECORD","stream":"a","record":{"x":4},"type":"STATE","value":5})");
    ASSERT_TRUE(state);
    EXPECT_EQ((*state)->type, MessageType::State);
    EXPECT_EQ((*state)->state, "5");
    EXPECT_EQ(parse.records.rows.size(), 2U);
    EXPECT_FALSE(parse.records.is_open());
}

TEST(MessageParser, RefusesWhatFollowsTheObject) {
    Parsing parse;
    EXPECT_EQ(parse.id_of_error(R"({"type":"RECORD","stream":"a","record":{}} {})"), "json-syntax");
    EXPECT_EQ(parse.parser().column_of_error(), 43);
    EXPECT_TRUE(parse.records.rows.empty());
    EXPECT_FALSE(parse.records.is_open());
}

// What a message says, in one line.
std::string told(const Message& message) {
    constexpr std::array<const char*, 8> kTypes = {"RECORD",           "SCHEMA", "STATE",
                                                   "ACTIVATE_VERSION", "BATCH",  "STRUCTURE",
                                                   "unknown",          "nothing"};
    std::string text = kTypes[static_cast<std::size_t>(message.type)];
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) text += ' ' + std::string(name) + '=' + std::string(value);
    };
    const auto list = [](const std::vector<std::string>& names) {
        std::string joined = "[";
        for (const auto& name : names) joined += name + ',';
        return joined + ']';
    };
    add("type_text", message.type_text);
    add("stream", message.stream);
    add("record", message.record);
    add("schema", message.schema);
    add("state", message.state);
    if (message.key) add("key", list(*message.key));
    if (!message.bookmarks.empty()) add("bookmarks", list(message.bookmarks));
    if (message.version) add("version", std::to_string(*message.version));
    add("time", message.time_extracted);
    return text;
}

std::string told(std::string_view line) {
    Parsing parse;
    const auto message = parse(line);
    EXPECT_FALSE(parse.records.is_open()) << line;
    if (!message) return message.error().id;
    const bool is_record = (*message)->type == MessageType::Record;
    EXPECT_EQ(parse.records.rows.size(), is_record ? 1U : 0U) << line;
    if (is_record) {
        EXPECT_EQ(parse.records.rows[0],
                  (*message)->stream + ' ' + std::string((*message)->record));
    }
    return told(**message);
}

TEST(MessageParser, ReadsEveryTypeInAnyCase) {
    EXPECT_EQ(told(R"({"type":"record","stream":"s","record":{}})"), "RECORD stream=s record={}");
    EXPECT_EQ(told(R"({"type":"ReCoRd","stream":"s","record":{}})"), "RECORD stream=s record={}");
    EXPECT_EQ(told(R"({"type":"Schema","stream":"s","schema":{}})"), "SCHEMA stream=s schema={}");
    EXPECT_EQ(told(R"({"type":"state","value":{"a":1}})"), "STATE state={\"a\":1}");
    EXPECT_EQ(told(R"({"type":"BookMark","value":null})"), "STATE state=null");
    EXPECT_EQ(told(R"({"type":"activate_version","stream":"s","version":-9223372036854775808})"),
              "ACTIVATE_VERSION stream=s version=-9223372036854775808");
    EXPECT_EQ(told(R"({"type":"BATCH","stream":"s","manifest":["file:///etc/passwd"]})"),
              "BATCH stream=s");
    EXPECT_EQ(told(R"({"type":"Structure","structure":{}})"), "STRUCTURE");
    EXPECT_EQ(told(R"({"type":"Records","stream":"s","record":{}})"), "unknown type_text=Records");
}

TEST(MessageParser, ReadsEveryWayToNameAKey) {
    EXPECT_EQ(told(R"({"type":"SCHEMA","stream":"s","schema":{},"key_properties":["a","\u0062"]})"),
              "SCHEMA stream=s schema={} key=[a,b,]");
    EXPECT_EQ(told(R"({"type":"SCHEMA","stream":"s","schema":{},"key_properties":"id"})"),
              "SCHEMA stream=s schema={} key=[id,]");
    EXPECT_EQ(told(R"({"type":"SCHEMA","stream":"s","schema":{},"key_properties":[]})"),
              "SCHEMA stream=s schema={} key=[]");
    EXPECT_EQ(told(R"({"type":"SCHEMA","stream":"s","schema":{},"key_properties":null})"),
              "SCHEMA stream=s schema={}");
    EXPECT_EQ(told(R"({"type":"RECORD","stream":"s","key_fields":["a"],"record":{}})"),
              "RECORD stream=s record={} key=[a,]");
    EXPECT_EQ(told(R"({"type":"RECORD","stream":"s","record":{},"schema":{"properties":{}}})"),
              "RECORD stream=s record={} schema={\"properties\":{}}");
    EXPECT_EQ(told(R"({"type":"SCHEMA","stream":"s","schema":{},"bookmark_properties":["u"]})"),
              "SCHEMA stream=s schema={} bookmarks=[u,]");
    EXPECT_EQ(told(R"({"type":"SCHEMA","stream":"s","schema":{},"bookmark_properties":"u"})"),
              "SCHEMA stream=s schema={} bookmarks=[u,]");
}

TEST(MessageParser, ReadsVersionAndTimeOfARecord) {
    const std::string expected =
        "RECORD stream=s record={} version=5 time=2017-01-01T00:00:00+00:00";
    EXPECT_EQ(told(R"({"type":"RECORD","stream":"s","record":{},"version":5,)"
                   R"("time_extracted":"2017-01-01T00:00:00+00:00"})"),
              expected);
    EXPECT_EQ(told(R"({"type":"RECORD","stream":"s","record":{},"version":5,)"
                   R"("time_extracted":"2017-01-01T00:00:00\u002b00:00"})"),
              expected);
    EXPECT_EQ(told(R"({"type":"RECORD","stream":"s","record":{},"version":null,)"
                   R"("time_extracted":null})"),
              "RECORD stream=s record={}");
}

TEST(MessageParser, ReadsNamesWithEscapes) {
    EXPECT_EQ(told(R"({"\u0074ype":"RECORD","stre\u0061m":"\u0073","record":{}})"),
              "RECORD stream=s record={}");
    EXPECT_EQ(told(R"({"type":"\u0052ECORD","stream":"s","record":{}})"),
              "RECORD stream=s record={}");
    EXPECT_EQ(told(R"({"type":"STATE","value":1,"v\u0061lue":2})"), "STATE state=2");
}

TEST(MessageParser, SurvivesTheTrapsOfTheOfficialText) {
    EXPECT_EQ(told(R"({"type":"SCHEMA","stream":"s","schema":{},"record":{"id":1}})"),
              "SCHEMA stream=s schema={}");
    EXPECT_EQ(told(R"({"type":"RECORD","stream": "stream": "users","record":{}})"), "json-syntax");
}

// Every line here means the same when it is read the fast and the slow way.
TEST(MessageParser, AgreesWithItselfOnBothWays) {
    const std::vector<std::string> lines = {
        R"({"type":"RECORD","stream":"a","record":{"x":1}})",
        R"( { "type" : "RECORD" , "stream" : "a" , "record" : { "x" : 1 } } )",
        R"({"stream":"a","type":"RECORD","record":{}})",
        R"({"record":{},"stream":"a","type":"RECORD"})",
        R"({"type":"RECORD","record":{},"stream":"a"})",
        R"({"type":"RECORD","stream":"a","stream":"b","record":{}})",
        R"({"type":"RECORD","stream":"a","record":{"x":1},"stream":"b"})",
        R"({"type":"RECORD","stream":"a","record":{},"record":5})",
        R"({"type":"RECORD","stream":"a","record":5,"record":{}})",
        R"({"type":"RECORD","stream":5,"stream":"a","record":{}})",
        R"({"type":"RECORD","stream":"a","record":{},"type":"STATE","value":1})",
        R"({"type":"STATE","type":"RECORD","stream":"a","record":{}})",
        R"({"type":"RECORD","stream":"a","record":{},"type":null})",
        R"({"type":"RECORD","stream":"a","record":{},"version":1,"version":2})",
        R"({"type":"RECORD","stream":"a","record":{},"version":1,"version":null})",
        R"({"type":"RECORD","stream":"a","record":{},"version":1.0})",
        R"({"type":"RECORD","stream":"a","record":{},"version":"1"})",
        R"({"type":"RECORD","stream":"a","record":{},"version":9223372036854775808})",
        R"({"type":"RECORD","stream":"a","record":{},"version":01})",
        R"({"type":"RECORD","stream":"a","record":{},"time_extracted":5})",
        R"({"type":"RECORD","stream":"a","record":{},"time_extracted":"a","time_extracted":"b"})",
        R"({"type":"RECORD","stream":"a","record":{},"time_extracted":""})",
        R"({"type":"RECORD","stream":"","record":{}})",
        R"({"type":"RECORD","stream":"\"\\\/\u00e9","record":{}})",
        R"({"type":"RECORD","stream":"\ud800","record":{}})",
        R"({"type":"RECORD","stream":"a","record":{"\u0061":1,"a":"\ud800"}})",
        R"({"type":"RECORD","stream":"a","record":{"a":1e400,"b":-0.0,"c":123456789012345678901}})",
        R"({"type":"RECORD","stream":"a","record":{"a":[[],{},[{}]]},"x":{}})",
        R"({"type":"RECORD","stream":"a","record":[]})",
        R"({"type":"RECORD","stream":"a","record":null})",
        R"({"type":"RECORD","stream":"a"})",
        R"({"type":"RECORD","record":{}})",
        R"({"type":"RECORD","stream":"a","record":{}}})",
        R"({"type":"RECORD","stream":"a","record":{}},)",
        R"({"type":"RECORD","stream":"a","record":{}} x)",
        R"({"type":"RECORD","stream":"a","record":{})",
        R"({"type":"RECORD","stream":"a","record":{},})",
        R"({"type":"RECORD","stream":"a","record":{"x"}})",
        R"({"type":"RECORD","stream":"a","record":{"x":}})",
        R"({"type":"RECORD","stream":"a","record":{"x":NaN}})",
        R"({"type":"RECORD","stream":"a","record":{"x":1]})",
        R"({"type":"RECORD","stream":"a","record":{"x":01}})",
        R"({"type":"RECORD","stream":"a","record":{"x":"\x"}})",
        R"({"type":"RECORD","stream":"a","record":{"x\":1}})",
        R"({"type":"RECORD","stream":"a" "record":{}})",
        R"({"type":"RECORD","stream":"a","record":{} "version":1})",
        R"({"type":"RECORD","stream":"a","record":{},"x":tru})",
        R"({"type":"RECORD","stream":"a","record":{},"x":Infinity})",
        "{\"type\":\"RECORD\",\"stream\":\"a\",\"record\":{\"x\":\"\x01\"}}",
        "{\"type\":\"RECORD\",\"stream\":\"a\",\"record\":{\"x\":\"\xff\"}}",
        "{\"type\":\"RECORD\",\"stream\":\"\xc0\x80\",\"record\":{}}",
        R"({"type":"RECORD","stream":"a","record":{"x":")" + std::string(1, '\0') + "\"}}",
        R"({"type":"RECORD","stream":"a","record":{}})" + std::string(1, '\0'),
        std::string(1, '\0') + R"({"type":"RECORD","stream":"a","record":{}})",
    };
    for (const auto& line : lines) {
        EXPECT_EQ(told(line), told(slow(line))) << line;
        EXPECT_TRUE(is_json(line) || told(line) == "json-syntax" || told(line) == "utf8") << line;
    }
}

TEST(MessageParser, RefusesMessagesWithoutWhatTheyNeed) {
    const std::vector<std::string> lines = {
        R"({})",
        R"({"type":null})",
        R"({"type":5})",
        R"({"stream":"a","record":{}})",
        R"({"type":"RECORD","stream":"a"})",
        R"({"type":"RECORD","stream":"a","record":[1]})",
        R"({"type":"RECORD","record":{}})",
        R"({"type":"RECORD","stream":null,"record":{}})",
        R"({"type":"RECORD","stream":"a","record":{},"schema":[]})",
        R"({"type":"RECORD","stream":"a","record":{},"key_fields":[1]})",
        R"({"type":"SCHEMA","stream":"a"})",
        R"({"type":"SCHEMA","stream":"a","schema":null})",
        R"({"type":"SCHEMA","stream":"a","schema":true})",
        R"({"type":"SCHEMA","schema":{}})",
        R"({"type":"SCHEMA","stream":"a","schema":{},"key_properties":{"a":1}})",
        R"({"type":"SCHEMA","stream":"a","schema":{},"key_properties":["a",["b"]]})",
        R"({"type":"SCHEMA","stream":"a","schema":{},"bookmark_properties":[null]})",
        R"({"type":"STATE"})",
        R"({"type":"BOOKMARK","stream":"a"})",
        R"({"type":"ACTIVATE_VERSION","stream":"a"})",
        R"({"type":"ACTIVATE_VERSION","version":1})",
        R"({"type":"ACTIVATE_VERSION","stream":"a","version":null})",
        R"({"type":"BATCH"})",
        R"([])",
        R"(5)",
        R"("text")",
        R"(null)",
    };
    for (const auto& line : lines) EXPECT_EQ(told(line), "message-shape") << line;
}

TEST(MessageParser, SaysWhatIsWrongAndWhere) {
    Parsing parse;
    auto message = parse(R"({"type":"RECORD","stream":"a","record":{"x":NaN}})");
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().kind, ErrorKind::Data);
    EXPECT_EQ(message.error().what,
              "the line is not JSON: \"NaN\" stands where a value is expected");
    EXPECT_EQ(parse.parser().column_of_error(), 44);

    message = parse(R"({"type":"SCHEMA","stream":7,"schema":{}})");
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().what, "\"stream\" of the SCHEMA is not a text");
    EXPECT_EQ(message.error().why, "it is a number: \"7\"");
    EXPECT_EQ(parse.parser().column_of_error(), 26);

    message = parse("{\"type\":\"STATE\",\"value\":\"\xed\xa0\x80\"}");
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().id, "utf8");
    EXPECT_EQ(parse.parser().column_of_error(), 25);

    message = parse("Starting sync of \x1b[1morders");
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().what,
              "the line is not JSON: \"Starting\" stands where an object is expected");
    EXPECT_NE(message.error().remedy.find("standard error"), std::string::npos);

    message = parse(R"({"type":"RECORD","stream":"a"})");
    EXPECT_EQ(message.error().what, "the RECORD has no \"record\"");
    EXPECT_EQ(parse.parser().column_of_error(), -1);
}

TEST(MessageParser, RefusesAirbyteByName) {
    const std::vector<std::string> lines = {
        R"({"type":"RECORD","record":{"stream":"a","data":{"x":1},"emitted_at":1}})",
        R"({"type":"STATE","state":{"type":"STREAM"}})",
        R"({"type":"LOG","log":{"level":"INFO","message":"x"}})",
        R"({"type":"TRACE","trace":{"type":"ERROR"}})",
        R"({"type":"CATALOG","catalog":{"streams":[]}})",
        R"({"type":"SPEC","spec":{}})",
        R"({"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED"}})",
        R"({"type":"CONTROL","control":{}})",
    };
    for (const auto& line : lines) EXPECT_EQ(told(line), "airbyte-protocol") << line;
    // The same words in our own dialects.
    EXPECT_EQ(told(R"({"type":"LOG","message":"x"})"), "unknown type_text=LOG");
    EXPECT_EQ(told(R"({"type":"RECORD","stream":"s","record":{"stream":"a","data":{}}})"),
              R"(RECORD stream=s record={"stream":"a","data":{}})");
    EXPECT_EQ(told(R"({"type":"STATE","value":{"state":{}},"state":{}})"),
              R"(STATE state={"state":{}})");
}

TEST(MessageParser, PassesOverBlankLines) {
    Parsing parse;
    for (const std::string_view line : {"", " ", "\t \r", "{\"type\":\"X\"}", ""}) {
        ASSERT_TRUE(parse(line)) << line;
    }
    EXPECT_EQ((*parse(""))->type, MessageType::Nothing);
}

TEST(MessageParser, ForgetsTheRowOfARefusedRecord) {
    Parsing parse;
    parse.records.refused = "bad";
    const std::string line = R"({"type":"RECORD","stream":"bad","record":{"x":1}})";
    EXPECT_EQ(parse.id_of_error(line), "record-type");
    EXPECT_FALSE(parse.records.is_open());
    EXPECT_TRUE(parse.records.rows.empty());
    // A line that is no JSON is worse than a record that is refused.
    EXPECT_EQ(parse.id_of_error(line + "x"), "json-syntax");
    EXPECT_EQ(parse.id_of_error(R"({"type":"RECORD","stream":"bad","record":{},"x":.5})"),
              "json-syntax");
    EXPECT_TRUE(parse(R"({"type":"RECORD","stream":"good","record":{}})"));
}

TEST(MessageParser, TakesNestingUpToItsLimitOnASmallStack) {
    const auto nested = [](std::size_t depth, bool objects) {
        const std::string_view open = objects ? R"({"a":)" : "[";
        std::string text;
        text.reserve(depth * (open.size() + 1) + 1);
        for (std::size_t level = 0; level < depth; ++level) text += open;
        if (objects) text += '1';
        text.append(depth, objects ? '}' : ']');
        return text;
    };
    const auto check = [&](std::size_t depth) {
        const std::string expected = depth <= kJsonDepthMax ? "" : "json-depth";
        const std::string record = nested(depth, true);
        for (const bool objects : {false, true}) {
            const std::string value = nested(depth, objects);
            const std::vector<std::string> lines = {
                R"({"type":"STATE","value":)" + value + "}",
                R"({"type":"NEWS","news":)" + value + "}",
                R"({"type":"RECORD","stream":"s","record":{},"x":)" + value + "}",
                R"({"type":"RECORD","stream":"s","record":)" + record + "}",
                R"({"type":"RECORD","record":)" + record + R"(,"stream":"s"})",
            };
            for (const auto& line : lines) {
                Parsing parse;
                const auto message = parse(line);
                EXPECT_EQ(message ? "" : message.error().id, expected) << line.substr(0, 60);
            }
            Parsing parse;
            EXPECT_FALSE(parse(std::string(depth, '[')));
        }
    };
    on_small_stack([&] {
        for (const std::size_t depth : {1U, 1'023U, 1'024U, 1'025U, 100'000U, 10'000'000U}) {
            check(depth);
        }
    });
}

// Quadratic time would not end.
TEST(MessageParser, TakesTenMillionDigitsInLinearTime) {
    const std::string digits(10'000'000, '7');
    const std::vector<std::string> lines = {
        R"({"type":"RECORD","stream":"s","record":{"x":)" + digits + "}}",
        R"({"type":"RECORD","stream":"s","record":{},"x":)" + digits + "}",
        R"({"type":"STATE","value":)" + digits + "}",
        R"({"type":"ACTIVATE_VERSION","stream":"s","version":)" + digits + "}",
    };
    for (const auto& line : lines) {
        Parsing parse;
        const auto message = parse(line);
        EXPECT_EQ(message.has_value(), !line.contains("ACTIVATE"));
    }
}

TEST(MessageParser, TakesAKeyOfTenMegabytes) {
    const std::string key(10'000'000, 'k');
    EXPECT_EQ(told(R"({"type":"NEWS",")" + key + R"(":1})"), "unknown type_text=NEWS");
    const std::string record = R"({")" + key + R"(":1})";
    EXPECT_EQ(told(R"({"type":"RECORD","stream":"s","record":)" + record + "}"),
              "RECORD stream=s record=" + record);
}

TEST(MessageParser, ReadsAMillionUnknownTypes) {
    Parsing parse;
    for (int count = 0; count < 1'000'000; ++count) {
        const auto message = parse(R"({"type":"NEWS","x":1})");
        ASSERT_TRUE(message && (*message)->type == MessageType::Unknown);
    }
    EXPECT_EQ((*parse(R"({"type":"news"})"))->type_text, "news");
}

TEST(MessageParser, ForgetsOneLineBeforeTheNext) {
    Parsing parse;
    ASSERT_TRUE(parse(R"({"type":"SCHEMA","stream":"s","schema":{},"key_properties":["a"],)"
                      R"("bookmark_properties":["b"]})"));
    auto message = parse(R"({"type":"RECORD","stream":"s","record":{},"version":1})");
    EXPECT_EQ(told(**message), "RECORD stream=s record={} version=1");
    message = parse(R"({"type":"RECORD","stream":"s","record":{}})");
    EXPECT_EQ(told(**message), "RECORD stream=s record={}");
    message = parse(R"({"type":"STATE","value":1})");
    EXPECT_EQ(told(**message), "STATE state=1");
    message = parse("");
    EXPECT_EQ(told(**message), "nothing");
}

TEST(MessageParser, TakesAHeaderAtTheStartOnly) {
    const std::string record = R"({"type":"RECORD","stream":"s","record":{}})";
    Parsing parse;
    for (const std::string& line : {std::string("stitchstream/0.1"), std::string("--"), record}) {
        EXPECT_TRUE(parse(line)) << line;
    }
    EXPECT_EQ(parse.id_of_error("stitchstream/0.1"), "json-syntax");
    Parsing later(false);
    EXPECT_EQ(later.id_of_error("stitchstream/0.1"), "json-syntax");
}

}  // namespace
}  // namespace streams
