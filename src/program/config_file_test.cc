#include "program/config_file.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace streams {
namespace {

std::string parsed(std::string_view text) {
    const auto value = parse_config(text, "c.yaml");
    return value ? value->dump() : value.error().what;
}

TEST(ConfigFile, ReadsYamlByTheCoreSchema) {
    EXPECT_EQ(
        parsed("a: no\nb: 0x1F\nc: ~\nd: \"5\"\ne: -1.5e3\nf: 1.2.3\ng: !!str 7\nh:\ni: 007\n"),
        R"({"a":"no","b":31,"c":null,"d":"5","e":-1500.0,"f":"1.2.3","g":"7","h":null,"i":7})");
    EXPECT_EQ(parsed("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n"),
              R"({"x":{"a":1,"b":2},"y":{"a":1,"b":3}})");
    EXPECT_EQ(parsed("a: .inf\nb: 1-2\nc: 2020-01-01\n"),
              R"({"a":".inf","b":"1-2","c":"2020-01-01"})");
}

TEST(ConfigFile, RefusesWhatIsNoOneDocument) {
    EXPECT_NE(parsed("a: 1\n---\nb: 2\n").find("one YAML document"), std::string::npos);
    EXPECT_NE(parsed("a: 1\na: 2\n").find("c.yaml:2:1: a key comes twice"), std::string::npos);
}

TEST(ConfigFile, StopsAtABillionLaughs) {
    std::string bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
    for (int level = 1; level < 10; ++level) {
        const auto before = "*a" + std::to_string(level - 1);
        bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + before;
        for (int again = 0; again < 9; ++again) bomb += ", " + before;
        bomb += "]\n";
    }
    EXPECT_NE(parsed(bomb).find("too many values"), std::string::npos);
}

TEST(ConfigFile, StopsAtDeepNestingAndAtLoops) {
    EXPECT_NE(parsed(std::string(100'000, '[')).find("c.yaml"), std::string::npos);
    EXPECT_NE(parsed("a: &a [*a]\n").find("c.yaml"), std::string::npos);
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    const auto json = parse_config(deep, "c.json");
    ASSERT_FALSE(json);
    EXPECT_EQ(json.error().what, "c.json:1:101: nested too deeply");
}

TEST(ConfigFile, TellsJsonFromYamlByItsFirstCharacter) {
    EXPECT_EQ(parse_config(" {\"a\": 1}", "settings").value().dump(), R"({"a":1})");
    EXPECT_EQ(parse_config("\xEF\xBB\xBF{\"a\": 1}", "settings").value().dump(), R"({"a":1})");
    EXPECT_EQ(parse_config("a: 1", "settings").value().dump(), R"({"a":1})");
}

}  // namespace
}  // namespace streams
