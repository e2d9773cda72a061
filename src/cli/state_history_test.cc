#include "cli/state_history.h"

#include <gtest/gtest.h>

namespace streams {
namespace {

constexpr std::string_view kLines =
    R"({"commit":1,"time":"2026-11-20T09:14:03.000000Z","run":"r1","reason":"","rows":{"issues":13,"a,\"state\":{}},\"state\":1":40,"none":0},"state":{"id":1.0000000000000000001}}
{"commit":2,"time":"2026-11-20T10:00:00.000000Z","run":"","reason":"reset","rows":{},"state":null}
)";

TEST(StateHistory, TakesTheStateByteForByte) {
    const auto past = read_history(kLines).value();
    ASSERT_EQ(past.size(), 2U);
    EXPECT_EQ(past[0].commit, 1);
    EXPECT_EQ(past[0].state, R"({"id":1.0000000000000000001})");
    EXPECT_EQ(past[1].state, "null");
    EXPECT_EQ(past[1].reason, "reset");
    EXPECT_EQ(read_history("{}\n").error().id, "answer-not-json");
}

TEST(StateHistory, IsALinePerCommitTheNewestFirst) {
    auto past = read_history(kLines).value();
    past[0].rows = "issues 13";
    EXPECT_EQ(history_table(past),
              "  2   2026-11-20 10:00:00Z   reset                null\n"
              "  1   2026-11-20 09:14:03Z   run r1   issues 13   {\"id\":1.0000000000000000001}\n");
}

TEST(StateHistory, ADifferenceNamesEachPlaceThatChanged) {
    EXPECT_EQ(state_difference(R"({"a":1,"b":{"x":"2022","y":null},"gone":2})",
                               R"({"b":{"y":null,"x":"2023"},"a":1,"new":[1]})"),
              "~ b.x  \"2022\" -> \"2023\"\n- gone  2\n+ new  [1]\n");
    EXPECT_EQ(state_difference("null", R"({"a":1})"), "+ a  1\n");
    EXPECT_EQ(state_difference(R"({"a":1,"b":2})", R"({"b":2,"a":1})"), "");
}

}  // namespace
}  // namespace streams
