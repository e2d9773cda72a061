#include "batch/convert.h"

#include <gtest/gtest.h>
#include <limits>

namespace streams {
namespace {

TEST(Convert, GivesDoublesTheirFewestDigits) {
    EXPECT_EQ(decimal_of(0.1), "0.1");
    EXPECT_EQ(decimal_of(-0.0), "0");
    EXPECT_EQ(decimal_of(1e23), "100000000000000000000000");
    EXPECT_EQ(decimal_of(5.395502690986111e19), "53955026909861110000");
    EXPECT_EQ(decimal_of(-1.5), "-1.5");
    EXPECT_EQ(decimal_of(5e-324).size(), 326U);
}

TEST(Convert, GivesIntegersAllTheirDigits) {
    EXPECT_EQ(decimal_of(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(decimal_of(std::int64_t{0}), "0");
}

}  // namespace
}  // namespace streams
