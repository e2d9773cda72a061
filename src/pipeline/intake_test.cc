#include "pipeline/intake.h"

#include <gtest/gtest.h>

namespace streams {
namespace {

// What is handed on: `n:Integer 1 2` for each batch, nulls as `-`.
class IntakeTest : public ::testing::Test {
 protected:
    IntakeTest() : intake_(options_, {}, [](const std::string&) { return std::vector<Field>{}; }) {}

    void take(std::string_view line) {
        const auto taken = intake_.take(line, ++line_);
        EXPECT_TRUE(taken) << taken.error().what;
    }

    void record(const std::string& record) {
        take(R"({"type":"RECORD","stream":"s","record":)" + record + "}");
    }

    std::vector<std::string> items() {
        std::vector<std::string> told;
        for (const auto& item : intake_.take_items()) {
            const auto& fields = item.stream->fields;
            EXPECT_EQ(fields.size(), item.batch.columns.size());
            std::string text;
            for (std::size_t i = 0; i < fields.size(); ++i) {
                const Column& column = item.batch.columns[i];
                EXPECT_EQ(fields[i].type, column.type) << fields[i].name;
                text += (text.empty() ? "" : " ") + fields[i].name;
                for (std::size_t row = 0; row < item.batch.rows; ++row) {
                    text += ' ' + value(column, row);
                }
            }
            told.push_back(text);
        }
        return told;
    }

    static std::string value(const Column& column, std::size_t row) {
        if (column.is_null(row)) return "-";
        if (Column::has_bytes(column.type)) return std::string(column.text(row));
        return std::to_string(column.integer(row));
    }

    RunOptions options_;
    Intake intake_;
    std::uint64_t line_ = 0;
};

using Texts = std::vector<std::string>;

TEST_F(IntakeTest, KeepsTheColumnsOfRowsThatCameBeforeAWiderValue) {
    take(R"({"type":"SCHEMA","stream":"s","schema":{"properties":{"n":{"type":"integer"}}}})");
    record(R"({"n":1})");
    record(R"({"n":36893488147419103232})");
    record(R"({"n":3})");
    EXPECT_EQ(items(), Texts({"n 1", "n 36893488147419103232 3"}));
    record(R"({"n":4})");
    EXPECT_EQ(items(), Texts({"n 4"}));
}

TEST_F(IntakeTest, KeepsTheColumnsOfRowsThatCameBeforeAWiderSchema) {
    take(R"({"type":"SCHEMA","stream":"s","schema":{"properties":{"n":{"type":"integer"}}}})");
    record(R"({"n":1})");
    take(R"({"type":"SCHEMA","stream":"s","schema":{"properties":{"n":{"type":"number"}}}})");
    record(R"({"n":2.5})");
    EXPECT_EQ(items(), Texts({"n 1", "n 2.5"}));
}

TEST_F(IntakeTest, WidensAColumnBesideNewOnes) {
    record(R"({"a":1})");
    record(R"({"a":2,"b":"x"})");
    record(R"({"a":2.5,"c":1})");
    record(R"({"a":36893488147419103232,"b":"y"})");
    const auto told = items();
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.front(), "a 1 2 b - x");
    EXPECT_EQ(told.back(), "a 2.5 36893488147419103232 b - y c 1 -");
}

}  // namespace
}  // namespace streams
