#include "http/date.h"

#include <gtest/gtest.h>
#include <string>

namespace streams::http {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// 2026-11-24T07:00:00Z.
constexpr sys_seconds kNow{seconds(1'795'503'600)};

std::int64_t date_of(std::string_view text) {
    const auto date = parse_http_date(text, kNow);
    return date ? date->time_since_epoch().count() : -1;
}

TEST(HttpDate, ReadsItsThreeForms) {
    EXPECT_EQ(date_of("Sun, 06 Nov 1994 08:49:37 GMT"), 784'111'777);
    EXPECT_EQ(date_of("Sunday, 06-Nov-94 08:49:37 GMT"), 784'111'777);
    EXPECT_EQ(date_of("Sun Nov  6 08:49:37 1994"), 784'111'777);
    EXPECT_EQ(date_of("Sun Nov 16 08:49:37 1994"), 784'111'777 + 10 * 86'400);
    EXPECT_EQ(date_of("Tue, 24 Nov 2026 07:00:00 GMT"), kNow.time_since_epoch().count());
}

TEST(HttpDate, AYearOfTwoDigitsIsAtMostFiftyYearsAhead) {
    EXPECT_GT(date_of("Sunday, 06-Nov-76 08:49:37 GMT"), kNow.time_since_epoch().count());
    EXPECT_EQ(date_of("Sunday, 06-Nov-77 08:49:37 GMT"), 247'654'177);
}

TEST(HttpDate, RefusesWhatIsNoDate) {
    for (const char* text :
         {"", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ",
          "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
          "Sun, 06 Nov -994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z",
          "Xun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Now 1994 08:49:37 GMT", "Sun"}) {
        EXPECT_EQ(date_of(text), -1) << text;
    }
}

std::int64_t wait_of(const Headers& headers) {
    const auto wait = asked_wait(headers, kNow);
    return wait ? wait->count() : -1;
}

TEST(AskedWaitN3, ReadsRetryAfterInBothForms) {
    const struct {
        const char* text;
        std::int64_t expected;
    } cases[] = {
        {"120", 120},
        {"0", 0},
        {"1.5", 1},
        {"1000000000", 1'000'000'000},
        {"-1", -1},
        {"", -1},
        {"1e3", -1},
        {"99999999999999999999", -1},
        {"soon", -1},
        {"12 s", -1},
        {"Tue, 24 Nov 2026 07:02:00 GMT", 120},
        {"Tue, 24 Nov 2026 06:59:00 GMT", 0},
        {"Tue, 99 Nov 2026 07:02:00 GMT", -1},
        {"Tuesday, 24-Nov-26 07:02:00 GMT", 120},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(wait_of({{"Retry-After", each.text}}), each.expected) << each.text;
    }
}

TEST(AskedWaitN3, ADateIsJudgedByTheServersClock) {
    // The server lives a year ahead.
    EXPECT_EQ(wait_of({{"date", "Wed, 24 Nov 2027 07:00:00 GMT"},
                       {"retry-after", "Wed, 24 Nov 2027 07:01:30 GMT"}}),
              90);
    EXPECT_EQ(wait_of({{"Date", "broken"}, {"Retry-After", "Tue, 24 Nov 2026 07:01:30 GMT"}}), 90);
}

TEST(AskedWaitN3, TheLongestOfSeveralCounts) {
    EXPECT_EQ(wait_of({{"Retry-After", "5"}, {"Retry-After", "7"}, {"Retry-After", "x"}}), 7);
}

TEST(AskedWait, ReadsUntilWhenALimitHolds) {
    const std::string reset = std::to_string(kNow.time_since_epoch().count() + 60);
    EXPECT_EQ(wait_of({{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", reset}}), 60);
    EXPECT_EQ(wait_of({{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", reset + "500"}}), 61)
        << "milliseconds, rounded up";
    EXPECT_EQ(wait_of({{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "30"}}), 30);
    EXPECT_EQ(wait_of({{"x-ratelimit-remaining", "1"}, {"x-ratelimit-reset", reset}}), -1);
    EXPECT_EQ(wait_of({{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "x"}}), -1);
    EXPECT_EQ(wait_of({{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1000000000"}}), 0)
        << "a time that has passed";
    EXPECT_EQ(
        wait_of(
            {{"Retry-After", "5"}, {"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", reset}}),
        5);
}

}  // namespace
}  // namespace streams::http
