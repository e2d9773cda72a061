#include "receipt/row_hash.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "batch/column_builder.h"

namespace streams {
namespace {

using Texts = std::vector<std::optional<std::string>>;

Field field(const char* name, Type type) {
    return {.name = name, .path = name, .type = type};
}

std::uint64_t hash(const std::vector<Field>& fields, const Texts& texts,
                   RowHashes how = RowHashes::Bytes) {
    return RowHasher(fields, how).of(texts, 0);
}

std::uint64_t hash(Type type, const char* text, RowHashes how = RowHashes::Bytes) {
    return hash({field("a", type)}, {text}, how);
}

// One row, of a column that `fill` fills.
template <typename Fill>
std::uint64_t hash_of_column(Type type, Fill fill) {
    ColumnBuilder column(type);
    fill(column);
    Batch batch;
    batch.rows = 1;
    batch.columns.push_back(column.take(1));
    return RowHasher({field("a", type)}, RowHashes::Bytes).of(batch).front();
}

std::uint64_t hash_of_bytes(Type type, std::string_view text) {
    return hash_of_column(type, [&](auto& column) { column.bytes(0, text.data(), text.size()); });
}

TEST(RowHash, NumbersAreTheSameWhereTheirDecimalValuesAre) {
    const auto five = hash_of_column(Type::Integer, [](auto& column) { column.integer(0, 5); });
    EXPECT_EQ(five, hash_of_column(Type::Double, [](auto& column) { column.real(0, 5.0); }));
    EXPECT_EQ(five, hash_of_bytes(Type::Decimal, "5.00"));
    EXPECT_EQ(five, hash_of_bytes(Type::Json, "5e0"));
    EXPECT_EQ(five, hash(Type::Double, "5.0"));
    EXPECT_NE(five, hash_of_bytes(Type::Text, "5"));
    EXPECT_EQ(hash(Type::Decimal, "-0.0"), hash(Type::Integer, "0"));
    EXPECT_EQ(hash_of_column(Type::Double, [](auto& column) { column.real(0, 1e300); }),
              hash(Type::Decimal, ("1" + std::string(300, '0')).c_str()));
    EXPECT_EQ(hash_of_column(Type::Double, [](auto& column) { column.real(0, 1e17); }),
              hash(Type::Integer, "100000000000000000"));
    EXPECT_NE(hash(Type::Integer, "9007199254740993"), hash(Type::Integer, "9007199254740992"));
    EXPECT_NE(hash(Type::Decimal, "0.1234567890123456789"),
              hash(Type::Decimal, "0.1234567890123456788"));
}

TEST(RowHash, TimesAreTheTextThatAWiderColumnHolds) {
    const auto time = hash_of_column(
        Type::Timestamp, [](auto& column) { column.integer(0, 1'657'028'722'123'456); });
    EXPECT_EQ(time, hash_of_bytes(Type::Text, "2022-07-05T13:45:22.123456Z"));
    EXPECT_EQ(time, hash_of_bytes(Type::Json, "\"2022-07-05T13:45:22.123456Z\""));
    EXPECT_NE(time, hash_of_bytes(Type::Text, "2022-07-05T13:45:22.123457Z"));
    EXPECT_EQ(hash_of_column(Type::Date, [](auto& column) { column.integer(0, 1); }),
              hash_of_bytes(Type::Text, "1970-01-02"));
    EXPECT_EQ(hash_of_column(Type::Time, [](auto& column) { column.integer(0, 1'000'001); }),
              hash_of_bytes(Type::Text, "00:00:01.000001"));
}

TEST(RowHash, BytesBooleansAndTextsAreTheSameInWiderColumns) {
    EXPECT_EQ(hash_of_bytes(Type::Binary, std::string_view("\0\xFF", 2)),
              hash_of_bytes(Type::Text, "AP8="));
    EXPECT_EQ(hash_of_bytes(Type::Text, "a\n"), hash_of_bytes(Type::Json, R"("a\n")"));
    EXPECT_EQ(hash_of_column(Type::Boolean, [](auto& column) { column.boolean(0, true); }),
              hash_of_bytes(Type::Json, "true"));
}

TEST(RowHash, NestedJsonIsItsBytesOrItsMeaning) {
    const char* const spaced = R"({"b": 1.0, "a": [ null ]})";
    const char* const sorted = R"({"a":[null],"b":1})";
    EXPECT_NE(hash(Type::Json, spaced), hash(Type::Json, sorted));
    EXPECT_EQ(hash(Type::Json, spaced, RowHashes::Values),
              hash(Type::Json, sorted, RowHashes::Values));
}

TEST(RowHash, NullIsAColumnThatIsNotThere) {
    const auto a = field("a", Type::Text);
    const auto b = field("b", Type::Text);
    EXPECT_EQ(hash({a, b}, {"x", std::nullopt}), hash({a}, {"x"}));
    EXPECT_NE(hash({a, b}, {"x", ""}), hash({a}, {"x"}));
    EXPECT_EQ(hash({a, b}, {"x", "y"}), hash({b, a}, {"y", "x"}));
    EXPECT_NE(hash({a, b}, {"x", "y"}), hash({a, b}, {"y", "x"}));
    auto ours = b;
    ours.origin = Origin::TimeExtracted;
    EXPECT_EQ(hash({a, ours}, {"x", "y"}), hash({a}, {"x"}));
}

TEST(RowHash, TextsOfAllLengthsDiffer) {
    std::vector<std::uint64_t> hashes;
    for (std::size_t size = 0; size < 200; ++size) {
        const std::string text(size, 'x');
        hashes.push_back(hash_of_bytes(Type::Text, text));
        for (std::size_t i = 0; i < size; ++i) {
            auto other = text;
            other[i] = 'y';
            ASSERT_NE(hash_of_bytes(Type::Text, other), hashes.back()) << size << " " << i;
        }
    }
    std::ranges::sort(hashes);
    EXPECT_EQ(std::ranges::adjacent_find(hashes), hashes.end());
}

TEST(RowHash, ItIsTheSameInEveryRelease) {
    const std::string long_text(100, 'z');
    EXPECT_EQ(
        hash_text(hash(
            {field("Id", Type::Integer), field("real", Type::Double), field("text", Type::Text),
             field("long", Type::Text), field("at", Type::Timestamp), field("yes", Type::Boolean)},
            {"7", "0.5", "abc", long_text, "2022-07-05T13:45:22.000000Z", "true"})),
        "b4e38e7572fa40f5");
    EXPECT_EQ(hash_of_text("00000000000000ff"), 255U);
    EXPECT_EQ(hash_of_text("ff"), std::nullopt);
}

}  // namespace
}  // namespace streams
