#include "cli/state_verbs.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/signals.h"
#include "cli/state_history.h"
#include "cli/state_keeper.h"
#include "program/command_line.h"
#include "program/critical.h"
#include "program/describe.h"
#include "program/exit_status.h"
#include "run/state_edit.h"

namespace streams {
namespace {

using Kind = Setting::Kind;

std::unexpected<Error> wrong_usage(std::string what, std::string remedy) {
    return std::unexpected(
        Error{ErrorKind::Config, "usage", std::move(what), {}, {}, std::move(remedy)});
}

Option option(std::string name, std::string value, std::string description,
              Kind kind = Kind::Text) {
    return {
        .setting = {.name = std::move(name), .kind = kind, .description = std::move(description)},
        .value = std::move(value)};
}

ProgramShape state_shape() {
    ProgramShape shape{
        .program = "streams state",
        .version = STREAMS_VERSION,
        .spec = Spec("state", "The state from which a pipeline goes on, and how it came to it."),
        .words = {{"show", "DESTINATION", "the state that is stored (the default)"},
                  {"history", "DESTINATION", "every commit, the newest first"},
                  {"diff", "DESTINATION [FROM] [TO]",
                   "what changed between two commits; without them, in the last one"},
                  {"set", "DESTINATION [JSON]", "store another one; --to-commit N goes back"},
                  {"reset", "DESTINATION", "forget it; with --stream, what it says of one stream"},
                  {"rename", "DESTINATION [OLD] NEW", "give the pipeline another name"}},
        .examples = {"streams state history sqlite:github.db",
                     "streams state set sqlite:github.db --to-commit 3",
                     "streams state reset sqlite:github.db --stream issues"}};
    auto& options = shape.options;
    options.push_back(
        option("pipeline", "NAME", "Of which pipeline; needed where there are several."));
    options.push_back(option("schema", "NAME", "Where its tables are."));
    options.push_back(
        option("to", "K=V", "A setting of the destination; may be repeated.", Kind::List));
    options.push_back(
        option("to_commit", "N", "Of set: the state behind this commit.", Kind::Integer));
    options.push_back(option("stream", "STREAM", "Of reset: only this stream begins anew."));
    options.push_back(
        option("limit", "N", "Of history: the last N commits; 20 by default.", Kind::Integer));
    options.push_back(option("reason", "TEXT", "Kept beside a change."));
    options.push_back(option("wait", "TIME", "How long to wait for a run; 10s by default."));
    options.push_back(
        option("json", "", "Of history: a JSON object a line, the oldest first.", Kind::Boolean));
    return shape;
}

Result<std::int64_t> commit_number(const std::string& text) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec == std::errc() && read.ptr == end) return number;
    return wrong_usage("\"" + ascii_excerpt(text, 40) + "\" is no number of a commit",
                       "see: streams state history DESTINATION");
}

Result<PastState> commit_of(const std::vector<PastState>& past, std::int64_t number) {
    const auto found = std::ranges::find(past, number, &PastState::commit);
    if (found != past.end()) return *found;
    const auto range = past.empty() ? "this pipeline has no commit yet"
                                    : "the commits are " + std::to_string(past.front().commit) +
                                          " to " + std::to_string(past.back().commit);
    return std::unexpected(Error{ErrorKind::Config,
                                 "commit-unknown",
                                 "there is no commit " + std::to_string(number),
                                 {},
                                 {},
                                 range});
}

// One question about a state; each word gives the text for standard output.
class StateWords {
 public:
    StateWords(const CommandLine& line, StateKeeper& keeper) : line_(line), keeper_(keeper) {}

    Result<std::string> answer() {
        if (line_.word == "history") return history();
        if (line_.word == "diff") return difference();
        if (line_.word == "set") return set();
        if (line_.word == "reset") return reset();
        if (line_.word == "rename") return rename();
        return show();
    }

 private:
    Result<std::string> show() {
        auto state = keeper_.current();
        if (!state) return std::unexpected(std::move(state).error());
        return state->value_or("") + (state->has_value() ? "\n" : "");
    }

    Result<std::vector<PastState>> past() {
        auto lines = keeper_.history();
        if (!lines) return std::unexpected(std::move(lines).error());
        return read_history(*lines);
    }

