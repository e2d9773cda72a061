#include "message/message_parser.h"

#include <gtest/gtest.h>

#include "message/record_collector.h"

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

}  // namespace
}  // namespace streams
