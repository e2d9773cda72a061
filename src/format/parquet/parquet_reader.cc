#include "format/parquet/parquet_reader.h"

#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <parquet/arrow/reader.h>
#include <parquet/properties.h>
#include <utility>

#include "format/parquet/json_values.h"

namespace streams::parquet_format {
namespace {

constexpr std::int64_t kBatchRows = 1024;

class Reader final : public ParquetReader {
 public:
    Reader(std::unique_ptr<parquet::arrow::FileReader> file, std::string path)
        : file_(std::move(file)), path_(std::move(path)) {}

    Result<> open() {
        decltype(arrow::schema(arrow::FieldVector())) schema;
        if (auto status = file_->GetSchema(&schema); !status.ok()) return damaged(status);
        schema_ = R"({"type":"object","properties":{)";
        for (const auto& field : schema->fields()) {
            if (!keys_.empty()) schema_ += ',';
            auto& key = keys_.emplace_back();
            append_string(field->name(), key);
            key += ':';
            schema_.append(key).append(schema_of(*field->type()));
        }
        schema_ += "}}";
        return seek(0);
    }

    const std::string& schema() const override { return schema_; }
    std::uint64_t rows() const override {
        return static_cast<std::uint64_t>(file_->parquet_reader()->metadata()->num_rows());
    }

    Result<> seek(std::uint64_t row) override {
        const auto metadata = file_->parquet_reader()->metadata();
        std::vector<int> groups;
        row_ = row;
        skipped_ = row;
        for (int i = 0; i < metadata->num_row_groups(); ++i) {
            const auto rows = static_cast<std::uint64_t>(metadata->RowGroup(i)->num_rows());
            if (groups.empty() && rows <= skipped_) {
                skipped_ -= rows;
            } else {
                groups.push_back(i);
            }
        }
        auto batches = file_->GetRecordBatchReader(groups);
        if (!batches.ok()) return damaged(batches.status());
        batches_ = *std::move(batches);
        return {};
    }

    Result<std::vector<std::string>> next() override {
        std::vector<std::string> records;
        while (records.empty()) {
            auto batch = batches_->Next();
            if (!batch.ok()) return damaged(batch.status());
            if (*batch == nullptr) return records;
            for (std::int64_t row = 0; row < (*batch)->num_rows(); ++row) {
                if (skipped_ != 0) {
                    --skipped_;
                    continue;
                }
                ++row_;
                auto record = record_of(**batch, row);
                if (!record) return std::unexpected(std::move(record).error());
                records.push_back(*std::move(record));
            }
        }
        return records;
    }

 private:
    Result<std::string> record_of(const arrow::RecordBatch& batch, std::int64_t row) const {
        std::string record = "{";
        for (int i = 0; i < batch.num_columns(); ++i) {
            if (i != 0) record += ',';
            record += keys_[static_cast<std::size_t>(i)];
            const auto status = append_value(*batch.column(i), row, record);
            if (status.ok()) continue;
            return std::unexpected(
                Error{ErrorKind::Data,
                      "parquet-type",
                      "column \"" + batch.column_name(i) + "\": " + status.message(),
                      path_ + ":" + std::to_string(row_),
                      {},
                      "correct the file, or leave it out"});
        }
        return record + "}";
    }

    std::unexpected<Error> damaged(const arrow::Status& status) const {
        return std::unexpected(Error{ErrorKind::Data,
                                     "parquet-damaged",
                                     "a Parquet file cannot be read",
                                     path_,
                                     status.message(),
                                     {}});
    }

    std::unique_ptr<parquet::arrow::FileReader> file_;
    std::unique_ptr<arrow::RecordBatchReader> batches_;
    std::string path_;
    std::string schema_;
    std::vector<std::string> keys_;  // `"name":`
    std::uint64_t row_ = 0;          // Counted from 1, of the record at work.
    std::uint64_t skipped_ = 0;      // Rows of the first group that are still to be passed over.
};

std::unexpected<Error> not_opened(const std::string& path, const arrow::Status& status) {
    return std::unexpected(Error{ErrorKind::Data,
                                 "parquet-damaged",
                                 "a Parquet file cannot be opened",
                                 path,
                                 status.message(),
                                 {}});
}

}  // namespace

Result<std::unique_ptr<ParquetReader>> open_reader(const std::string& path) {
    auto file = arrow::io::ReadableFile::Open(path, arrow::system_memory_pool());
    if (!file.ok()) return not_opened(path, file.status());
    parquet::ReaderProperties properties(arrow::system_memory_pool());
    properties.enable_buffered_stream();
    parquet::ArrowReaderProperties arrow_properties;
    arrow_properties.set_batch_size(kBatchRows);
    arrow_properties.set_pre_buffer(false);
    arrow_properties.set_arrow_extensions_enabled(true);
    parquet::arrow::FileReaderBuilder builder;
    auto status = builder.Open(*std::move(file), properties);
    if (!status.ok()) return not_opened(path, status);
    builder.memory_pool(arrow::system_memory_pool())->properties(arrow_properties);
    std::unique_ptr<parquet::arrow::FileReader> opened;
    status = builder.Build(&opened);
    if (!status.ok()) return not_opened(path, status);
    auto reader = std::make_unique<Reader>(std::move(opened), path);
    STREAMS_TRY(reader->open());
    return reader;
}

}  // namespace streams::parquet_format
