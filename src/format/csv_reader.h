#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "format/byte_input.h"
#include "streams/error.h"

namespace streams {

/// Takes CSV apart as RFC 4180 has it. Lines may end in CRLF, LF or CR; a quote within a cell that
/// does not begin with one is a quote. Blank lines are passed over, unless they are asked for: in a
/// file of one column they are null.
class CsvReader {
 public:
    struct Cell {
        std::string_view text;
        bool is_quoted = false;
    };

    /// `window` outlives this.
    CsvReader(InputWindow& window, char delimiter) : window_(window), delimiter_(delimiter) {}

    /// Goes to the next record; false at the end. Its cells are valid until the next call.
    /// **Errors.** Data `csv-quote`; those of the window.
    Result<bool> next();

    void keep_blank_lines() { keeps_blank_lines_ = true; }

    const std::vector<Cell>& cells() const { return cells_; }

    /// Of the file, counted from 1: where the record begins. After an error: of the error.
    std::uint64_t line() const { return line_; }
    void set_line(std::uint64_t next) { next_line_ = next; }
    std::uint64_t next_line() const { return next_line_; }

    /// Of the byte behind the record.
    std::uint64_t end() const { return window_.offset() + size_; }

    /// Goes on at this byte, which is behind the record.
    Result<> skip_to(std::uint64_t byte) {
        const auto bytes = byte - window_.offset();
        size_ = 0;
        return window_.skip(bytes);
    }

 private:
    enum class Outcome : std::uint8_t { Record, NeedsMore, Broken };

    Outcome parse(std::string_view text, bool is_all);
    Outcome parse_plain(std::string_view text, std::size_t& at);
    Outcome parse_end(std::string_view text, bool is_all, std::size_t at);
    Outcome parse_quoted(std::string_view text, bool is_all, std::size_t& at);
    bool is_blank() const;

    InputWindow& window_;
    char delimiter_;
    std::vector<Cell> cells_;
    std::deque<std::string> unquoted_;  // Cells that had doubled quotes.
    std::size_t size_ = 0;              // Of the record, with its line end.
    std::size_t lines_ = 0;
    std::uint64_t line_ = 0;
    std::uint64_t next_line_ = 1;
    bool keeps_blank_lines_ = false;
};

/// The one of `,` `;` tab and `|` that cuts the first line into most cells; a comma for a tie.
char guess_delimiter(std::string_view first_line);

}  // namespace streams
