#include "base/clock.h"

#include <gtest/gtest.h>

#include "base/manual_clock.h"

namespace streams {
namespace {

using std::chrono::milliseconds;

TEST(SystemClock, WaitsAtLeastAsLongAsAsked) {
    SystemClock clock;
    const auto begin = clock.monotonic();
    EXPECT_TRUE(clock.wait(milliseconds(15), {}));
    EXPECT_GE(clock.monotonic() - begin, milliseconds(15));
}

TEST(SystemClock, AWaitEndsSoonAfterAStop) {
    SystemClock clock;
    int asked = 0;
    const auto begin = clock.monotonic();
    EXPECT_FALSE(clock.wait(std::chrono::hours(1), [&] { return ++asked > 1; }));
    EXPECT_LT(clock.monotonic() - begin, std::chrono::seconds(10));
}

TEST(ManualClock, AWaitMovesBothTimes) {
    ManualClock clock;
    const auto wall = clock.wall();
    const auto monotonic = clock.monotonic();
    EXPECT_TRUE(clock.wait(std::chrono::hours(1), {}));
    EXPECT_EQ(clock.wall() - wall, std::chrono::hours(1));
    EXPECT_EQ(clock.monotonic() - monotonic, std::chrono::hours(1));
    EXPECT_EQ(clock.take_waited(), std::chrono::hours(1));
    EXPECT_EQ(clock.take_waited(), milliseconds(0));
}

TEST(Chance, StaysWithinZeroAndOne) {
    const Chance chance = system_chance();
    for (int i = 0; i < 1000; ++i) {
        const double value = chance();
        ASSERT_GE(value, 0.0);
        ASSERT_LT(value, 1.0);
    }
}

}  // namespace
}  // namespace streams
