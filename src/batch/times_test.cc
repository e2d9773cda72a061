#include "batch/times.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace streams {
namespace {

std::string timestamp(std::string_view text) {
    TimeText time;
    if (!read_timestamp(text, time)) return "no";
    return std::to_string(time.value) + (time.cut ? " cut" : "") + (time.local ? " local" : "");
}

TEST(Times, ApplyTheOffset) {
    EXPECT_EQ(timestamp("1970-01-01T00:00:00Z"), "0");
    EXPECT_EQ(timestamp("1970-01-01T02:00:00+02:00"), "0");
    EXPECT_EQ(timestamp("1969-12-31T19:30:00.5-04:30"), "500000");
    EXPECT_EQ(timestamp("1970-01-01T00:00:00-00:00"), "0");
    EXPECT_EQ(timestamp("2024-02-29T12:34:56.789012Z"), "1709210096789012");
    EXPECT_EQ(timestamp("0001-01-01T00:00:00Z"), "-62135596800000000");
    EXPECT_EQ(timestamp("9999-12-31T23:59:59.999999Z"), "253402300799999999");
}

TEST(Times, AreReadInTheFormsThatAreSent) {
    EXPECT_EQ(timestamp("1970-01-01 00:00:01Z"), "1000000");
    EXPECT_EQ(timestamp("1970-01-01t00:00:01z"), "1000000");
    EXPECT_EQ(timestamp("1970-01-01T00:00:01"), "1000000 local");
    EXPECT_EQ(timestamp("1970-01-01T00:00:00.1234567Z"), "123456 cut");
    EXPECT_EQ(timestamp("1970-01-01T00:00:00.123456789012"), "123456 cut local");
}

TEST(Times, ThatDoNotExistAreNone) {
    for (const char* text : {"2023-02-29T00:00:00Z",      "1900-02-29T00:00:00Z",
                             "2023-02-30T00:00:00Z",      "2023-13-01T00:00:00Z",
                             "2023-00-01T00:00:00Z",      "2023-01-00T00:00:00Z",
                             "2023-04-31T00:00:00Z",      "2023-01-01T24:00:00Z",
                             "2023-01-01T00:60:00Z",      "2016-12-31T23:59:60Z",
                             "0000-01-01T00:00:00Z",      "10000-01-01T00:00:00Z",
                             "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00",
                             "-001-01-01T00:00:00Z",      "2023-01-01",
                             "2023-01-01T00:00Z",         "2023-01-01T00:00:00.Z",
                             "2023-01-01T00:00:00+24:00", "2023-01-01T00:00:00+00:60",
                             "2023-01-01T00:00:00+0000",  "2023-01-01T00:00:00+00",
                             "2023-1-01T00:00:00Z",       "20230101T000000Z",
                             "2023-01-01X00:00:00Z",      "",
                             "2023-01-01T00:00:00ZZ",     "2023-01-01T00:00:00 Z",
                             "2023-01-01T00:00:00,5Z",    "now",
                             "2023-01-01T-0:00:00Z",      "2023-01-01T00:00:0a"}) {
        EXPECT_EQ(timestamp(text), "no") << text;
    }
}

TEST(Times, AgreeWithTheCalendarOnEveryDay) {
    using std::chrono::sys_days;
    const sys_days last = std::chrono::year(9999) / 12 / 31;
    for (sys_days day = std::chrono::year(1) / 1 / 1; day <= last; day += std::chrono::days(1)) {
        const std::chrono::year_month_day date(day);
        char text[32];
        std::snprintf(text, sizeof text, "%04d-%02u-%02u", int{date.year()}, unsigned{date.month()},
                      unsigned{date.day()});
        TimeText time;
        ASSERT_TRUE(read_date(text, time)) << text;
        ASSERT_EQ(time.value, day.time_since_epoch().count()) << text;
    }
}

TEST(Times, OfDayAndDatesStandAlone) {
    TimeText time;
    EXPECT_TRUE(read_time("12:34:56.5", time));
    EXPECT_EQ(time.value, 45'296'500'000);
    EXPECT_TRUE(read_time("12:34:56Z", time));
    EXPECT_FALSE(read_time("12:34:56+02:00", time));
    EXPECT_FALSE(read_time("24:00:00", time));
    EXPECT_FALSE(read_time("12:34", time));
    EXPECT_TRUE(read_date("1969-12-31", time));
    EXPECT_EQ(time.value, -1);
    EXPECT_FALSE(read_date("1969-12-31T00:00:00Z", time));
    EXPECT_FALSE(read_date("1969-12-32", time));
}

// What stands right of the first `=`, without blanks and comments.
std::string literal_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const std::size_t equals = line.find('=');
        if (equals == std::string::npos || line.front() == '#') continue;
        std::string text = line.substr(equals + 1, line.find('#') - equals - 1);
        text.erase(0, text.find_first_not_of(" \t"));
        text.erase(text.find_last_not_of(" \t\r") + 1);
        return text;
    }
    return {};
}

TEST(Times, RejectWhatTomlRejects) {
    const char* source = std::getenv("STREAMS_SOURCE");
    const auto folder = std::filesystem::path(source == nullptr ? "." : source) /
                        "../shared/corpora/datetimes-toml-test/invalid";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
    int checked = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".toml") continue;
        const std::string text = literal_of(entry.path());
        if (text.empty()) continue;
        EXPECT_EQ(timestamp(text), "no") << entry.path().filename() << ": " << text;
        ++checked;
    }
    EXPECT_GT(checked, 30);
}

}  // namespace
}  // namespace streams
