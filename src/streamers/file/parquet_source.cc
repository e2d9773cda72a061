#include "format/parquet.h"
#include "streamers/file/record_source.h"

namespace streams::file_source {
namespace {

class ParquetSource final : public RecordSource {
 public:
    ParquetSource(std::unique_ptr<ParquetReader> reader, std::uint64_t from)
        : reader_(std::move(reader)), position_(from) {}

    const std::string& schema() const override { return reader_->schema(); }
    std::uint64_t position() const override { return position_; }
    std::uint64_t line() const override { return position_ + 1; }

    Result<std::string_view> next() override {
        if (at_ == records_.size()) {
            auto records = reader_->next();
            if (!records) return std::unexpected(std::move(records).error());
            records_ = *std::move(records);
            at_ = 0;
            if (records_.empty()) return std::string_view();
        }
        ++position_;
        return records_[at_++];
    }

 private:
    std::unique_ptr<ParquetReader> reader_;
    std::uint64_t position_;
    std::vector<std::string> records_;
    std::size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<RecordSource>> open_parquet(const SourceFile& file, std::uint64_t from) {
    auto module = load_parquet();
    if (!module) return std::unexpected(std::move(module).error());
    auto reader = module->open(file.path);
    if (!reader) return std::unexpected(std::move(reader).error());
    STREAMS_TRY((*reader)->seek(from));
    return std::make_unique<ParquetSource>(*std::move(reader), from);
}

}  // namespace streams::file_source
