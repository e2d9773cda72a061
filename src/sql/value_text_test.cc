#include "sql/value_text.h"

#include <gtest/gtest.h>

namespace streams::sql {
namespace {

TEST(ValueText, EqualDecimalsHaveOneCanonicalForm) {
    for (const char* text : {"1", "1.0", "1.00", "10e-1", "0.1E1", "100e-2"}) {
        EXPECT_EQ(canonical_decimal(text), "1") << text;
    }
    for (const char* text : {"0", "-0", "0.0", "-0.00e5", "0e5"}) {
        EXPECT_EQ(canonical_decimal(text), "0") << text;
    }
    EXPECT_EQ(canonical_decimal("-12.340"), "-12.34");
    EXPECT_EQ(canonical_decimal("1e3"), "1000");
    EXPECT_EQ(canonical_decimal("12e-4"), "0.0012");
    EXPECT_EQ(canonical_decimal("0.00120"), "0.0012");
    EXPECT_EQ(canonical_decimal("1e10000"), canonical_decimal("10.0e9999"));
    EXPECT_LT(canonical_decimal("1e10000").size(), 10U);
    EXPECT_EQ(canonical_decimal("no number"), "no number");
}

TEST(ValueText, ADoubleIsItsShortestDecimal) {
    EXPECT_EQ(canonical_decimal(0.1), "0.1");
    EXPECT_EQ(canonical_decimal(1e23), "1" + std::string(23, '0'));
    EXPECT_EQ(canonical_decimal(100000.0), "100000");
    EXPECT_EQ(canonical_decimal(1.0 / 3), "0.3333333333333333");
}

TEST(ValueText, CanonicalTextIsKnownAsSuch) {
    for (const char* text : {"1", "-17", "0", "0.5", "18446744073709551616"}) {
        EXPECT_TRUE(is_canonical_decimal(text)) << text;
    }
    for (const char* text : {"-0", "1.0", "1e3", "0.10"}) {
        EXPECT_FALSE(is_canonical_decimal(text)) << text;
    }
}

}  // namespace
}  // namespace streams::sql
