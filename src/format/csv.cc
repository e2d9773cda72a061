#include "format/csv.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "format/value_text.h"

namespace streams {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr char kQuote = '"';

class CsvEncoder final : public Encoder {
 public:
    CsvEncoder(const std::vector<Field>& fields, CsvStyle style, ByteSink sink)
        : style_(std::move(style)), sink_(std::move(sink)) {
        for (const char byte : {'\r', '\n', kQuote, style_.delimiter}) {
            is_special_[static_cast<unsigned char>(byte)] = true;
        }
        if (!style_.has_header) return;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (i != 0) piece_ += style_.delimiter;
            append_text(fields[i].name);
        }
        piece_ += style_.line_end;
    }

    Result<> write(const Batch& batch) override {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            append_row(batch, row);
            if (piece_.size() >= kPieceBytes) STREAMS_TRY(write_piece());
        }
        return write_piece();
    }

    Result<> finish() override { return write_piece(); }

 private:
    Result<> write_piece() {
        if (piece_.empty()) return {};
        STREAMS_TRY(sink_(piece_));
        if (piece_.capacity() > 2 * kPieceBytes) piece_ = {};
        piece_.clear();
        return {};
    }

    void append_row(const Batch& batch, std::size_t row) {
        bool is_first = true;
        for (const auto& column : batch.columns) {
            if (!is_first) piece_ += style_.delimiter;
            is_first = false;
            if (column.is_null(row)) {
                piece_ += style_.null_text;
            } else if (column.type == Type::Text || column.type == Type::Json) {
                append_text(column.text(row));
            } else {
                append_plain(column, row);
            }
        }
        piece_ += style_.line_end;
    }

    // Of a type whose texts need quotes only where an unusual style makes them ambiguous.
    void append_plain(const Column& column, std::size_t row) {
        const auto begin = piece_.size();
        append_value_text(column, row, piece_);
        const auto text = std::string_view(piece_).substr(begin);
        if (!needs_quotes(text)) return;
        const std::string value(text);
        piece_.resize(begin);
        append_quoted(value);
    }

    bool needs_quotes(std::string_view text) const {
        return text.empty() || text == style_.null_text ||
               std::ranges::any_of(
                   text, [&](char byte) { return is_special_[static_cast<unsigned char>(byte)]; });
    }

    void append_text(std::string_view text) {
        std::string guarded;
        if (style_.guards_formulas && is_formula(text)) {
            guarded.append("'").append(text);
            text = guarded;
        }
        if (needs_quotes(text)) {
            append_quoted(text);
        } else {
            piece_ += text;
        }
    }

    // What Excel and others take for a formula (OWASP, CSV injection).
    static bool is_formula(std::string_view text) {
        return !text.empty() &&
               std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
    }

    void append_quoted(std::string_view text) {
        piece_ += kQuote;
        while (true) {
            const auto quote = text.find(kQuote);
            piece_ += text.substr(0, quote);
            if (quote == std::string_view::npos) break;
            piece_.append(2, kQuote);
            text.remove_prefix(quote + 1);
        }
        piece_ += kQuote;
    }

    CsvStyle style_;
    ByteSink sink_;
    std::array<bool, 256> is_special_ = {};  // What a cell needs quotes for.
    std::string piece_;
};

}  // namespace

std::unique_ptr<Encoder> make_csv_encoder(const std::vector<Field>& fields, CsvStyle style,
                                          ByteSink sink) {
    return std::make_unique<CsvEncoder>(fields, std::move(style), std::move(sink));
}

}  // namespace streams
