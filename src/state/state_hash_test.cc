#include "state/state_hash.h"

#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "state/canonical_json.h"

namespace streams {
namespace {

std::string canonical(std::string_view text) {
    auto written = canonical_json(text);
    return written ? *written : written.error().id;
}

TEST(CanonicalJson, HasOneSpellingForANumber) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"1", "1"},
        {"1.0", "1"},
        {"1e0", "1"},
        {"10e-1", "1"},
        {"0.1E+1", "1"},
        {"-0", "0"},
        {"-0.0e99", "0"},
        {"0", "0"},
        {"1500", "15e2"},
        {"-1.50", "-15e-1"},
        {"0.001", "1e-3"},
        {"9007199254740993", "9007199254740993"},
        {"1.00000000000000000000000000000000000001", "100000000000000000000000000000000000001e-38"},
        {"1e400", "1e400"},
        {"10e99999999999999999999", "1e100000000000000000000"},
        {"0.1e100000000000000000000", "1e99999999999999999999"},
        {"0.01e-99999999999999999999", "1e-100000000000000000001"},
        {"100e-100000000000000000000", "1e-99999999999999999998"},
        {"1e00000000000000000000000000007", "1e7"},
        {"1e-00000000000000000000000000000", "1"},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(canonical(text), expected) << text;
}

TEST(CanonicalJson, OrdersMembersByTheBytesOfTheirNames) {
    EXPECT_EQ(canonical(R"({"b":1,"a":{"z":[],"é":null},"":true,"B":false,"\u0061b":0})"),
              R"({"":true,"B":false,"a":{"z":[],"é":null},"ab":0,"b":1})");
}

TEST(CanonicalJson, KeepsTheLastOfMembersWithOneName) {
    EXPECT_EQ(canonical(R"({"a":1,"b":2,"\u0061":3,"a":[4]})"), R"({"a":[4],"b":2})");
}

TEST(CanonicalJson, WritesStringsWithTheFewestEscapes) {
    EXPECT_EQ(canonical(R"( "\u00e9\/\n\u000A\u001f\"\\ \ud83d\ude00" )"),
              "\"é/\\n\\n\\u001f\\\"\\\\ \xf0\x9f\x98\x80\"");
    EXPECT_NE(canonical(R"("\ud800")"), canonical(R"("\udc00")"));
}

TEST(CanonicalJson, RefusesWhatIsNotJson) {
    EXPECT_EQ(canonical("{\"a\":1"), "json-syntax");
    EXPECT_EQ(canonical("{} {}"), "json-syntax");
    EXPECT_EQ(canonical(""), "json-syntax");
    EXPECT_EQ(canonical("\"\xff\""), "utf8");
    EXPECT_EQ(canonical(std::string(1'025, '[') + std::string(1'025, ']')), "json-depth");
    EXPECT_EQ(canonical(std::string(1'024, '[') + std::string(1'024, ']')).size(), 2'048U);
}

TEST(StateHash, IsSha256OfTheCanonicalForm) {
    // printf '{"commits":"x","n":15e-1}' | sha256sum
    EXPECT_EQ(*state_hash(R"({ "n" : 1.50, "commits" : "x" })"),
              "295689911f46415504affa4331324a98832c545938ad66627bd00c98d1ba72f5");
}

TEST(StateHash, IsEqualForEqualValuesAndNoOthers) {
    EXPECT_EQ(*state_hash(R"({"a":1,"b":null})"), *state_hash(R"({"b":null,"a":1.0})"));
    EXPECT_NE(*state_hash(R"({"a":1})"), *state_hash(R"({"a":"1"})"));
    EXPECT_NE(*state_hash(R"([1,2])"), *state_hash(R"([2,1])"));
    EXPECT_NE(*state_hash(R"({"a":null})"), *state_hash(R"({})"));
}

// Quadratic time would not end.
TEST(StateHash, TakesTenMillionDigitsWithoutExpandingThem) {
    const std::string digits(10'000'000, '7');
    EXPECT_EQ(*state_hash(digits), *state_hash(digits + ".000e0"));
    EXPECT_TRUE(state_hash("1e999999999999999999999999"));
}

}  // namespace
}  // namespace streams
