#include "format/decimal_width.h"

#include <gtest/gtest.h>

#include "format/testing_batch.h"

namespace streams {
namespace {

using testing_batch::batch_of;
using testing_batch::of_texts;

DecimalWidth width_of(const std::vector<std::optional<std::string>>& values) {
    std::vector<DecimalWidth> widths(1);
    widen_to(batch_of(of_texts(Type::Decimal, values)), widths);
    return widths.front();
}

TEST(DecimalWidth, HoldsEveryDigitAsItIsWritten) {
    EXPECT_EQ(width_of({"1234567890.0123456789"}), (DecimalWidth{10, 10}));
    EXPECT_EQ(width_of({"1.50", std::nullopt, "-100"}), (DecimalWidth{3, 2}));
    EXPECT_EQ(width_of({"9223372036854775808"}), (DecimalWidth{19, 0}));
    EXPECT_EQ(width_of({"0.001"}), (DecimalWidth{0, 3}));
}

TEST(DecimalWidth, IsTextBeyond38Digits) {
    EXPECT_FALSE(width_of({std::string(38, '9')}).is_text());
    EXPECT_TRUE(width_of({std::string(39, '9')}).is_text());
    EXPECT_TRUE(width_of({std::string(30, '9'), "0.123456789"}).is_text());
    EXPECT_TRUE(width_of({"1e5000"}).is_text());
}

TEST(DecimalWidth, SaysWhenItHasGrown) {
    std::vector<DecimalWidth> widths = {
        declared_width(Field{.type = Type::Decimal, .scale = 2, .precision = 10})};
    EXPECT_EQ(widths[0], (DecimalWidth{8, 2}));
    EXPECT_FALSE(widen_to(batch_of(of_texts(Type::Decimal, {"99999999.99"})), widths));
    EXPECT_TRUE(widen_to(batch_of(of_texts(Type::Decimal, {"0.125"})), widths));
    EXPECT_EQ(widths[0], (DecimalWidth{8, 3}));
}

}  // namespace
}  // namespace streams
