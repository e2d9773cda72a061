#include "streamers/file/column_guess.h"

#include <gtest/gtest.h>

namespace streams::file_source {
namespace {

std::string guessed(std::initializer_list<std::string_view> values) {
    ColumnGuess guess;
    for (const auto value : values) guess.add(value);
    return guess.word();
}

std::string followed(std::string_view earlier, std::initializer_list<std::string_view> values) {
    ColumnGuess guess;
    for (const auto value : values) guess.add(value);
    guess.follow(ColumnGuess::of_word(earlier));
    return guess.word();
}

TEST(ColumnGuess, TakesForNumbersOnlyWhatIsTheOneTextOfANumber) {
    EXPECT_EQ(guessed({"1", "-2", "0", "9007199254740993"}), "integer");
    EXPECT_EQ(guessed({"1", "1.5"}), "number");
    EXPECT_EQ(guessed({"007"}), "text");
    EXPECT_EQ(guessed({"1", "02134"}), "text");
    EXPECT_EQ(guessed({"-0"}), "text");
    EXPECT_EQ(guessed({"-0.0"}), "text");
    EXPECT_EQ(guessed({"+1"}), "text");
    EXPECT_EQ(guessed({" 1"}), "text");
    EXPECT_EQ(guessed({"1e5"}), "text");
    EXPECT_EQ(guessed({"1."}), "text");
    EXPECT_EQ(guessed({".5"}), "text");
    EXPECT_EQ(guessed({"1,5"}), "text");
    EXPECT_EQ(guessed({"NaN"}), "text");
    EXPECT_EQ(guessed({"", "1"}), "text");
    EXPECT_EQ(guessed({std::string(38, '9')}), "integer");
    EXPECT_EQ(guessed({std::string(39, '9')}), "text");
}

TEST(ColumnGuess, KeepsZerosAtTheEnd) {
    EXPECT_EQ(guessed({"1.50", "2.00", "-0.05"}), "decimal 2");
    EXPECT_EQ(guessed({"1.9", "1.10"}), "text");
    EXPECT_EQ(guessed({"1.50", "2"}), "text");
    EXPECT_EQ(ColumnGuess::of_word("decimal 2").schema(),
              R"({"type":["null","number"],"multipleOf":0.01})");
}

TEST(ColumnGuess, GuessesNoDatesAndNoMixtures) {
    EXPECT_EQ(guessed({"2024-02-29"}), "text");
    EXPECT_EQ(guessed({"true", "false"}), "boolean");
    EXPECT_EQ(guessed({"True"}), "text");
    EXPECT_EQ(guessed({"true", "1"}), "text");
    EXPECT_EQ(guessed({"1", "true"}), "text");
    EXPECT_EQ(guessed({}), "");
}

TEST(ColumnGuess, GoesOnWithWhatEarlierRunsHaveSent) {
    EXPECT_EQ(followed("text", {"1"}), "text");
    EXPECT_EQ(followed("integer", {"1.5"}), "number");
    EXPECT_EQ(followed("number", {"1"}), "number");
    EXPECT_EQ(followed("decimal 2", {"1"}), "decimal 2");
    EXPECT_EQ(followed("decimal 2", {"3.25"}), "decimal 2");
    EXPECT_EQ(followed("decimal 2", {"3.125"}), "number");
    EXPECT_EQ(followed("decimal 2", {"1.500"}), "decimal 3");
    EXPECT_EQ(followed("integer", {"a"}), "text");
    EXPECT_EQ(followed("integer", {}), "integer");
    EXPECT_EQ(followed("boolean", {"1"}), "text");
    EXPECT_EQ(followed("", {"1"}), "integer");
    for (const auto* word : {"integer", "number", "decimal 3", "text", "boolean", ""}) {
        EXPECT_EQ(ColumnGuess::of_word(word).word(), word);
    }
}

}  // namespace
}  // namespace streams::file_source
