#include "format/csv_reader.h"

#include <algorithm>

namespace streams {

Result<bool> CsvReader::next() {
    window_.consume(size_);
    size_ = 0;
    bool is_all = false;
    while (true) {
        line_ = next_line_;
        const auto text = window_.text();
        const auto outcome = text.empty() && !is_all ? Outcome::NeedsMore : parse(text, is_all);
        if (text.empty() && is_all) return false;
        if (outcome == Outcome::Broken) {
            line_ += lines_;
            return fail(ErrorKind::Data, "csv-quote",
                        is_all ? "a quoted cell has no end, or text stands behind its end"
                               : "text stands behind the end of a quoted cell");
        }
        if (outcome == Outcome::Record) {
            next_line_ += lines_;
            if (keeps_blank_lines_ || !is_blank()) return true;
            window_.consume(size_);
            size_ = 0;
            continue;
        }
        auto more = window_.fill();
        if (!more) return std::unexpected(std::move(more).error());
        is_all = !*more;
    }
}

bool CsvReader::is_blank() const {
    return cells_.size() == 1 && cells_[0].text.empty() && !cells_[0].is_quoted;
}

CsvReader::Outcome CsvReader::parse(std::string_view text, bool is_all) {
    cells_.clear();
    unquoted_.clear();
    lines_ = 0;
    std::size_t at = 0;
    while (true) {
        const auto outcome = text.substr(at).starts_with('"') ? parse_quoted(text, is_all, at)
                                                              : parse_plain(text, at);
        if (outcome != Outcome::Record) return outcome;
        if (at == text.size() || text[at] != delimiter_) return parse_end(text, is_all, at);
        ++at;
    }
}

CsvReader::Outcome CsvReader::parse_plain(std::string_view text, std::size_t& at) {
    const auto begin = at;
    while (at < text.size() && text[at] != delimiter_ && text[at] != '\n' && text[at] != '\r') ++at;
    cells_.push_back({text.substr(begin, at - begin), false});
    return Outcome::Record;
}

// What stands behind the last cell: a line end, or the end of the file.
CsvReader::Outcome CsvReader::parse_end(std::string_view text, bool is_all, std::size_t at) {
    const auto rest = text.substr(at);
    const bool may_go_on = rest.empty() || rest == "\r";
    if (may_go_on && !is_all) return Outcome::NeedsMore;
    if (!rest.empty() && rest[0] != '\n' && rest[0] != '\r') return Outcome::Broken;
    if (!rest.empty()) ++lines_;
    size_ = at + (rest.starts_with("\r\n") ? 2 : std::min<std::size_t>(rest.size(), 1));
    return Outcome::Record;
}

CsvReader::Outcome CsvReader::parse_quoted(std::string_view text, bool is_all, std::size_t& at) {
    const auto begin = ++at;
    bool has_doubled = false;
    while (true) {
        const auto quote = text.find('"', at);
        const auto end = std::min(quote, text.size());
        lines_ += static_cast<std::size_t>(std::ranges::count(text.substr(at, end - at), '\n'));
        if (quote == std::string_view::npos) return is_all ? Outcome::Broken : Outcome::NeedsMore;
        at = quote + 1;
        if (at == text.size() && !is_all) return Outcome::NeedsMore;
        if (at == text.size() || text[at] != '"') break;
        has_doubled = true;
        ++at;
    }
    auto cell = text.substr(begin, at - 1 - begin);
    if (has_doubled) {
        auto& plain = unquoted_.emplace_back();
        for (std::size_t i = 0; i < cell.size(); ++i) {
            plain += cell[i];
            if (cell[i] == '"') ++i;
        }
        cell = plain;
    }
    cells_.push_back({cell, true});
    return Outcome::Record;
}

char guess_delimiter(std::string_view first_line) {
    char best = ',';
    std::ptrdiff_t most = 0;
    for (const char delimiter : {',', ';', '\t', '|'}) {
        const auto count = std::ranges::count(first_line, delimiter);
        if (count > most) {
            most = count;
            best = delimiter;
        }
    }
    return best;
}

}  // namespace streams
