#include "persisters/file/partition.h"

#include <gtest/gtest.h>

#include "format/testing_batch.h"

namespace streams::file {
namespace {

using testing_batch::batch_of;
using testing_batch::field;
using testing_batch::of_numbers;
using testing_batch::of_texts;
using Rows = std::map<std::string, std::vector<std::uint32_t>>;

TEST(Partition, PutsEachValueIntoAFolderOfItsOwn) {
    const auto batch = batch_of(of_texts(
        Type::Text, {"DE", "a/../b", "", std::nullopt, "DE", "_x", "__HIVE_DEFAULT_PARTITION__"}));
    EXPECT_EQ(split_rows({partition_term("c")}, {field("c", Type::Text)}, batch),
              (Rows{{"c=DE", {0, 4}},
                    {"c=a%2F..%2Fb", {1}},
                    {"c=%", {2}},
                    {"c=__HIVE_DEFAULT_PARTITION__", {3}},
                    {"c=%5Fx", {5}},
                    {"c=%5F_HIVE_DEFAULT_PARTITION__", {6}}}));
}

TEST(Partition, TakesTheDateOfATimeInUtc) {
    const auto batch =
        batch_of(of_numbers(Type::Timestamp, {0, -1, {}}),
                 of_texts(Type::Text, {"2024-02-29T23:30:00-05:00", "2024-02-29", "no time"}));
    const std::vector<Field> fields = {field("at", Type::Timestamp), field("text", Type::Text)};
    EXPECT_EQ(split_rows({partition_term("at:day")}, fields, batch),
              (Rows{{"at_day=1970-01-01", {0}},
                    {"at_day=1969-12-31", {1}},
                    {"at_day=__HIVE_DEFAULT_PARTITION__", {2}}}));
    EXPECT_EQ(
        split_rows({partition_term("text:month"), partition_term("at:year")}, fields, batch),
        (Rows{{"text_month=2024-03/at_year=1970", {0}},
              {"text_month=2024-02/at_year=1969", {1}},
              {"text_month=__HIVE_DEFAULT_PARTITION__/at_year=__HIVE_DEFAULT_PARTITION__", {2}}}));
}

TEST(Partition, LooksIntoTheColumnsOfEveryKindOfTheField) {
    auto split = field("n__st", Type::Text);
    split.path = "n";
    const auto batch =
        batch_of(of_numbers(Type::Integer, {7, {}}), of_texts(Type::Text, {std::nullopt, "seven"}));
    EXPECT_EQ(split_rows({partition_term("n")}, {field("n", Type::Integer), split}, batch),
              (Rows{{"n=7", {0}}, {"n=seven", {1}}}));
}

TEST(Partition, KnowsAColonThatIsPartOfAName) {
    EXPECT_EQ(partition_term("a:b").field, "a:b");
    EXPECT_EQ(partition_term("a:b:day").field, "a:b");
    EXPECT_EQ(partition_term("a:day").part, PartitionTerm::Part::Day);
}

}  // namespace
}  // namespace streams::file
