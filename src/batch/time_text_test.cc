#include "batch/time_text.h"

#include <cstdio>
#include <ctime>
#include <gtest/gtest.h>
#include <limits>
#include <string>

namespace streams {
namespace {

std::string timestamp(std::int64_t microseconds) {
    std::string text(kTimestampBytes, '?');
    return write_timestamp(microseconds, text.data()) ? text : "none";
}

std::string date(std::int64_t days) {
    std::string text(kDateBytes, '?');
    return write_date(days, text.data()) ? text : "none";
}

TEST(TimeText, TimestampsHaveFixedWidth) {
    EXPECT_EQ(timestamp(0), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(timestamp(-1), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(timestamp(951782400000000), "2000-02-29T00:00:00.000000Z");
    EXPECT_EQ(timestamp(-62135596800000000), "0001-01-01T00:00:00.000000Z");
    EXPECT_EQ(timestamp(253402300799999999), "9999-12-31T23:59:59.999999Z");
}

TEST(TimeText, YearsBeyondFourDigitsHaveNoText) {
    EXPECT_EQ(timestamp(-62135596800000001), "none");
    EXPECT_EQ(timestamp(253402300800000000), "none");
    EXPECT_EQ(timestamp(std::numeric_limits<std::int64_t>::min()), "none");
    EXPECT_EQ(timestamp(std::numeric_limits<std::int64_t>::max()), "none");
    EXPECT_EQ(date(-719163), "none");
    EXPECT_EQ(date(2932897), "none");
    EXPECT_EQ(date(std::numeric_limits<std::int64_t>::min()), "none");
}

TEST(TimeText, EveryDayOfTheCalendarAgreesWithTheSystem) {
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

TEST(TimeText, TimesAreThoseOfOneDay) {
    std::string text(kTimeBytes, '?');
    EXPECT_TRUE(write_time(86399999999, text.data()));
    EXPECT_EQ(text, "23:59:59.999999");
    EXPECT_FALSE(write_time(86400000000, text.data()));
    EXPECT_FALSE(write_time(-1, text.data()));
}

}  // namespace
}  // namespace streams
