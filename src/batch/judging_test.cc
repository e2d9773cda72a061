// A record is judged alike, whether its values are stored, only looked at, or go on as bytes.

#include <array>
#include <string>
#include <string_view>

#include "batch/numbers.h"
#include "batch/test_loading.h"

namespace streams {
namespace {

constexpr std::array<std::string_view, 12> kProperties = {
    R"({"type":["null","string"]})",
    R"({"type":"string","format":"date-time"})",
    R"({"type":"string","format":"uuid"})",
    R"({"type":"string","contentEncoding":"base64"})",
    R"({"type":"integer"})",
    R"({"type":["null","number"]})",
    R"({"type":"number","multipleOf":0.01})",
    R"({"type":"boolean"})",
    R"({"type":["string","integer"]})",
    R"({"type":["object","array"]})",
    R"({"type":"string","maxLength":3})",
    R"({})",
};

constexpr std::array<std::string_view, 34> kValues = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "7",
    "1.0",
    "1.5",
    "12.345",
    "1e2",
    "9223372036854775808",
    "0.1234567890123456789",
    "1e400",
    R"("")",
    R"("abc")",
    R"("abcd")",
    R"("tab\tand \u00e9, \ud83d\ude00")",
    R"("half \ud83d")",
    R"("2024-02-29T12:34:56.1234567Z")",
    R"("2024-02-30T12:34:56Z")",
    R"("2024-02-29T12:34:56")",
    R"("AQID")",
    R"("123e4567-e89b-12d3-a456-426614174000")",
    R"({"a":[1,"]"]})",
    R"([])",
    // No JSON.
    "01",
    "1.",
    ".5",
    "1e",
    "-",
    "1 2",
    R"("\x")",
    R"("\u12g4")",
    "tru",
};

Loading loading(std::string_view property, Takes takes) {
    auto shape = Shape::declared("s", schema_of(property), {}, {});
    EXPECT_TRUE(shape);
    return Loading(*std::move(shape), takes);
}

std::string judged(Loading& loading, std::string_view value) {
    const auto verdict = loading.add("{\"v\":" + std::string(value) + "}");
    return std::to_string(static_cast<int>(verdict)) + " " + loading.error + " " + loading.what;
}

TEST(Judging, SaysTheSameInADryRunAsWhenValuesAreStored) {
    for (const auto property : kProperties) {
        auto stored = loading(property, {});
        auto dry = loading(property, {.values = false});
        for (const auto value : kValues) {
            EXPECT_EQ(judged(dry, value), judged(stored, value)) << property << " " << value;
        }
    }
}

// Bytes that go on as they are need no room in a column.
TEST(Judging, SaysTheSameOfRecordsThatGoOnAsBytes) {
    for (const auto property : kProperties) {
        auto stored = loading(property, {});
        auto bytes = loading(property, {.columns = false, .records = true});
        for (const auto value : kValues) {
            const auto expected = judged(stored, value);
            if (stored.error == "number-room") continue;
            EXPECT_EQ(judged(bytes, value), expected) << property << " " << value;
        }
    }
}

TEST(Judging, HoldsNothingInADryRun) {
    auto dry = loading(R"({"type":["null","string"],"format":"date"})", {.values = false});
    for (int i = 0; i < 1'000; ++i) dry.add(R"({"v":"2024-02-29","w":1.0,"x":"text"})");
    EXPECT_EQ(dry.builder().rows(), 1'000U);
    EXPECT_EQ(dry.builder().bytes(), 0U);
}

TEST(Judging, StepsOverTheNumbersThatAreRead) {
    for (const auto value : kValues) {
        const std::string text = std::string(value) + "," + std::string(32, ' ');
        const char* const end = text.data() + value.size();
        NumberText number;
        const bool is_number = scan_number(text.data(), end, number) && number.end == end;
        EXPECT_EQ(skip_number(text) == end, is_number) << value;
    }
}

}  // namespace
}  // namespace streams
