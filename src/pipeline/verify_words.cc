#include "pipeline/verify_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "program/critical.h"
#include "program/exit_status.h"
#include "program/quantity.h"

namespace streams {
namespace {

using Json = nlohmann::ordered_json;

struct Pipeline {
    std::string name;
    std::vector<Verified> tables;
};

std::unexpected<Error> keeps_none() {
    return std::unexpected(Error{ErrorKind::Config,
                                 "no-receipts",
                                 "this destination keeps no receipts",
                                 {},
                                 "a receipt is kept with each commit of a pipeline that has a name",
                                 "load with streams run, or with --pipeline NAME"});
}

Result<std::vector<std::string>> names_of(const PersisterEntry& entry, const Settings& settings,
                                          const Context& context) {
    if (!context.pipeline.empty()) return std::vector<std::string>{context.pipeline};
    auto any = context;
    any.pipeline = "-";  // A ledger is asked for the list only.
    const auto made = entry.make(settings, any);
    if (!made) return std::unexpected(made.error());
    auto* ledger = (*made)->ledger();
    if (ledger == nullptr) return keeps_none();
    return ledger->pipelines();
}

// With the lock in hand, so that no commit comes in between.
Result<Pipeline> verify(const PersisterEntry& entry, const Settings& settings,
                        const RunOptions& run, const std::string& name,
                        const std::vector<std::string>& streams) {
    auto context = run.context;
    context.pipeline = name;
    const auto made = entry.make(settings, context);
    if (!made) return std::unexpected(made.error());
    auto* ledger = (*made)->ledger();
    if (ledger == nullptr) return keeps_none();
    const auto known = ledger->read();
    if (!known) return std::unexpected(known.error());
    if (!*known) {
        return std::unexpected(Error{ErrorKind::Config,
                                     "pipeline-unknown",
                                     "there is no pipeline \"" + printable(name) + "\" here",
                                     {},
                                     {},
                                     "leave --pipeline away to verify all that there are"});
    }
    STREAMS_TRY(ledger->lock(run.wait));
    auto tables = (*made)->verify(streams);
    if (!tables) return std::unexpected(std::move(tables).error());
    if (!*tables) return keeps_none();
    return Pipeline{name, **std::move(tables)};
}

Json json_of(const std::string& pipeline, const Verified& table) {
    Json faults = Json::array();
    for (const auto& fault : table.faults) {
        faults.push_back({{"commit", fault.commit},
                          {"expected_rows", fault.expected},
                          {"found_rows", fault.found},
                          {"what", fault.what}});
    }
    return {{"pipeline", pipeline},        {"stream", table.stream}, {"table", table.table},
            {"commits", table.commits},    {"rows", table.rows},     {"good", table.faults.empty()},
            {"faults", std::move(faults)}, {"notes", table.notes}};
}

std::string line_of(const Verified& table, std::size_t width) {
    auto text = fmt::format("{:<{}}  {:>9} row{} of {} commit{}  {}\n", printable(table.table),
                            width, with_commas(table.rows), table.rows == 1 ? "" : "s",
                            with_commas(table.commits), table.commits == 1 ? "" : "s",
                            table.faults.empty() ? "as delivered" : "NOT as delivered");
    for (const auto& fault : table.faults) text += "  " + printable(fault.what) + "\n";
    for (const auto& note : table.notes) text += "  note: " + printable(note) + "\n";
    return text;
}

// A name that was mistyped must not look like one that is as delivered.
Result<> check_streams(const std::vector<Pipeline>& pipelines,
                       const std::vector<std::string>& streams) {
    for (const auto& stream : streams) {
        const bool is_known = std::ranges::any_of(pipelines, [&](const Pipeline& pipeline) {
            return std::ranges::count(pipeline.tables, stream, &Verified::stream) != 0;
        });
        if (is_known) continue;
        return std::unexpected(Error{ErrorKind::Config,
                                     "stream-unknown",
                                     "no receipt tells of a stream \"" + printable(stream) + "\"",
                                     {},
                                     {},
                                     "leave --stream away to verify all that there are"});
    }
    return {};
}

std::string text_of(const std::vector<Pipeline>& pipelines, bool as_json) {
    std::size_t width = 0;
    for (const auto& pipeline : pipelines) {
        for (const auto& table : pipeline.tables) width = std::max(width, table.table.size());
    }
    std::string text;
    for (const auto& pipeline : pipelines) {
        for (const auto& table : pipeline.tables) {
            text += as_json ? json_of(pipeline.name, table)
                                      .dump(-1, ' ', false, Json::error_handler_t::replace) +
                                  "\n"
                            : line_of(table, width);
        }
    }
    return text.empty() && !as_json ? "nothing is stored that has a receipt\n" : text;
}

int conclude(const std::vector<Pipeline>& pipelines) {
    std::size_t tables = 0;
    std::size_t bad = 0;
    const Verified* first = nullptr;
    for (const auto& pipeline : pipelines) {
        for (const auto& table : pipeline.tables) {
            ++tables;
            if (table.faults.empty()) continue;
            ++bad;
            if (first == nullptr) first = &table;
        }
    }
    if (bad == 0) return static_cast<int>(ExitStatus::Done);
    return print_critical(
        {ErrorKind::Data, "receipt-mismatch",
         fmt::format("{} of {} tables do not hold what was delivered", bad, tables),
         fmt::format("\"{}\": {}", printable(first->table), printable(first->faults.front().what)),
         "somebody changed the destination, or it has lost something",
         fmt::format("put it back from a backup, or load it again from the "
                     "start: streams run ... --refresh {}",
                     printable(first->stream))},
        "nothing was changed");
}

}  // namespace

int run_verify(const PersisterEntry& entry, const Settings& settings, const RunOptions& run,
               const Settings& options) {
    const auto names = names_of(entry, settings, run.context);
    if (!names) return print_critical(names.error());
    std::vector<Pipeline> pipelines;
    for (const auto& name : *names) {
        auto pipeline = verify(entry, settings, run, name, options.list("stream"));
        if (!pipeline) return print_critical(pipeline.error());
        pipelines.push_back(*std::move(pipeline));
    }
    if (const auto known = check_streams(pipelines, options.list("stream")); !known) {
        return print_critical(known.error());
    }
    const auto text = text_of(pipelines, options.boolean("json"));
    if (auto written = write_all(STDOUT_FILENO, text, "standard output"); !written) {
        return print_critical(written.error());
    }
    return conclude(pipelines);
}

}  // namespace streams
