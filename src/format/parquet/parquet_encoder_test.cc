#include "format/parquet/parquet_encoder.h"

#include <arrow/io/memory.h>
#include <gtest/gtest.h>
#include <parquet/file_reader.h>
#include <string>

#include "format/testing_batch.h"

namespace streams::parquet_format {
namespace {

using testing_batch::batch_of;
using testing_batch::field;
using testing_batch::of_numbers;
using testing_batch::of_texts;

constexpr std::size_t kGroupBytes = 4096;

// How many rows each row group of a file has.
std::vector<std::int64_t> row_groups_of(const std::string& file) {
    const auto reader = parquet::ParquetFileReader::Open(
        std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(file)));
    std::vector<std::int64_t> rows;
    for (int i = 0; i < reader->metadata()->num_row_groups(); ++i) {
        rows.push_back(reader->metadata()->RowGroup(i)->num_rows());
    }
    return rows;
}

TEST(ParquetEncoder, EndsARowGroupWhenAsked) {
    std::string file;
    const std::vector<Field> fields = {field("n", Type::Integer)};
    const auto encoder =
        make_encoder(fields, {{}}, Compression::Zstd, kGroupBytes, testing_batch::into(file));
    ASSERT_TRUE(encoder->write(batch_of(of_numbers(Type::Integer, {1, 2}))));
    ASSERT_TRUE(encoder->write(batch_of(of_numbers(Type::Integer, {3}))));
    EXPECT_GE(encoder->held_bytes(), 24U);
    ASSERT_TRUE(encoder->flush());
    EXPECT_EQ(encoder->held_bytes(), 0U);
    ASSERT_TRUE(encoder->write(batch_of(of_numbers(Type::Integer, {4}))));
    ASSERT_TRUE(encoder->finish());
    EXPECT_EQ(row_groups_of(file), (std::vector<std::int64_t>{3, 1}));
}

TEST(ParquetEncoder, KeepsRowsOfNoColumns) {
    std::string file;
    const auto encoder =
        make_encoder({}, {}, Compression::None, kGroupBytes, testing_batch::into(file));
    Batch rows;
    rows.rows = 2;
    ASSERT_TRUE(encoder->write(rows));
    ASSERT_TRUE(encoder->finish());
    EXPECT_EQ(row_groups_of(file), (std::vector<std::int64_t>{2}));
}

TEST(ParquetEncoder, MakesAWholeFileOfNoRows) {
    std::string file;
    const std::vector<Field> fields = {field("n", Type::Integer)};
    const auto encoder =
        make_encoder(fields, {{}}, Compression::None, kGroupBytes, testing_batch::into(file));
    ASSERT_TRUE(encoder->finish());
    EXPECT_TRUE(row_groups_of(file).empty());
}

TEST(ParquetEncoder, HandsOnWhatTheDestinationSays) {
    const std::vector<Field> fields = {field("t", Type::Text)};
    const auto encoder = make_encoder(fields, {{}}, Compression::None, kGroupBytes,
                                      [](std::string_view) -> Result<> {
                                          return fail(ErrorKind::Failed, "disk-full", "no room");
                                      });
    const auto written = encoder->write(batch_of(of_texts(Type::Text, {"a"})));
    const auto finished = written ? encoder->finish() : written;
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().id, "disk-full");
}

TEST(ParquetEncoder, LeavesColumnsOfHugeValuesWithoutStatistics) {
    const std::string huge(1 << 20, 'x');
    const auto has_statistics = [](const std::string& value) {
        std::string file;
        const auto encoder = make_encoder({field("t", Type::Text)}, {{}}, Compression::Zstd,
                                          kGroupBytes, testing_batch::into(file));
        EXPECT_TRUE(encoder->write(batch_of(of_texts(Type::Text, {value}))));
        EXPECT_TRUE(encoder->finish());
        const auto reader = parquet::ParquetFileReader::Open(
            std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(file)));
        return reader->metadata()->RowGroup(0)->ColumnChunk(0)->is_stats_set();
    };
    EXPECT_TRUE(has_statistics("x"));
    EXPECT_FALSE(has_statistics(huge));

    std::string file;
    const auto encoder = make_encoder({field("t", Type::Text)}, {{}}, Compression::Zstd,
                                      kGroupBytes, testing_batch::into(file));
    ASSERT_TRUE(encoder->write(batch_of(of_texts(Type::Text, {"x"}))));
    ASSERT_TRUE(encoder->flush());
    EXPECT_TRUE(encoder->takes(batch_of(of_texts(Type::Text, {"y"}))));
    EXPECT_FALSE(encoder->takes(batch_of(of_texts(Type::Text, {huge}))));
}

TEST(ParquetEncoder, KeepsADictionaryWhereFewValuesDiffer) {
    const auto dictionaries = [](const std::vector<std::optional<std::string>>& values) {
        std::string file;
        const std::vector<Field> fields = {field("t", Type::Text)};
        const auto encoder =
            make_encoder(fields, {{}}, Compression::Zstd, kGroupBytes, testing_batch::into(file));
        EXPECT_TRUE(encoder->write(batch_of(of_texts(Type::Text, values))));
        EXPECT_TRUE(encoder->finish());
        const auto reader = parquet::ParquetFileReader::Open(
            std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(file)));
        return reader->metadata()->RowGroup(0)->ColumnChunk(0)->has_dictionary_page();
    };
    EXPECT_TRUE(dictionaries({"a", "b", "a", "b", "a", "b", "a", "b"}));
    EXPECT_FALSE(dictionaries({"a", "b", "c", "d"}));
}

}  // namespace
}  // namespace streams::parquet_format
