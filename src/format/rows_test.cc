#include "format/rows.h"

#include <array>
#include <gtest/gtest.h>

#include "format/csv.h"
#include "format/testing_batch.h"

namespace streams {
namespace {

using testing_batch::batch_of;
using testing_batch::of_numbers;
using testing_batch::of_texts;

TEST(SelectRows, TakesEveryTypeWithItsNulls) {
    const auto batch = batch_of(of_texts(Type::Text, {"a", std::nullopt, "", "d"}),
                                of_numbers(Type::Integer, {1, 2, {}, 4}),
                                testing_batch::of_booleans({true, false, true, std::nullopt}),
                                testing_batch::of_reals({0.5, {}, 1.5, 2.5}));
    const std::array<std::uint32_t, 3> rows = {3, 1, 2};
    const auto selected = select_rows(batch, rows);
    std::string all;
    const auto encoder =
        make_csv_encoder({}, {.has_header = false, .line_end = "\n"}, testing_batch::into(all));
    ASSERT_TRUE(encoder->write(selected));
    EXPECT_EQ(all, "d,4,,2.5\n,2,false,\n\"\",,true,1.5\n");
}

TEST(SelectRows, TakesTheRecordsOwnBytes) {
    const std::array<std::uint32_t, 2> rows = {2, 0};
    const auto selected =
        select_rows(testing_batch::batch_of_records({"{}", R"({"a":1})", R"({"b":2})"}), rows);
    ASSERT_EQ(selected.rows, 2U);
    EXPECT_EQ(selected.records.text(0), R"({"b":2})");
    EXPECT_EQ(selected.records.text(1), "{}");
}

}  // namespace
}  // namespace streams
