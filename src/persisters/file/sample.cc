#include "persisters/file/sample.h"

#include <limits>

#include "format/csv_reader.h"
#include "format/parquet.h"
#include "message/json_scanner.h"

namespace streams::file {
namespace {

using Records = Result<std::vector<std::string>>;

constexpr std::size_t kRecordBytesMax = std::size_t{64} << 20;

Records of_parquet(const std::string& path, std::uint64_t limit) {
    const auto module = load_parquet();
    if (!module) return std::unexpected(module.error());
    const auto reader = module->open(path);
    if (!reader) return std::unexpected(reader.error());
    std::vector<std::string> records;
    while (records.size() < limit) {
        auto more = (*reader)->next();
        if (!more) return more;
        if (more->empty()) break;
        for (auto& record : *more) {
            if (records.size() < limit) records.push_back(std::move(record));
        }
    }
    return records;
}

Records of_lines(InputWindow& window, std::uint64_t limit) {
    std::vector<std::string> records;
    while (records.size() < limit) {
        const auto end = window.text().find('\n');
        if (end == std::string_view::npos) {
            const auto more = window.fill();
            if (!more) return std::unexpected(more.error());
            if (!*more) break;
            continue;
        }
        records.emplace_back(window.text().substr(0, end));
        window.consume(end + 1);
    }
    return records;
}

std::string record_of(const std::vector<std::string>& names,
                      const std::vector<CsvReader::Cell>& cells) {
    std::string record = "{";
    for (std::size_t i = 0; i < cells.size() && i < names.size(); ++i) {
        if (i != 0) record += ',';
        record.append(names[i]).append(":");
        if (cells[i].text.empty() && !cells[i].is_quoted) {
            record += "null";
        } else {
            append_json_string(record, cells[i].text);
        }
    }
    return record + "}";
}

// Without a header the first record's cells stand for names: only a person looks at them.
Records of_csv(InputWindow& window, std::uint64_t limit) {
    const auto filled = window.fill();
    if (!filled) return std::unexpected(filled.error());
    const auto text = window.text();
    CsvReader reader(window, guess_delimiter(text.substr(0, text.find_first_of("\r\n"))));
    std::vector<std::string> names;
    std::vector<std::string> records;
    while (records.size() < limit) {
        const auto more = reader.next();
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
        if (!names.empty()) {
            records.push_back(record_of(names, reader.cells()));
            continue;
        }
        for (const auto& cell : reader.cells()) {
            append_json_string(names.emplace_back(), cell.text);
        }
    }
    return records;
}

}  // namespace

Records first_records(const std::string& path, std::uint64_t limit) {
    if (path.ends_with(".parquet")) return of_parquet(path, limit);
    const auto bytes =
        open_bytes(path, compression_of_file(path), std::numeric_limits<std::uint64_t>::max());
    if (!bytes) return std::unexpected(bytes.error());
    InputWindow window(**bytes, kRecordBytesMax);
    const bool is_csv = path.find(".csv", path.rfind('/')) != std::string::npos;
    return is_csv ? of_csv(window, limit) : of_lines(window, limit);
}

}  // namespace streams::file
