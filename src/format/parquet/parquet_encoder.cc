#include "format/parquet/parquet_encoder.h"

#include <arrow/io/interfaces.h>
#include <optional>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>
#include <string>
#include <unordered_set>
#include <utility>

#include "format/parquet/arrow_columns.h"
#include "format/rows.h"

namespace streams::parquet_format {
namespace {

constexpr int kZstdLevel = 1;
constexpr std::size_t kStatisticsValueBytes = std::size_t{64} << 10;
constexpr std::size_t kSampleRows = 4096;
constexpr std::size_t kDictionaryShare = 4;  // One distinct value in so many, or fewer.

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

class ParquetEncoder final : public Encoder {
 public:
    ParquetEncoder(const std::vector<Field>& fields, const std::vector<DecimalWidth>& widths,
                   Compression compression, ByteSink sink)
        : schema_(arrow_schema(fields, widths)),
          compression_(compression),
          stream_(std::make_shared<SinkStream>(std::move(sink))) {}

    bool takes(const Batch& batch) const override {
        for (std::size_t i = 0; i < has_statistics_.size(); ++i) {
            if (has_statistics_[i] && has_large_values(batch.columns[i])) return false;
        }
        return true;
    }

    Result<> write(const Batch& batch) override {
        if (!writer_) STREAMS_TRY(open(batch));
        auto rows = arrow_batch(batch, schema_);
        if (!rows.ok()) return said(rows.status());
        held_bytes_ += bytes_of(batch);
        return said(writer_->WriteRecordBatch(**rows));
    }

    Result<> finish() override {
        if (!writer_) STREAMS_TRY(open({}));
        return said(writer_->Close());
    }

    std::size_t held_bytes() const override { return held_bytes_; }

    Result<> flush() override {
        held_bytes_ = 0;
        return said(writer_->NewBufferedRowGroup());
    }

 private:
    Result<> said(const arrow::Status& status) const {
        if (status.ok()) return {};
        const std::optional<Error>& error = stream_->error();
        if (error) return std::unexpected(*error);
        return fail(ErrorKind::Failed, "parquet-write", "Parquet: " + status.ToString());
    }

    Result<> open(const Batch& sample) {
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
        parquet::ArrowWriterProperties::Builder arrow_properties;
        arrow_properties.set_use_threads(true);
        auto opened =
            parquet::arrow::FileWriter::Open(*schema_, arrow::system_memory_pool(), stream_,
                                             properties.build(), arrow_properties.build());
        if (!opened.ok()) return said(opened.status());
        writer_ = *std::move(opened);
        return {};
    }

    std::shared_ptr<const arrow::Schema> schema_;
    Compression compression_;
    decltype(std::make_shared<SinkStream>(ByteSink())) stream_;
    std::unique_ptr<parquet::arrow::FileWriter> writer_;
    std::vector<bool> has_statistics_;  // By column.
    std::size_t held_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const std::vector<Field>& fields,
                                      const std::vector<DecimalWidth>& widths,
                                      Compression compression, ByteSink sink) {
    return std::make_unique<ParquetEncoder>(fields, widths, compression, std::move(sink));
}

}  // namespace streams::parquet_format
