#include "pipeline/persister_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/log.h"

namespace streams {
namespace {

constexpr std::size_t kCellWidth = 40;

std::unexpected<Error> config_error(std::string id, std::string what, std::string remedy) {
    return std::unexpected(
        Error{ErrorKind::Config, std::move(id), std::move(what), {}, {}, std::move(remedy)});
}

// Cuts at a character's border and keeps a table's line one line.
std::string cell(const std::string& text) {
    const std::string plain = printable(text);
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

std::string tables_text(const std::vector<Table>& tables, bool with_sample) {
    std::size_t width = 0;
    for (const auto& table : tables) width = std::max(width, cell(table.name).size());
    std::string text;
    for (const auto& table : tables) {
        text += fmt::format("{:<{}}  {:>9} rows  {} columns\n", cell(table.name), width, table.rows,
                            table.columns.size());
        if (with_sample) text += sample_text(table);
    }
    return tables.empty() ? "no tables\n" : text;
}

nlohmann::json tables_json(const std::vector<Table>& tables) {
    auto all = nlohmann::json::array();
    for (const auto& table : tables) {
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
    if (line.options.boolean("json")) {
        return tables_json(*tables).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
               "\n";
    }
    return tables_text(*tables, !table.empty());
}

}  // namespace streams
