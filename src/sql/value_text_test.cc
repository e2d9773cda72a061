#include "sql/value_text.h"

#include <ctime>
#include <gtest/gtest.h>
#include <limits>

namespace streams::sql {
namespace {

std::string timestamp(std::int64_t microseconds) {
    std::string text(kTimestampBytes, '?');
    return write_timestamp(microseconds, text.data()) ? text : "none";
}

std::string date(std::int64_t days) {
    std::string text(kDateBytes, '?');
    return write_date(days, text.data()) ? text : "none";
}

TEST(ValueText, TimestampsHaveFixedWidth) {
    EXPECT_EQ(timestamp(0), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(timestamp(-1), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(timestamp(951782400000000), "2000-02-29T00:00:00.000000Z");
    EXPECT_EQ(timestamp(-62135596800000000), "0001-01-01T00:00:00.000000Z");
    EXPECT_EQ(timestamp(253402300799999999), "9999-12-31T23:59:59.999999Z");
}

TEST(ValueText, YearsBeyondFourDigitsHaveNoText) {
    EXPECT_EQ(timestamp(-62135596800000001), "none");
    EXPECT_EQ(timestamp(253402300800000000), "none");
    EXPECT_EQ(timestamp(std::numeric_limits<std::int64_t>::min()), "none");
    EXPECT_EQ(timestamp(std::numeric_limits<std::int64_t>::max()), "none");
    EXPECT_EQ(date(-719163), "none");
    EXPECT_EQ(date(2932897), "none");
    EXPECT_EQ(date(std::numeric_limits<std::int64_t>::min()), "none");
}

TEST(ValueText, EveryDayOfTheCalendarAgreesWithTheSystem) {
    for (std::int64_t day = -719162; day <= 2932896; day += 17) {
        const std::time_t seconds = day * 86400;
        std::tm civil = {};
        ::gmtime_r(&seconds, &civil);
        char expected[64];
        std::snprintf(expected, sizeof expected, "%04d-%02d-%02d", civil.tm_year + 1900,
                      civil.tm_mon + 1, civil.tm_mday);
        ASSERT_EQ(date(day), expected);
    }
}

TEST(ValueText, TimesAreThoseOfOneDay) {
    std::string text(kTimeBytes, '?');
    EXPECT_TRUE(write_time(86399999999, text.data()));
    EXPECT_EQ(text, "23:59:59.999999");
    EXPECT_FALSE(write_time(86400000000, text.data()));
    EXPECT_FALSE(write_time(-1, text.data()));
}

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
