#include "manifest/json.h"

#include <gtest/gtest.h>

namespace streams::manifest {
namespace {

TEST(Json, LeavesAsItCame) {
    for (const std::string text :
         {R"({"b":1.10,"a":[true,false,null,"é\u0001\\\"\n"],"n":12345678901234567890123})",
          "1e400", "-0", "1E5", "[]", "{}", R"([{"x":{}}])"}) {
        const auto json = parse_json(text);
        ASSERT_TRUE(json) << text;
        EXPECT_EQ(json->dump(), text);
    }
}

TEST(Json, DropsBlanksAndWritesEscapesAsCharacters) {
    EXPECT_EQ(parse_json(" { \"a\" : \"\\u00e9\\ud83d\\ude00\\/\" } \n")->dump(),
              "{\"a\":\"\xc3\xa9\xf0\x9f\x98\x80/\"}");
    EXPECT_EQ(parse_json(R"("\ud83dx")")->text(), "\xef\xbf\xbdx");
}

TEST(Json, RefusesWhatIsNotJson) {
    for (const std::string text :
         {"", "[1,]", "{\"a\"}", "01", "1.", "1e", "nul", "\"a", "\"\x01\"", "\"\xff\"", "[1",
          "1 2", "'a'", "{\"a\":1,}", "\"\\x\"", "\"\\u12\"", "-", "\"\xed\xa0\x80\""}) {
        const auto json = parse_json(text);
        ASSERT_FALSE(json) << text;
        EXPECT_EQ(json.error().id, "json-syntax");
    }
    EXPECT_FALSE(parse_json(std::string(100000, '[')));
}

TEST(Json, SetsAMemberWhereItStands) {
    Json json = *parse_json(R"({"a":1,"b":2})");
    json.set("a", Json::text("x"));
    json.set("c", Json::integer(-3));
    json.remove("b");
    EXPECT_EQ(json.dump(), R"({"a":"x","c":-3})");
}

TEST(Json, KnowsWhatPythonCallsTrue) {
    for (const std::string text : {"null", "false", "0", "0.0", "-0e5", "\"\"", "[]", "{}"}) {
        EXPECT_FALSE(parse_json(text)->is_truthy()) << text;
    }
    for (const std::string text : {"true", "0.1", "\"0\"", "[0]", "1e-9"}) {
        EXPECT_TRUE(parse_json(text)->is_truthy()) << text;
    }
}

}  // namespace
}  // namespace streams::manifest
