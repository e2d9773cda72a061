#include <algorithm>
#include <set>

#include "format/csv_reader.h"
#include "message/json_scanner.h"
#include "streamers/file/record_source.h"

namespace streams::file_source {
namespace {

constexpr std::size_t kRecordBytesMax = std::size_t{64} << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// A CSV file whose header has been read.
class OpenCsv {
 public:
    OpenCsv(const SourceFile& file, const CsvOptions& options) : file_(file), options_(options) {}

    /// Reads the header, then goes to the byte `from`, if it is behind that, on line `line`.
    Result<> open(std::uint64_t from, std::uint64_t line) {
        auto bytes = open_bytes(file_.path, file_.compression, file_.size);
        if (!bytes) return std::unexpected(std::move(bytes).error());
        bytes_ = *std::move(bytes);
        window_ = std::make_unique<InputWindow>(*bytes_, kRecordBytesMax);
        auto delimiter = delimiter_of_file();
        if (!delimiter) return std::unexpected(std::move(delimiter).error());
        reader_ = std::make_unique<CsvReader>(*window_, *delimiter);
        STREAMS_TRY(read_header());
        if (names_.size() == 1) reader_->keep_blank_lines();
        if (from <= position()) return {};
        STREAMS_TRY(skip_to(from));
        reader_->set_line(line);
        return {};
    }

    const std::vector<std::string>& names() const { return names_; }
    std::uint64_t position() const { return reader_->end(); }
    std::uint64_t line() const { return reader_->next_line(); }

    /// The next record's cells, as many as there are names; none at the end.
    Result<const std::vector<CsvReader::Cell>*> next() {
        if (!is_first_waiting_) {
            auto more = reader_->next();
            if (!more) return here(std::move(more).error());
            if (!*more) return nullptr;
        }
        is_first_waiting_ = false;
        const auto& cells = reader_->cells();
        if (cells.size() != names_.size()) {
            return here({ErrorKind::Data,
                         "csv-cells",
                         "a record has " + std::to_string(cells.size()) + " cells, the header " +
                             std::to_string(names_.size()),
                         {},
                         {},
                         "correct the file, or say how its cells are divided: --delimiter"});
        }
        return &cells;
    }

    bool is_null(const CsvReader::Cell& cell) const {
        return !cell.is_quoted && (cell.text.empty() || cell.text == options_.null_text);
    }

    std::unexpected<Error> here(Error error) const {
        error.where = file_.path + ":" + std::to_string(reader_->line());
        return std::unexpected(std::move(error));
    }

 private:
    Result<char> delimiter_of_file() {
        auto text = window_->text();
        while (text.find_first_of("\r\n") == std::string_view::npos) {
            auto more = window_->fill();
            if (!more) return std::unexpected(std::move(more).error());
            text = window_->text();
            if (!*more) break;
        }
        if (text.starts_with(kByteOrderMark)) window_->consume(kByteOrderMark.size());
        if (options_.delimiter != '\0') return options_.delimiter;
        text = window_->text();
        return guess_delimiter(text.substr(0, text.find_first_of("\r\n")));
    }

    Result<> read_header() {
        auto more = reader_->next();
        if (!more) return here(std::move(more).error());
        if (!*more) return {};
        std::set<std::string> taken;
        for (const auto& cell : reader_->cells()) {
            const auto number = std::to_string(names_.size() + 1);
            const bool is_named = options_.has_header && !cell.text.empty();
            auto name = is_named ? std::string(cell.text) : "column_" + number;
            if (find_bad_utf8(name) != name.size()) {
                return here({ErrorKind::Data,
                             "utf8",
                             "the header is not UTF-8",
                             {},
                             {},
                             "convert the file, for example with iconv"});
            }
            if (!taken.insert(name).second) {
                return here({ErrorKind::Data,
                             "csv-header",
                             "two columns are called \"" + name + "\"",
                             {},
                             {},
                             "rename one of them in the file"});
            }
            names_.push_back(std::move(name));
        }
        is_first_waiting_ = !options_.has_header;
        return {};
    }

    Result<> skip_to(std::uint64_t from) {
        is_first_waiting_ = false;
        return reader_->skip_to(from);
    }

