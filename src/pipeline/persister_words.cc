#include "pipeline/persister_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/log.h"
#include "state/state_hash.h"

namespace streams {
namespace {

constexpr std::size_t kCellWidth = 40;

std::unexpected<Error> config_error(std::string id, std::string what, std::string remedy) {
    return std::unexpected(
        Error{ErrorKind::Config, std::move(id), std::move(what), {}, {}, std::move(remedy)});
}

// The pipeline that is meant: the one named, or the only one that there is.
Result<std::string> pipeline_meant(const PersisterEntry& entry, const Settings& settings,
                                   const Context& context) {
    if (!context.pipeline.empty()) return context.pipeline;
    auto any = context;
    any.pipeline = "-";  // A ledger is asked for the list only.
    auto made = entry.make(settings, any);
    if (!made) return std::unexpected(std::move(made).error());
    auto* ledger = (*made)->ledger();
    if (ledger == nullptr) return config_error("no-ledger", "this destination keeps no state", "");
    auto names = ledger->pipelines();
    if (!names) return std::unexpected(std::move(names).error());
    if (names->empty()) return std::string();
    if (names->size() == 1) return names->front();
    return config_error("which-pipeline",
                        fmt::format("{} pipelines load into this destination: {}", names->size(),
                                    fmt::join(*names, ", ")),
                        "name one: --pipeline NAME");
}

Result<std::string> change_state(Ledger& ledger, const RunOptions& run, const Settings& options) {
    STREAMS_TRY(ledger.lock(run.wait));
    if (options.has("rename")) {
        STREAMS_TRY(ledger.rename(options.text("rename")));
        return std::string();
    }
    std::optional<std::string> value;
    if (options.has("set")) {
        value = options.text("set");
        if (auto hash = state_hash(*value); !hash) {
            return while_doing("read the value of --set", std::move(hash).error());
        }
    }
    STREAMS_TRY(ledger.set_state(value, value ? "set" : "reset"));
    return value ? *value + "\n" : std::string();
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

Result<std::string> show_or_change_state(const PersisterEntry& entry, const Settings& settings,
                                         const RunOptions& run, const Settings& options) {
    auto context = run.context;
    auto meant = pipeline_meant(entry, settings, context);
    if (!meant) return std::unexpected(std::move(meant).error());
    const bool changes = options.has("set") || options.has("rename") || options.boolean("reset");
    if (meant->empty()) {
        if (!changes) return std::string();
        return config_error("which-pipeline", "no pipeline loads into this destination yet",
                            "name the new one: --pipeline NAME");
    }
    context.pipeline = *meant;
    auto made = entry.make(settings, context);
    if (!made) return std::unexpected(std::move(made).error());
    auto* ledger = (*made)->ledger();
    if (ledger == nullptr) return config_error("no-ledger", "this destination keeps no state", "");
    if (changes) return change_state(*ledger, run, options);
    auto read = ledger->read();
    if (!read) return std::unexpected(std::move(read).error());
    if (!*read || !(*read)->state) return std::string();
    return *(*read)->state + "\n";
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
