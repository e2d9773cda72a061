#include "persisters/postgres/numeric.h"

#include <gtest/gtest.h>

namespace streams::postgres {
namespace {

// `weight sign scale: groups`, as the server reads it.
std::string sent(std::string_view decimal) {
    std::vector<std::uint8_t> bytes;
    if (!append_numeric(decimal, bytes)) return "none";
    const auto word = [&](std::size_t at) {
        return static_cast<std::int16_t>(bytes[2 * at] << 8 | bytes[2 * at + 1]);
    };
    auto text =
        std::to_string(word(1)) + (word(2) == 0 ? " + " : " - ") + std::to_string(word(3)) + ":";
    for (std::size_t group = 0; group < static_cast<std::size_t>(word(0)); ++group) {
        text += " " + std::to_string(word(4 + group));
    }
    return text;
}

TEST(Numeric, GroupsAreAlignedAtThePoint) {
    EXPECT_EQ(sent("1"), "0 + 0: 1");
    EXPECT_EQ(sent("12345"), "1 + 0: 1 2345");
    EXPECT_EQ(sent("12345.6"), "1 + 1: 1 2345 6000");
    EXPECT_EQ(sent("-0.00012"), "-1 - 5: 1 2000");
    EXPECT_EQ(sent("0.000012"), "-2 + 6: 1200");
}

TEST(Numeric, ZerosBehindThePointAreKept) {
    EXPECT_EQ(sent("1.50"), "0 + 2: 1 5000");
    EXPECT_EQ(sent("0"), "0 + 0:");
    EXPECT_EQ(sent("0.000"), "0 + 3:");
    EXPECT_EQ(sent("-0"), "0 + 0:");
    EXPECT_EQ(sent("100000000"), "2 + 0: 1");
}

TEST(Numeric, AnExponentMovesThePoint) {
    EXPECT_EQ(sent("1e4"), "1 + 0: 1");
    EXPECT_EQ(sent("1.5E+3"), "0 + 0: 1500");
    EXPECT_EQ(sent("12e-6"), "-2 + 6: 1200");
}

TEST(Numeric, WhatPostgresCannotHoldIsRefused) {
    EXPECT_EQ(sent("1e131072"), "none");
    EXPECT_EQ(sent("1e131071"), "32767 + 0: 1000");
    EXPECT_EQ(sent(std::string(12'000, '9')).substr(0, 4), "2999");
    EXPECT_EQ(sent(std::string(12'001, '9')), "none");
    EXPECT_EQ(sent("1e-16384"), "none");
    EXPECT_EQ(sent("1e999999999999999999999"), "none");
    for (const auto* text : {"", "-", "x", "1e", "NaN", "1.2.3"}) EXPECT_EQ(sent(text), "none");
}

}  // namespace
}  // namespace streams::postgres
