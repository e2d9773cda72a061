#include "batch/numbers.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace streams {
namespace {

bool scan(std::string_view text, NumberText& number) {
    return scan_number(text.data(), text.data() + text.size(), number) &&
           number.end == text.data() + text.size();
}

std::string canonical(std::string_view text) {
    NumberText number;
    std::string result;
    if (!scan(text, number)) return "no number";
    return append_canonical(number, result) ? result : "no room";
}

std::string integer(std::string_view text) {
    NumberText number;
    std::int64_t value = 0;
    if (!scan(text, number)) return "no number";
    return to_integer(number, value) ? std::to_string(value) : "no";
}

bool is_double(std::string_view text) {
    NumberText number;
    double value = 0;
    return scan(text, number) && to_double(number, value);
}

// The fewest digits that are this double: without the format to_chars fills up with others.
std::string shortest_of(double value) {
    char text[64];
    const char* end =
        std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    return std::string(text, static_cast<std::size_t>(end - text));
}

std::filesystem::path corpora() {
    const char* source = std::getenv("STREAMS_SOURCE");
    return std::filesystem::path(source == nullptr ? "." : source) / "../shared/corpora";
}

TEST(Numbers, AreWhatJsonSaysTheyAre) {
    NumberText number;
    for (const char* text : {"0", "-0", "1", "10", "0.1", "1.0", "1e2", "1E+2", "1.5e-3", "-0.0"}) {
        EXPECT_TRUE(scan(text, number)) << text;
    }
    for (const char* text : {"", "-", "01", "-01", "+1", ".5", "1.", "1.e2", "1e", "1e+", "0x1",
                             "NaN", "Infinity", "1_0", "--1", "00", "1 "}) {
        EXPECT_FALSE(scan(text, number)) << text;
    }
}

TEST(Numbers, AreIntegersWhereTheyAreWholeAndFit) {
    EXPECT_EQ(integer("9223372036854775807"), "9223372036854775807");
    EXPECT_EQ(integer("-9223372036854775808"), "-9223372036854775808");
    EXPECT_EQ(integer("9223372036854775808"), "no");
    EXPECT_EQ(integer("-9223372036854775809"), "no");
    EXPECT_EQ(integer("18446744073709551616"), "no");
    EXPECT_EQ(integer("9007199254740993"), "9007199254740993");
    EXPECT_EQ(integer("1.0"), "1");
    EXPECT_EQ(integer("1e2"), "100");
    EXPECT_EQ(integer("1.5e1"), "15");
    EXPECT_EQ(integer("1500e-2"), "15");
    EXPECT_EQ(integer("1.5"), "no");
    EXPECT_EQ(integer("1e19"), "no");
    EXPECT_EQ(integer("1e18"), "1000000000000000000");
    EXPECT_EQ(integer("-0"), "0");
    EXPECT_EQ(integer("0e999999999999"), "0");
    EXPECT_EQ(integer("1.00000000000000000000000000"), "1");
    EXPECT_EQ(integer("100000000000000000000e-2"), "1000000000000000000");
}

TEST(Numbers, AreDoublesWhereTheShortestTextSaysTheSame) {
    for (const char* text :
         {"0.1", "1.5", "0.30000000000000004", "1e22", "1e23", "1e300", "5e-324", "-0.0", "0e999",
          "1.7976931348623157e308", "9007199254740992", "10000000000000000000000", "1.50",
          "123456789012345", "2.2250738585072014e-308", "1.000000000000000000000000000000"}) {
        EXPECT_TRUE(is_double(text)) << text;
    }
    for (const char* text :
         {"9007199254740993", "0.1000000000000000055511151231257827", "1e400", "1e-400", "4.9e-324",
          "1.7976931348623158e308", "0.30000000000000000001", "12345678901234567890.5",
          "3.14159265358979323846"}) {
        EXPECT_FALSE(is_double(text)) << text;
    }
    NumberText number;
    double value = 1;
    ASSERT_TRUE(scan("-0.0", number) && to_double(number, value));
    EXPECT_TRUE(std::signbit(value));
}

TEST(Numbers, HaveOneCanonicalText) {
    EXPECT_EQ(canonical("1e2"), "100");
    EXPECT_EQ(canonical("1.50"), "1.5");
    EXPECT_EQ(canonical("-0.0"), "0");
    EXPECT_EQ(canonical("0.001e1"), "0.01");
    EXPECT_EQ(canonical("12345e-2"), "123.45");
    EXPECT_EQ(canonical("100"), "100");
    EXPECT_EQ(canonical("1e400"), "1" + std::string(400, '0'));
    EXPECT_EQ(canonical("1.25e5000"), "1.25e5000");
    EXPECT_EQ(canonical("125" + std::string(4'998, '0')), "1.25e5000");
    EXPECT_EQ(canonical("1e-5000"), "1e-5000");
    EXPECT_EQ(canonical("-12345678901234567890123456789.012"),
              "-12345678901234567890123456789.012");
    EXPECT_EQ(canonical("1e2000000000"), "no room");
    EXPECT_EQ(canonical("1e99999999999999999999999"), "no room");
}

TEST(Numbers, KeepTheirZerosAsWritten) {
    NumberText number;
    std::string text;
    ASSERT_TRUE(scan("1.500", number));
    EXPECT_TRUE(append_as_written(number, text));
    ASSERT_TRUE(scan("-0.0", number));
    EXPECT_TRUE(append_as_written(number, text += ' '));
    ASSERT_TRUE(scan("1.50e1", number));
    EXPECT_TRUE(append_as_written(number, text += ' '));
    EXPECT_EQ(text, "1.500 -0.0 15");
}

TEST(Numbers, SayHowManyDigitsTheyNeed) {
    const auto digits = [](std::string_view text) {
        NumberText number;
        EXPECT_TRUE(scan(text, number));
        const DecimalDigits found = decimal_digits(number);
        return std::pair(found.whole, found.fraction);
    };
    EXPECT_EQ(digits("123.4500"), std::pair(std::int64_t{3}, std::int64_t{2}));
    EXPECT_EQ(digits("0.001"), std::pair(std::int64_t{0}, std::int64_t{3}));
    EXPECT_EQ(digits("1e3"), std::pair(std::int64_t{4}, std::int64_t{0}));
    EXPECT_EQ(digits("1.5e-3"), std::pair(std::int64_t{0}, std::int64_t{4}));
    EXPECT_EQ(digits("0"), std::pair(std::int64_t{0}, std::int64_t{0}));
}

// Quadratic time would not end.
TEST(Numbers, TakeTenMillionDigitsInLinearTime) {
    const std::string text = "1" + std::string(10'000'000, '7');
    EXPECT_EQ(canonical(text), text);
    EXPECT_EQ(canonical("0." + text), "0." + text);
    EXPECT_EQ(integer(text), "no");
    EXPECT_FALSE(is_double(text));
    EXPECT_FALSE(is_double("0." + text));
}

// Every double's own shortest text has to come back as it, and none of its neighbours.
TEST(Numbers, TakeEveryShortestTextAsItsDouble) {
    std::uint64_t bits = 1;
    for (int i = 0; i < 200'000; ++i) {
        bits = bits * 6364136223846793005U + 1442695040888963407U;
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        if (i % 2 == 0) value = static_cast<double>(bits >> 11) / 9007199254740992.0;
        if (!std::isfinite(value)) continue;
        const std::string shortest = shortest_of(value);
        NumberText number;
        double again = 0;
        ASSERT_TRUE(scan(shortest, number)) << shortest;
        ASSERT_TRUE(to_double(number, again)) << shortest;
        ASSERT_EQ(std::memcmp(&again, &value, sizeof value), 0) << shortest;
        char longer[64];
        const int size = std::snprintf(longer, sizeof longer, "%.17e", value);
        ASSERT_TRUE(scan({longer, static_cast<std::size_t>(size)}, number));
        const bool is_same = canonical(longer) == canonical(shortest);
        ASSERT_EQ(to_double(number, again), is_same) << longer << " " << shortest;
    }
}

// Lines of `f16 f32 f64 text`.
void check_hard_cases(const std::filesystem::path& path, int& checked) {
    std::ifstream file(path);
    std::string half;
    std::string single;
    std::string bits;
    std::string text;
    while (file >> half >> single >> bits >> text) {
        NumberText number;
        if (!scan(text, number)) continue;
        const std::uint64_t expected = std::stoull(bits, nullptr, 16);
        double want = 0;
        std::memcpy(&want, &expected, sizeof want);
        double value = 0;
        if (to_double(number, value)) {
            ASSERT_EQ(value, want) << text;
            ASSERT_EQ(canonical(text), canonical(shortest_of(value)));
        } else if (std::isfinite(want)) {
            ASSERT_NE(canonical(text), canonical(shortest_of(want))) << text;
        }
        ++checked;
    }
}

TEST(Numbers, ReadTheHardCasesOfOthers) {
    const auto folder = corpora() / "numbers-parse-fxx";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
    int checked = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".txt") check_hard_cases(entry.path(), checked);
    }
    EXPECT_GT(checked, 1'000);
}

TEST(Numbers, JudgeTheListsOfYyjson) {
    const auto folder = corpora() / "yyjson-data/num";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
    int checked = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() != ".txt") continue;
        const bool is_bad = name.find("(fail)") != std::string::npos ||
                            name.find("(ext)") != std::string::npos || name.starts_with("hex") ||
                            name.starts_with("literal");
        std::ifstream file(entry.path());
        for (std::string line; std::getline(file, line);) {
            if (line.empty() || line.front() == '#') continue;
            NumberText number;
            EXPECT_EQ(scan(line, number), !is_bad) << name << ": " << line;
            ++checked;
        }
    }
    EXPECT_GT(checked, 100);
}

// `id apply|toSci text -> text`: the text's exact value has to survive.
TEST(Numbers, KeepTheValuesOfTheDecimalArithmeticTests) {
    const auto path = corpora() / "numbers-python-decimal/decimaltestdata/base.decTest";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
    std::ifstream file(path);
    int checked = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string id;
        std::string operation;
        std::string text;
        std::string arrow;
        std::string result;
        words >> id >> operation >> text >> arrow >> result;
        if (arrow != "->" || (operation != "toSci" && operation != "apply")) continue;
        if (words.good() && words.peek() != std::char_traits<char>::eof()) continue;  // Rounded.
        std::erase(text, '\'');
        std::erase(result, '\'');
        if (canonical(text) == "no number" || canonical(result) == "no number") continue;
        EXPECT_EQ(canonical(text), canonical(result)) << line;
        ++checked;
    }
    EXPECT_GT(checked, 100);
}

}  // namespace
}  // namespace streams
