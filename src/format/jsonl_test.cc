#include "format/jsonl.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "format/testing_batch.h"

namespace streams {
namespace {

using testing_batch::batch_of_records;

std::string written(const std::vector<std::string>& records) {
    std::string all;
    EXPECT_TRUE(make_jsonl_encoder(testing_batch::into(all))->write(batch_of_records(records)));
    return all;
}

TEST(Jsonl, WritesTheRecordsOwnBytesALineEach) {
    EXPECT_EQ(written({R"({"a":1.0})", R"({ "b" : "\u00e9" })"}),
              "{\"a\":1.0}\n{ \"b\" : \"\\u00e9\" }\n");
}

TEST(Jsonl, WritesRecordsLargerThanAPieceInTheirOrder) {
    const std::string large = R"({"t":")" + std::string(3 << 20, 'x') + R"("})";
    EXPECT_EQ(written({"{}", large, "{}"}), "{}\n" + large + "\n{}\n");
}

TEST(Jsonl, HandsOnWhatTheDestinationSays) {
    const auto encoder = make_jsonl_encoder([](std::string_view) -> Result<> {
        return fail(ErrorKind::Failed, "disk-full", "no room");
    });
    const auto result = encoder->write(batch_of_records({"{}"}));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().id, "disk-full");
}

}  // namespace
}  // namespace streams