    const SourceFile& file_;
    const CsvOptions& options_;
    std::unique_ptr<ByteInput> bytes_;
    std::unique_ptr<InputWindow> window_;
    std::unique_ptr<CsvReader> reader_;
    std::vector<std::string> names_;
    bool is_first_waiting_ = false;  // Without a header the first line is a record.
};

class CsvSource final : public RecordSource {
 public:
    CsvSource(const SourceFile& file, const CsvOptions& options, const Columns& columns)
        : open_(file, options), columns_(columns), schema_(columns.schema()) {}

    Result<> open(std::uint64_t from, std::uint64_t line) {
        STREAMS_TRY(open_.open(from, line));
        for (const auto& name : open_.names()) {
            auto& column = written_.emplace_back();
            append_json_string(column.key, name);
            column.key += ':';
            const auto found = columns_.guesses.find(name);
            if (found != columns_.guesses.end()) column.kind = found->second.kind();
        }
        return {};
    }

    const std::string& schema() const override { return schema_; }
    std::uint64_t position() const override { return open_.position(); }
    std::uint64_t line() const override { return open_.line(); }

    Result<std::string_view> next() override {
        auto cells = open_.next();
        if (!cells) return std::unexpected(std::move(cells).error());
        if (*cells == nullptr) return std::string_view();
        record_ = '{';
        for (std::size_t i = 0; i < written_.size(); ++i) {
            const auto& cell = (**cells)[i];
            if (written_[i].kind == ColumnGuess::Kind::Nothing) continue;
            if (record_.size() > 1) record_ += ',';
            record_ += written_[i].key;
            if (open_.is_null(cell)) {
                record_ += "null";
            } else if (written_[i].kind != ColumnGuess::Kind::Text) {
                record_ += cell.text;
            } else if (find_bad_utf8(cell.text) != cell.text.size()) {
                return open_.here({ErrorKind::Data,
                                   "utf8",
                                   "a cell is not UTF-8",
                                   {},
                                   {},
                                   "convert the file, for example with iconv"});
            } else {
                append_json_string(record_, cell.text);
            }
        }
        record_ += '}';
        return record_;
    }

 private:
    struct Written {
        std::string key;
        ColumnGuess::Kind kind = ColumnGuess::Kind::Nothing;
    };

    OpenCsv open_;
    const Columns& columns_;
    std::string schema_;
    std::vector<Written> written_;
    std::string record_;
};

}  // namespace

std::string Columns::schema() const {
    std::string schema = R"({"type":"object","properties":{)";
    bool is_first = true;
    for (const auto& name : names) {
        const auto found = guesses.find(name);
        const auto of_column = found == guesses.end() ? std::string() : found->second.schema();
        if (of_column.empty()) continue;
        if (!is_first) schema += ',';
        is_first = false;
        append_json_string(schema, name);
        schema.append(":").append(of_column);
    }
    return schema + "}}";
}

Result<> guess_columns(const SourceFile& file, const CsvOptions& options, std::uint64_t from,
                       Columns& columns) {
    OpenCsv open(file, options);
    STREAMS_TRY(open.open(from, 1));
    std::vector<ColumnGuess*> guesses;
    for (const auto& name : open.names()) {
        if (std::ranges::find(columns.names, name) == columns.names.end()) {
            columns.names.push_back(name);
        }
        guesses.push_back(&columns.guesses[name]);
    }
    while (true) {
        auto cells = open.next();
        if (!cells) return std::unexpected(std::move(cells).error());
        if (*cells == nullptr) return {};
        for (std::size_t i = 0; i < guesses.size(); ++i) {
            const auto& cell = (**cells)[i];
            if (!open.is_null(cell)) guesses[i]->add(cell.text);
        }
    }
}

Result<std::unique_ptr<RecordSource>> open_csv(const SourceFile& file, const CsvOptions& options,
                                               std::uint64_t from, std::uint64_t line,
                                               const Columns& columns) {
    auto source = std::make_unique<CsvSource>(file, options, columns);
    STREAMS_TRY(source->open(from, line));
    return source;
}

}  // namespace streams::file_source
