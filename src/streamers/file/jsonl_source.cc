#include "base/log.h"
#include "message/json_scanner.h"
#include "streamers/file/record_source.h"

namespace streams::file_source {
namespace {

constexpr std::size_t kRecordBytesMax = std::size_t{64} << 20;
constexpr std::string_view kBlanks = " \t\r\n";

class JsonlSource final : public RecordSource {
 public:
    explicit JsonlSource(const SourceFile& file) : file_(file) {}

    Result<> open(std::uint64_t from, std::uint64_t line) {
        auto bytes = open_bytes(file_.path, file_.compression, file_.size);
        if (!bytes) return std::unexpected(std::move(bytes).error());
        bytes_ = *std::move(bytes);
        window_ = std::make_unique<InputWindow>(*bytes_, kRecordBytesMax);
        line_ = line;
        return window_->skip(from);
    }

    const std::string& schema() const override { return schema_; }
    std::uint64_t position() const override { return window_->offset() + size_; }
    std::uint64_t line() const override { return line_; }

    Result<std::string_view> next() override {
        while (true) {
            auto line = next_line();
            if (!line) return here(std::move(line).error());
            if (line->empty()) return std::string_view();
            const auto begin = line->find_first_not_of(kBlanks);
            if (begin == std::string_view::npos) {
                ++line_;
                continue;
            }
            const auto record = line->substr(begin, line->find_last_not_of(kBlanks) - begin + 1);
            const bool is_record =
                record[0] == '{' && is_json(record) && find_bad_utf8(record) == record.size();
            if (!is_record && !line->ends_with('\n')) {
                log_warning(file_.path +
                            ": the last line is not finished; it waits for a later run");
                size_ = 0;
                return std::string_view();
            }
            if (!is_record) {
                return here({ErrorKind::Data,
                             "json-syntax",
                             "a line is no JSON object in UTF-8",
                             {},
                             {},
                             "correct the file"});
            }
            ++line_;
            return record;
        }
    }

 private:
    // With its line end, if it has one; empty at the end.
    Result<std::string_view> next_line() {
        window_->consume(size_);
        size_ = 0;
        std::size_t searched = 0;
        while (true) {
            const auto text = window_->text();
            const auto end = text.find('\n', searched);
            if (end != std::string_view::npos) {
                size_ = end + 1;
                return text.substr(0, size_);
            }
            searched = text.size();
            auto more = window_->fill();
            if (!more) return std::unexpected(std::move(more).error());
            if (*more) continue;
            size_ = window_->text().size();
            return window_->text();
        }
    }

    std::unexpected<Error> here(Error error) const {
        error.where = file_.path + ":" + std::to_string(line_);
        return std::unexpected(std::move(error));
    }

    const SourceFile& file_;
    std::unique_ptr<ByteInput> bytes_;
    std::unique_ptr<InputWindow> window_;
    std::string schema_ = R"({"type":"object"})";
    std::size_t size_ = 0;  // Of the last line.
    std::uint64_t line_ = 1;
};

}  // namespace

Result<std::unique_ptr<RecordSource>> open_jsonl(const SourceFile& file, std::uint64_t from,
                                                 std::uint64_t line) {
    auto source = std::make_unique<JsonlSource>(file);
    STREAMS_TRY(source->open(from, line));
    return source;
}

}  // namespace streams::file_source
