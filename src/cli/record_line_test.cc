#include "cli/record_line.h"

#include <gtest/gtest.h>

namespace streams {
namespace {

TEST(RecordLine, TellsWhatAPersonKnowsARecordBy) {
    EXPECT_EQ(record_line(R"({"type":"RECORD","stream":"users","record":{"url":"https://x/81",)"
                          R"("id":"u_81","name":"Ana\nOrtiz","tags":["a"],"age":41,"gone":null}})"),
              "id  u_81   name  Ana\\x0aOrtiz   age  41");
    EXPECT_EQ(record_line(R"({"type":"RECORD","stream":"users","record":{"tags":[]}})"), "{}");
}

TEST(RecordLine, IsEmptyForAnythingElse) {
    EXPECT_EQ(record_line(R"({"type":"STATE","value":{"a":1}})"), "");
    EXPECT_EQ(record_line(R"({"type":"RECORD","stream":"users"})"), "");
    EXPECT_EQ(record_line("no json"), "");
}

}  // namespace
}  // namespace streams
