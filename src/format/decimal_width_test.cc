#include "format/decimal_width.h"

#include <gtest/gtest.h>

#include "format/testing_batch.h"

namespace streams {
namespace {

using testing_batch::batch_of;
using testing_batch::of_texts;

DecimalWidth width_of(const std::vector<std::optional<std::string>>& values) {
    std::vector<DecimalWidth> widths(1);
    widen_to(batch_of(of_texts(Type::Decimal, values)), {Field{.type = Type::Decimal}}, widths);
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

TEST(DecimalWidth, SaysWhenTheTypeOfADeclaredColumnChanges) {
    const std::vector<Field> fields = {{.type = Type::Decimal, .scale = 2, .precision = 10}};
    std::vector<DecimalWidth> widths = {declared_width(fields[0])};
    EXPECT_EQ(widths[0].precision(fields[0]), 10);
    EXPECT_FALSE(widen_to(batch_of(of_texts(Type::Decimal, {"99999999.99"})), fields, widths));
    EXPECT_EQ(widths[0].precision(fields[0]), 10);
    EXPECT_TRUE(widen_to(batch_of(of_texts(Type::Decimal, {"0.125"})), fields, widths));
    EXPECT_EQ(widths[0], (DecimalWidth{8, 3}));
    EXPECT_EQ(widths[0].precision(fields[0]), 38);
}

TEST(DecimalWidth, KeepsTheTypeOfOthersWhileTheirScaleStays) {
    const std::vector<Field> fields = {{.type = Type::Decimal}};
    std::vector<DecimalWidth> widths(1);
    EXPECT_TRUE(widen_to(batch_of(of_texts(Type::Decimal, {"1.5"})), fields, widths));
    EXPECT_FALSE(widen_to(batch_of(of_texts(Type::Decimal, {"123456.5"})), fields, widths));
    EXPECT_TRUE(
        widen_to(batch_of(of_texts(Type::Decimal, {std::string(39, '9')})), fields, widths));
}

}  // namespace
}  // namespace streams
