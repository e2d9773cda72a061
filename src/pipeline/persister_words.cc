#include "pipeline/persister_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "program/quantity.h"

namespace streams {
namespace {

constexpr std::size_t kCellWidth = 40;

std::unexpected<Error> config_error(std::string id, std::string what, std::string remedy) {
    return std::unexpected(
        Error{ErrorKind::Config, std::move(id), std::move(what), {}, {}, std::move(remedy)});
}

// Cuts at a character's border and keeps a table's line one line.
std::string cell(const std::string& text) {
    std::string plain = printable(text);
    if (plain.size() <= kCellWidth) return plain;
    std::size_t end = kCellWidth - 3;
    while (end > 0 && (static_cast<unsigned char>(plain[end]) & 0xC0) == 0x80) --end;
    return plain.substr(0, end) + "...";
}

std::string sample_text(const Table& table) {
    std::string text;
    for (const auto& row : table.sample) {
        if (&row != &table.sample.front()) text += '\n';
        std::size_t width = 0;
        for (const auto& name : table.columns) width = std::max(width, cell(name).size());
        for (std::size_t i = 0; i < table.columns.size() && i < row.size(); ++i) {
            text += fmt::format("  {:<{}}  {}\n", cell(table.columns[i]), width, cell(row[i]));
        }
    }
    return text;
}

// Columns that are ours and not the stream's go, with their cells; how many there were.
std::size_t take_ours_away(Table& table) {
    std::size_t count = 0;
    for (auto at = table.columns.size(); at-- > 0;) {
        if (!table.columns[at].starts_with("_streams_")) continue;
        const auto place = static_cast<std::ptrdiff_t>(at);
        table.columns.erase(table.columns.begin() + place);
        for (auto& row : table.sample) {
            if (at < row.size()) row.erase(row.begin() + place);
        }
        ++count;
    }
    return count;
}

std::string columns_text(const Table& table, std::size_t ours) {
    if (table.columns.empty()) return {};  // Files know theirs only when they are read.
    auto text =
        fmt::format("  {} column{}", table.columns.size(), table.columns.size() == 1 ? "" : "s");
    if (ours != 0) text += fmt::format(", and {} of ours: --all", ours);
    return text;
}

std::string tables_text(std::vector<Table> tables, bool with_sample, bool with_ours) {
    std::size_t width = 0;
    for (const auto& table : tables) width = std::max(width, cell(table.name).size());
    std::string text;
    for (auto& table : tables) {
        const auto ours = with_ours ? 0 : take_ours_away(table);
        text +=
            fmt::format("{:<{}}  {:>9} {}{}\n", cell(table.name), width, with_commas(table.rows),
                        table.rows == 1 ? "row" : "rows", columns_text(table, ours));
        if (with_sample) text += sample_text(table);
    }
    return tables.empty() ? "no tables\n" : text;
}

nlohmann::json tables_json(std::vector<Table> tables, bool with_ours) {
    auto all = nlohmann::json::array();
    for (auto& table : tables) {
        if (!with_ours) take_ours_away(table);
        all.push_back({{"name", table.name},
                       {"stream", table.stream},
                       {"rows", table.rows},
                       {"columns", table.columns},
                       {"sample", table.sample}});
    }
    return all;
}

}  // namespace

Result<std::string> check_destination(const PersisterEntry& entry, const Settings& settings) {
    if (!entry.check) return std::string();
    STREAMS_TRY(entry.check(settings));
    log_info("persist-" + entry.spec.name() + " reaches its destination with these settings");
    return std::string();
}

Result<std::string> show_tables(const PersisterEntry& entry, const Settings& settings,
                                const RunOptions& run, const CommandLine& line) {
    if (!entry.show) return config_error("no-show", "this destination cannot show its tables", "");
    const auto table = line.operands.empty() ? std::string() : line.operands.front();
    const std::uint64_t limit = line.options.has("limit")
                                    ? static_cast<std::uint64_t>(line.options.integer("limit"))
                                    : (table.empty() ? 0 : 5);
    auto context = run.context;
    auto tables = entry.show(settings, context, table, limit);
    if (!tables) return std::unexpected(std::move(tables).error());
    const bool with_ours = line.options.boolean("all");
    if (line.options.boolean("json")) {
        return tables_json(*std::move(tables), with_ours)
                   .dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
               "\n";
    }
    return tables_text(*std::move(tables), !table.empty(), with_ours);
}

}  // namespace streams
