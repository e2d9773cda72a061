#include "format/parquet/parquet_encoder.h"

#include <algorithm>
#include <arrow/io/interfaces.h>
#include <optional>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>
#include <string>
#include <unordered_set>
#include <utility>

#include "batch/append.h"
#include "format/parquet/arrow_columns.h"
#include "format/rows.h"

namespace streams::parquet_format {
namespace {

constexpr int kZstdLevel = 1;
constexpr std::size_t kStatisticsValueBytes = std::size_t{64} << 10;
constexpr std::size_t kSampleRows = 4096;
constexpr std::size_t kDictionaryShare = 4;  // One distinct value in so many, or fewer.
constexpr std::size_t kIndexBytes = 4'000;  // Of a column in a row group, until the file is closed.
constexpr std::size_t kColumnBytesMax = std::size_t{1} << 30;  // Offsets have 31 bits.

/// Hands Arrow's bytes to a sink, and keeps the sink's error, which says more than Arrow's.
class SinkStream final : public arrow::io::OutputStream {
 public:
    explicit SinkStream(ByteSink sink) : sink_(std::move(sink)) {}

    arrow::Status Write(const void* data, std::int64_t bytes) override {
        auto written = sink_({static_cast<const char*>(data), static_cast<std::size_t>(bytes)});
        if (!written) {
            error_ = std::move(written).error();
            return arrow::Status::IOError(error_->what);
        }
        position_ += bytes;
        return arrow::Status::OK();
    }
    arrow::Status Close() override {
        is_closed_ = true;
        return arrow::Status::OK();
    }
    arrow::Result<std::int64_t> Tell() const override { return position_; }
    bool closed() const override { return is_closed_; }

    const std::optional<Error>& error() const { return error_; }

 private:
    ByteSink sink_;
    std::optional<Error> error_;
    std::int64_t position_ = 0;
    bool is_closed_ = false;
};

parquet::Compression::type codec_of(Compression compression) {
    switch (compression) {
        case Compression::Gzip:
            return parquet::Compression::GZIP;
        case Compression::Zstd:
            return parquet::Compression::ZSTD;
        case Compression::Snappy:
            return parquet::Compression::SNAPPY;
        case Compression::None:
            break;
    }
    return parquet::Compression::UNCOMPRESSED;
}

// A dictionary costs time, and space too where nearly all values differ.
bool wants_dictionary(const Column& column) {
    if (!Column::has_bytes(column.type)) return false;
    std::unordered_set<std::string_view> distinct;
    const auto rows = std::min(column.rows, kSampleRows);
    for (std::size_t row = 0; row < rows; ++row) {
        if (!column.is_null(row)) distinct.insert(column.text(row));
    }
    return distinct.size() * kDictionaryShare <= rows;
}

// Arrow keeps several copies of the least and of the greatest value of a column.
bool has_large_values(const Column& column) {
    if (!Column::has_bytes(column.type) || column.bytes <= kStatisticsValueBytes) return false;
    for (std::size_t row = 0; row < column.rows; ++row) {
        if (!column.is_null(row) && column.text(row).size() > kStatisticsValueBytes) return true;
    }
    return false;
}

// With the room that grows before it is used, and what malloc takes for each piece.
std::size_t room_of(const Batch& batch) {
    constexpr std::size_t kPiecesBytes = 48;
    std::size_t bytes = 0;
    for (const auto& column : batch.columns) {
        bytes += sizeof column + kPiecesBytes + column.validity.capacity() +
                 column.values.capacity() + column.offsets.capacity();
    }
    return bytes;
}

class ParquetEncoder final : public Encoder {
 public:
    ParquetEncoder(const std::vector<Field>& fields, const std::vector<DecimalWidth>& widths,
                   Compression compression, std::size_t group_bytes, ByteSink sink)
        : schema_(arrow_schema(fields, widths)),
          compression_(compression),
          group_bytes_(group_bytes),
          stream_(std::make_shared<SinkStream>(std::move(sink))) {}

    bool takes(const Batch& batch) const override {
        for (std::size_t i = 0; i < has_statistics_.size(); ++i) {
            if (has_statistics_[i] && has_large_values(batch.columns[i])) return false;
        }
        return true;
    }

