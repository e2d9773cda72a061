#include "format/jsonl.h"

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace streams {
namespace {

Batch batch_of(const std::vector<std::string>& records) {
    Batch batch;
    batch.rows = records.size();
    auto& column = batch.records;
    column.rows = records.size();
    column.offsets.reserve((records.size() + 1) * 4);
    for (std::size_t row = 0; row < records.size(); ++row) {
        const auto begin = static_cast<std::int32_t>(column.bytes);
        std::memcpy(column.offsets.data() + row * 4, &begin, 4);
        column.values.reserve(column.bytes + records[row].size() + 64);
        std::memcpy(column.values.data() + column.bytes, records[row].data(), records[row].size());
        column.bytes += records[row].size();
        const auto end = static_cast<std::int32_t>(column.bytes);
        std::memcpy(column.offsets.data() + (row + 1) * 4, &end, 4);
    }
    return batch;
}

std::string written(const std::vector<std::string>& records) {
    std::string all;
    const auto result = write_jsonl(batch_of(records), [&](std::string_view piece) -> Result<> {
        all += piece;
        return {};
    });
    EXPECT_TRUE(result);
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
    const auto result = write_jsonl(batch_of({"{}"}), [](std::string_view) -> Result<> {
        return fail(ErrorKind::Failed, "disk-full", "no room");
    });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().id, "disk-full");
}

}  // namespace
}  // namespace streams
