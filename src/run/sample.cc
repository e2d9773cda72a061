#include "run/sample.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "run/capture.h"

namespace streams {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTablesMax = 9;          // As many as the summary names.
constexpr std::uint64_t kRowsMax = 1'000'000;  // Counting more takes longer than a person waits.
constexpr std::size_t kCellsMax = 4;
constexpr std::size_t kCellBytesMax = 30;

// How much a column helps to recognise a row; 0: not at all.
int worth_of(const std::string& column, const std::string& value, bool in_key) {
    if (value.empty() || value == "null" || value.starts_with('{') || value.starts_with('['))
        return 0;
    if (column.starts_with('_') || value.starts_with("http://") || value.starts_with("https://"))
        return 0;
    constexpr std::array<std::string_view, 8> kTelling = {
        "number", "name", "title", "state", "status", "email", "updated_at", "created_at"};
    const auto telling = std::ranges::find(kTelling, column);
    if (telling != kTelling.end()) return 20 - static_cast<int>(telling - kTelling.begin());
    if (value.size() > kCellBytesMax) return 0;
    return in_key ? 5 : 1;
}

std::vector<std::string> texts_of(const Json& array) {
    std::vector<std::string> texts;
    for (const auto& text : array)
        texts.push_back(text.is_string() ? text.get<std::string>() : text.dump());
    return texts;
}

std::string sample_of(const RunPlan& plan, const StreamReport& stream) {
    auto command = plan.persister;
    command.erase(command.begin() + 1);  // The word `sync`.
    command = with_word(command, "show");
    command.insert(command.end(), {"--limit", "1", "--json", stream.table});
    const auto captured = run_captured(command, plan.environment, plan.persister_hidden);
    if (!captured || !captured->exit.good()) return {};
    const auto tables = Json::parse(captured->out, nullptr, false);
    if (!tables.is_array() || tables.empty() || !tables[0].is_object()) return {};
    const auto& table = tables[0];
    if (!table.contains("columns") || !table.contains("sample")) return {};
    if (!table["columns"].is_array() || !table["sample"].is_array() || table["sample"].empty())
        return {};
    return sample_line(texts_of(table["columns"]), texts_of(table["sample"][0]), stream.key);
}

// `2022-07-05T13:45:22.000000Z` as people write it: `2022-07-05 13:45:22Z`.
std::string easy_time(std::string value) {
    constexpr std::string_view kForm = "0000-00-00T00:00:00.000000Z";
    if (value.size() != kForm.size() || !value.ends_with(".000000Z")) return value;
    for (std::size_t index = 0; index < kForm.size(); ++index) {
        const bool digit = value[index] >= '0' && value[index] <= '9';
        if (kForm[index] == '0' ? !digit : value[index] != kForm[index]) return value;
    }
    value[10] = ' ';
    return value.erase(19, 7);
}

}  // namespace

std::string sample_line(const std::vector<std::string>& columns,
                        const std::vector<std::string>& row, const std::vector<std::string>& key) {
    struct Cell {
        std::size_t index;
        int worth;
    };
    std::vector<Cell> cells;
    for (std::size_t index = 0; index < std::min(columns.size(), row.size()); ++index) {
        const bool in_key = std::ranges::find(key, columns[index]) != key.end();
        const int worth = worth_of(columns[index], row[index], in_key);
        if (worth != 0) cells.push_back({index, worth});
    }
    std::ranges::sort(cells, [](const Cell& left, const Cell& right) {
        return left.worth != right.worth ? left.worth > right.worth : left.index < right.index;
    });
    if (cells.size() > kCellsMax) cells.resize(kCellsMax);
    std::string line;
    for (const auto& cell : cells) {
        line +=
            (line.empty() ? "" : "  ") + ascii_excerpt(easy_time(row[cell.index]), kCellBytesMax);
    }
    return line;
}

std::map<std::string, std::string> samples_of(const RunPlan& plan, const RunReport& report) {
    std::map<std::string, std::string> samples;
    auto streams = report.streams();
    std::ranges::sort(streams, std::greater<>(), &StreamReport::rows);
    streams.resize(std::min(streams.size(), kTablesMax));
    for (const auto& stream : streams) {
        if (!stream.created || stream.rows == 0 || stream.rows > kRowsMax) continue;
        auto sample = sample_of(plan, stream);
        if (!sample.empty()) samples[stream.name] = std::move(sample);
    }
    return samples;
}

}  // namespace streams
