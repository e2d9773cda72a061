#include "format/csv.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <string>

#include "format/testing_batch.h"

namespace streams {
namespace {

using testing_batch::batch_of;
using testing_batch::field;
using testing_batch::of_numbers;
using testing_batch::of_texts;

std::string written(const std::vector<Field>& fields, const Batch& batch,
                    const CsvStyle& style = {}) {
    std::string all;
    const auto encoder = make_csv_encoder(fields, style, testing_batch::into(all));
    EXPECT_TRUE(encoder->write(batch));
    EXPECT_TRUE(encoder->finish());
    return all;
}

TEST(Csv, QuotesWhatNeedsQuotesAndNothingElse) {
    EXPECT_EQ(
        written({field("a", Type::Text), field("b,c", Type::Text)},
                batch_of(of_texts(Type::Text, {"plain", "a,b", "say \"hi\"", "two\nlines", "a\rb"}),
                         of_texts(Type::Text, {"x", "y", "\"", " ", "é\t"}))),
        "a,\"b,c\"\r\nplain,x\r\n\"a,b\",y\r\n\"say \"\"hi\"\"\",\"\"\"\"\r\n"
        "\"two\nlines\", \r\n\"a\rb\",é\t\r\n");
}

TEST(Csv, TellsNullFromTheEmptyText) {
    const std::vector<std::optional<std::string>> values = {std::nullopt, "", "\\N"};
    EXPECT_EQ(written({field("a", Type::Text), field("b", Type::Integer)},
                      batch_of(of_texts(Type::Text, values),
                               of_numbers(Type::Integer, {1, std::nullopt, 3}))),
              "a,b\r\n,1\r\n\"\",\r\n\\N,3\r\n");
    EXPECT_EQ(written({field("a", Type::Text)}, batch_of(of_texts(Type::Text, values)),
                      {.line_end = "\n", .null_text = "\\N"}),
              "a\n\\N\n\"\"\n\"\\N\"\n");
}

TEST(Csv, WritesEveryTypeExactly) {
    EXPECT_EQ(
        written(
            {field("i", Type::Integer), field("d", Type::Double), field("e", Type::Decimal),
             field("t", Type::Timestamp), field("y", Type::Date), field("c", Type::Time),
             field("b", Type::Boolean), field("x", Type::Binary), field("j", Type::Json)},
            batch_of(
                of_numbers(Type::Integer, {9007199254740993, std::numeric_limits<int64_t>::min()}),
                testing_batch::of_reals({0.1, 1e300}),
                of_texts(Type::Decimal, {"1234567890.0123456789", "-0.10"}),
                of_numbers(Type::Timestamp, {1709190296123456, -1}),
                of_numbers(Type::Date, {19782, 0}), of_numbers(Type::Time, {1, 86399999999}),
                testing_batch::of_booleans({true, false}),
                of_texts(Type::Binary, {std::string("\0\xFF", 2), "abc"}),
                of_texts(Type::Json, {R"({"a":[1,"x"]})", "null"})),
            {.has_header = false, .line_end = "\n"}),
        "9007199254740993,0.1,1234567890.0123456789,2024-02-29T07:04:56.123456Z,2024-02-29,"
        "00:00:00.000001,true,AP8=,\"{\"\"a\"\":[1,\"\"x\"\"]}\"\n"
        "-9223372036854775808,1e+300,-0.10,1969-12-31T23:59:59.999999Z,1970-01-01,"
        "23:59:59.999999,false,YWJj,null\n");
}

TEST(Csv, GuardsFormulasWhenAsked) {
    const std::vector<Field> fields = {field("=a", Type::Text), field("n", Type::Integer)};
    const auto batch = batch_of(of_texts(Type::Text, {"=1+1", "-x", "@y", "plain"}),
                                of_numbers(Type::Integer, {-1, -2, -3, -4}));
    EXPECT_EQ(written(fields, batch, {.line_end = "\n", .guards_formulas = true}),
              "'=a,n\n'=1+1,-1\n'-x,-2\n'@y,-3\nplain,-4\n");
    EXPECT_EQ(written(fields, batch, {.line_end = "\n"}),
              "=a,n\n=1+1,-1\n-x,-2\n@y,-3\nplain,-4\n");
}

TEST(Csv, QuotesANumberThatTheStyleWouldTakeApart) {
    EXPECT_EQ(written({field("a", Type::Double), field("b", Type::Integer)},
                      batch_of(testing_batch::of_reals({1.5}), of_numbers(Type::Integer, {0})),
                      {.delimiter = '.', .line_end = "\n", .null_text = "0"}),
              "a.b\n\"1.5\".\"0\"\n");
}

}  // namespace
}  // namespace streams