    // A group is written column by column, so that Arrow holds one page and not one of each.
    Result<> write(const Batch& batch) override {
        const auto bytes = bytes_of(batch);
        if (held_.rows != 0 && held_bytes_ + bytes > std::min(group_bytes_, kColumnBytesMax)) {
            STREAMS_TRY(flush());
        }
        if (bytes >= group_bytes_ / 2 && held_.rows == 0) return write_group(batch);
        append_rows(held_, batch, 0, batch.rows);
        held_bytes_ = room_of(held_);
        return {};
    }

    Result<> finish() override {
        STREAMS_TRY(flush());
        if (!writer_) STREAMS_TRY(open({}));
        return said(writer_->Close());
    }

    std::size_t held_bytes() const override { return held_bytes_; }
    std::size_t index_bytes() const override { return index_bytes_; }

    Result<> flush() override {
        held_bytes_ = 0;
        const Batch rows = std::exchange(held_, {});
        return rows.rows == 0 ? Result<>() : write_group(rows);
    }

 private:
    Result<> said(const arrow::Status& status) const {
        if (status.ok()) return {};
        const std::optional<Error>& error = stream_->error();
        if (error) return std::unexpected(*error);
        return fail(ErrorKind::Failed, "parquet-write", "Parquet: " + status.ToString());
    }

    Result<> write_group(const Batch& rows) {
        if (!writer_) STREAMS_TRY(open(rows));
        index_bytes_ += rows.columns.size() * kIndexBytes;
        STREAMS_TRY(said(writer_->NewRowGroup()));
        for (std::size_t i = 0; i < rows.columns.size(); ++i) {
            auto column =
                arrow_column(rows.columns[i], schema_->field(static_cast<int>(i))->type());
            if (!column.ok()) return said(column.status());
            STREAMS_TRY(said(writer_->WriteColumnChunk(**column)));
        }
        return rows.columns.empty() ? write_nulls(rows.rows) : Result<>();
    }

    // The only column of rows that have none.
    Result<> write_nulls(std::size_t rows) {
        const auto nulls =
            arrow::MakeArrayOfNull(schema_->field(0)->type(), static_cast<std::int64_t>(rows));
        if (!nulls.ok()) return said(nulls.status());
        return said(writer_->WriteColumnChunk(**nulls));
    }

    Result<> open(const Batch& sample) {
        index_bytes_ = static_cast<std::size_t>(schema_->num_fields()) * kIndexBytes;
        parquet::WriterProperties::Builder properties;
        properties.memory_pool(arrow::system_memory_pool());
        properties.created_by(std::string("streams version ") + STREAMS_VERSION);
        properties.compression(codec_of(compression_));
        if (compression_ == Compression::Zstd) properties.compression_level(kZstdLevel);
        properties.max_row_group_length(std::int64_t{1} << 40);  // Bytes decide, not rows.
        properties.disable_dictionary();
        for (std::size_t i = 0; i < sample.columns.size(); ++i) {
            const auto& name = schema_->field(static_cast<int>(i))->name();
            if (wants_dictionary(sample.columns[i])) properties.enable_dictionary(name);
            has_statistics_.push_back(!has_large_values(sample.columns[i]));
            if (!has_statistics_.back()) properties.disable_statistics(name);
        }
        auto opened = parquet::arrow::FileWriter::Open(*schema_, arrow::system_memory_pool(),
                                                       stream_, properties.build(),
                                                       parquet::default_arrow_writer_properties());
        if (!opened.ok()) return said(opened.status());
        writer_ = *std::move(opened);
        return {};
    }

    std::shared_ptr<const arrow::Schema> schema_;
    Compression compression_;
    std::size_t group_bytes_;
    decltype(std::make_shared<SinkStream>(ByteSink())) stream_;
    std::unique_ptr<parquet::arrow::FileWriter> writer_;
    std::vector<bool> has_statistics_;  // By column.
    Batch held_;                        // Rows of the next group.
    std::size_t held_bytes_ = 0;
    std::size_t index_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const std::vector<Field>& fields,
                                      const std::vector<DecimalWidth>& widths,
                                      Compression compression, std::size_t group_bytes,
                                      ByteSink sink) {
    return std::make_unique<ParquetEncoder>(fields, widths, compression, group_bytes,
                                            std::move(sink));
}

}  // namespace streams::parquet_format
