#include "pipeline/state_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "state/state_hash.h"

namespace streams {
namespace {

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

// What is to be stored, and why.
struct Change {
    std::optional<std::string> state;
    std::string reason;
};

Result<Change> given_state(std::string text) {
    std::ranges::replace_if(text, [](char byte) { return byte == '\n' || byte == '\r'; }, ' ');
    if (auto hash = state_hash(text); !hash) {
        return while_doing("read the value of --set", std::move(hash).error());
    }
    if (text == "null") return Change{std::nullopt, "reset"};
    return Change{std::move(text), "set"};
}

Result<Change> change_asked_for(const Settings& options) {
    auto change = options.has("set") ? given_state(options.text("set"))
                                     : Result<Change>(Change{std::nullopt, "reset"});
    if (change && options.has("reason")) change->reason = options.text("reason");
    return change;
}

std::string printed(const std::optional<std::string>& state) {
    return state ? *state + '\n' : std::string();
}

Result<std::string> change_state(Ledger& ledger, const RunOptions& run, const Settings& options) {
    STREAMS_TRY(ledger.lock(run.wait));
    auto change = change_asked_for(options);
    if (!change) return std::unexpected(std::move(change).error());
    STREAMS_TRY(ledger.set_state(change->state, change->reason));
    return printed(change->state);
}

// The state goes with its tables under the new name, where the change is noted.
Result<std::string> rename_pipeline(const PersisterEntry& entry, const Settings& settings,
                                    const RunOptions& run, const Context& context,
                                    const std::string& name) {
    {
        auto made = entry.make(settings, context);
        if (!made) return std::unexpected(std::move(made).error());
        auto* ledger = (*made)->ledger();
        STREAMS_TRY(ledger->lock(run.wait));
        STREAMS_TRY(ledger->rename(name));
    }
    auto renamed = context;
    renamed.pipeline = name;
    auto made = entry.make(settings, renamed);
    if (!made) return std::unexpected(std::move(made).error());
    auto* ledger = (*made)->ledger();
    STREAMS_TRY(ledger->lock(run.wait));
    auto read = ledger->read();
    if (!read) return std::unexpected(std::move(read).error());
    STREAMS_TRY(
        ledger->set_state(read->value_or(LedgerEntry{}).state, "renamed from " + context.pipeline));
    return std::string();
}

std::string line_of(const PastCommit& commit) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::object();
    for (const auto& receipt : commit.receipts) rows[receipt.stream] = receipt.rows;
    const nlohmann::ordered_json line = {{"commit", commit.number},
                                         {"time", commit.time},
                                         {"run", commit.run},
                                         {"reason", commit.reason},
                                         {"rows", std::move(rows)}};
    auto text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    text.pop_back();
    return text + ",\"state\":" + commit.state.value_or("null") + "}\n";  // Byte for byte.
}

Result<std::string> history_text(Ledger& ledger, const Settings& options) {
    auto past = ledger.history();
    if (!past) return std::unexpected(std::move(past).error());
    const auto most =
        options.has("limit") ? static_cast<std::size_t>(options.integer("limit")) : past->size();
    std::string text;
    for (auto index = past->size() - std::min(most, past->size()); index < past->size(); ++index) {
        text += line_of((*past)[index]);
    }
    return text;
}

}  // namespace

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
    if (options.has("rename")) {
        made->reset();
        return rename_pipeline(entry, settings, run, context, options.text("rename"));
    }
    if (changes) return change_state(*ledger, run, options);
    if (options.boolean("history")) return history_text(*ledger, options);
    auto read = ledger->read();
    if (!read) return std::unexpected(std::move(read).error());
    return printed(read->value_or(LedgerEntry{}).state);
}

}  // namespace streams
