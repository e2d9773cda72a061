// What schemas ask of values besides their kind, through records.

#include <string>
#include <string_view>

#include "batch/test_loading.h"

namespace streams {
namespace {

// `ok`, or why a value of the property is refused.
std::string judge(std::string_view property, std::string_view value) {
    auto loading = Loading::declared(schema_of(property));
    const Verdict verdict = loading.add("{\"v\":" + std::string(value) + "}");
    if (verdict == Verdict::Stored) return "ok";
    const std::string front = "stream \"s\", field \"v\": ";
    return loading.what.starts_with(front) ? loading.what.substr(front.size()) : loading.error;
}

TEST(Validation, HoldsNumbersToTheirBounds) {
    EXPECT_EQ(judge(R"({"type":"integer","minimum":3})", "3"), "ok");
    EXPECT_EQ(judge(R"({"type":"integer","minimum":3})", "2"), "2 is less than the minimum 3");
    EXPECT_EQ(judge(R"({"minimum":3,"exclusiveMinimum":true})", "3"),
              "3 is not more than the exclusive minimum 3");
    EXPECT_EQ(judge(R"({"exclusiveMaximum":3})", "2.9"), "ok");
    EXPECT_EQ(judge(R"({"exclusiveMaximum":3})", "3.0"),
              "3.0 is not less than the exclusive maximum 3");
    constexpr std::string_view kBigint =
        R"({"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807})";
    EXPECT_EQ(judge(kBigint, "9223372036854775807"), "ok");
    EXPECT_EQ(judge(kBigint, "-9223372036854775808"), "ok");
    EXPECT_EQ(judge(kBigint, "9223372036854775808"),
              "9223372036854775808 is more than the maximum 9223372036854775807");
    EXPECT_EQ(judge(R"({"maximum":1e62,"type":"number"})", "1e400"),
              "1e400 is more than the maximum 1e+62");
}

TEST(Validation, HoldsTextsToTheirLengthInCharacters) {
    EXPECT_EQ(judge(R"({"type":"string","maxLength":2})", R"("\ud83d\ude00é")"), "ok");
    EXPECT_EQ(judge(R"({"type":"string","maxLength":2})", R"("abc")"),
              "a text of 3 characters is longer than 2");
    EXPECT_EQ(judge(R"({"type":"string","minLength":1})", R"("")"),
              "a text of 0 characters is shorter than 1");
}

TEST(Validation, MatchesPatternsInLinearTime) {
    EXPECT_EQ(judge(R"({"type":"string","pattern":"^a+$"})", R"("\u0061a")"), "ok");
    EXPECT_EQ(judge(R"({"type":"string","pattern":"^a+$"})", R"("ab")"),
              R"("ab" does not match the pattern ^a+$)");
    const std::string text = "\"" + std::string(100'000, 'a') + "!\"";
    EXPECT_NE(judge(R"({"type":"string","pattern":"^(a+)+$"})", text), "ok");
    const auto ahead = Shape::declared("s", schema_of(R"({"pattern":"^(?!x)a$"})"), {}, {});
    ASSERT_FALSE(ahead);
    EXPECT_EQ(ahead.error().id, "schema-pattern");
}

TEST(Validation, LooksIntoObjectsAndArrays) {
    constexpr std::string_view kOrders =
        R"({"type":"object","required":["items"],"properties":{"items":{"type":"array",
            "maxItems":2,"items":{"type":"object","additionalProperties":false,
            "properties":{"n":{"type":["null","integer"]}}}}}})";
    EXPECT_EQ(judge(kOrders, R"({ "items" : [ {"n":1} , {"n":null} ], "x": "]}" })"), "ok");
    EXPECT_EQ(judge(kOrders, R"({"items":[{},{"n":"1"}]})"),
              R"(at items/1/n: an integer or null was promised, "1" came)");
    EXPECT_EQ(judge(kOrders, R"({"items":[{"m":1}]})"), R"(at items/0: "m" is not allowed)");
    EXPECT_EQ(judge(kOrders, R"({"items":[{},{},{}]})"), "at items: 3 items are more than 2");
    EXPECT_EQ(judge(kOrders, "{}"), R"("items" is missing)");
}

TEST(Validation, TakesOneOfTheValuesThatAreListed) {
    EXPECT_EQ(judge(R"({"enum":["a","b"]})", R"("\u0062")"), "ok");
    EXPECT_EQ(judge(R"({"enum":["a","b"]})", R"("c")"),
              R"("c" is none of the values that are allowed)");
    EXPECT_EQ(judge(R"({"const":{"a":1,"b":[2]}})", R"({"b":[2.0],"a":1})"), "ok");
    EXPECT_EQ(judge(R"({"enum":[1,2]})", "1.0"), "ok");
}

TEST(Validation, FollowsSchemasThatContainThemselves) {
    auto loading = Loading::declared(R"({"properties":{"v":{"$ref":"#/definitions/tree"}},
        "definitions":{"tree":{"type":"object","properties":{
            "n":{"type":"integer"},"child":{"$ref":"#/definitions/tree"}}}}})");
    EXPECT_EQ(loading.add(R"({"v":{"n":1,"child":{"n":2,"child":{}}}})"), Verdict::Stored);
    EXPECT_EQ(loading.add(R"({"v":{"n":1,"child":{"n":2,"child":{"n":"3"}}}})"), Verdict::Refused);
    EXPECT_EQ(loading.error, "record-schema");
    const auto astray = Shape::declared(
        "s", schema_of(R"({"properties":{"a":{"items":{"$ref":"http://localhost/x"}}}})"), {}, {});
    ASSERT_FALSE(astray);
    EXPECT_EQ(astray.error().id, "schema-ref");
}

}  // namespace
}  // namespace streams