    Result<std::string> history() {
        if (line_.options.boolean("json")) return keeper_.history();
        auto all = past();
        if (!all) return std::unexpected(std::move(all).error());
        const auto limit = line_.options.has("limit") ? line_.options.integer("limit") : 20;
        const auto most = static_cast<std::size_t>(std::max<std::int64_t>(limit, 0));
        const auto hidden = all->size() - std::min(most, all->size());
        all->erase(all->begin(), all->begin() + static_cast<std::ptrdiff_t>(hidden));
        auto text = history_table(*all);
        if (hidden != 0) text += "  " + std::to_string(hidden) + " earlier ones: --limit N\n";
        return text;
    }

    Result<std::string> difference() {
        auto all = past();
        if (!all) return std::unexpected(std::move(all).error());
        if (all->empty()) return std::string();
        auto to = line_.operands.size() > 2 ? commit_number(line_.operands[2])
                                            : Result<std::int64_t>(all->back().commit);
        if (!to) return std::unexpected(std::move(to).error());
        auto from = line_.operands.size() > 1 ? commit_number(line_.operands[1])
                                              : Result<std::int64_t>(*to - 1);
        if (!from) return std::unexpected(std::move(from).error());
        auto after = commit_of(*all, *to);
        if (!after) return std::unexpected(std::move(after).error());
        if (*from == 0 && all->front().commit != 0) return state_difference("null", after->state);
        auto before = commit_of(*all, *from);
        if (!before) return std::unexpected(std::move(before).error());
        return state_difference(before->state, after->state);
    }

    Result<std::string> set() {
        const bool back = line_.options.has("to_commit");
        if (back == (line_.operands.size() > 1)) {
            return wrong_usage("streams state set needs the new state as JSON, or --to-commit N",
                               {});
        }
        if (!back) return change(line_.operands[1], "set");
        auto all = past();
        if (!all) return std::unexpected(std::move(all).error());
        auto commit = commit_of(*all, line_.options.integer("to_commit"));
        if (!commit) return std::unexpected(std::move(commit).error());
        const auto reason = "back to commit " + std::to_string(commit->commit);
        if (commit->state == "null") return change(std::nullopt, reason);
        return change(commit->state, reason);
    }

    Result<std::string> reset() {
        if (!line_.options.has("stream")) return change(std::nullopt, "reset");
        const auto& stream = line_.options.text("stream");
        auto state = keeper_.current();
        if (!state) return std::unexpected(std::move(state).error());
        if (!state->has_value()) return std::string();
        auto rest = without_stream(state->value_or("{}"), stream);
        if (!rest) return std::unexpected(std::move(rest).error());
        return change(*std::move(rest), "reset of " + stream);
    }

    Result<std::string> rename() {
        STREAMS_TRY(keeper_.rename(line_.operands.back()));
        return std::string();
    }

    Result<std::string> change(const std::optional<std::string>& state, std::string reason) {
        if (state && !nlohmann::json::accept(*state)) {
            return wrong_usage("the new state is no JSON", "put it into single quotes");
        }
        if (line_.options.has("reason")) reason = line_.options.text("reason");
        STREAMS_TRY(keeper_.change(state, reason));
        return state ? *state + '\n' : std::string();
    }

    const CommandLine& line_;
    StateKeeper& keeper_;
};

StateQuestion question_of(const CommandLine& line) {
    StateQuestion question{.destination = line.operands[0],
                           .pipeline = line.options.text("pipeline"),
                           .schema = line.options.text("schema"),
                           .to = line.options.list("to"),
                           .wait = line.options.text("wait")};
    if (line.word == "rename" && line.operands.size() > 2) question.pipeline = line.operands[1];
    return question;
}

int told(const StateKeeper& keeper, const Error& error) {
    return keeper.told() != 0 ? keeper.told() : print_critical(error);
}

}  // namespace

int state_command(const std::vector<std::string>& arguments, const ProgramFinder& finder) {
    const auto shape = state_shape();
    const auto line = parse_command_line(shape, arguments);
    if (!line) return print_critical(line.error());
    if (const auto status = answer_common(shape, *line)) return *status;
    if (auto watching = SignalWatch::start(); !watching) return print_critical(watching.error());
    auto keeper = keeper_of(question_of(*line), finder);
    if (!keeper) return print_critical(keeper.error());
    const auto text = StateWords(*line, **keeper).answer();
    if (!text) return told(**keeper, text.error());
    auto written = write_all(STDOUT_FILENO, *text, "standard output");
    return written ? static_cast<int>(ExitStatus::Done) : print_critical(written.error());
}

}  // namespace streams
