#include "cli/state_keeper.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "program/quantity.h"
#include "program/settings.h"
#include "program/url.h"
#include "run/capture.h"
#include "run/dotenv.h"
#include "run/kept_state.h"
#include "run/run_plan.h"
#include "state/state_file.h"

namespace streams {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{64} << 20;

std::optional<std::string> without_line_end(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

// The ledger of a destination, through its program.
class LedgerKeeper final : public StateKeeper {
 public:
    LedgerKeeper(std::vector<std::string> command, HiddenArguments hidden,
                 std::vector<std::string> environment)
        : command_(std::move(command)),
          hidden_(std::move(hidden)),
          environment_(std::move(environment)) {}

    Result<std::optional<std::string>> current() override {
        auto text = ask({});
        if (!text) return std::unexpected(std::move(text).error());
        return without_line_end(*std::move(text));
    }

    Result<std::string> history() override { return ask({"--history"}); }

    Result<> change(const std::optional<std::string>& state, const std::string& reason) override {
        return done(ask({state ? "--set=" + *state : "--reset", "--reason=" + reason}));
    }

    Result<> rename(const std::string& name) override { return done(ask({"--rename=" + name})); }

    int told() const override { return told_; }

 private:
    Result<std::string> ask(const std::vector<std::string>& flags) {
        auto command = command_;
        command.insert(command.end(), flags.begin(), flags.end());
        auto captured = run_captured(command, environment_, hidden_);
        if (!captured) return std::unexpected(std::move(captured).error());
        write_to_people(captured->log);
        if (captured->exit.good()) return std::move(captured->out);
        if (!captured->log.empty()) told_ = captured->exit.status == 0 ? 1 : captured->exit.status;
        return fail(ErrorKind::Failed, "persister-failed",
                    command.front() + " left with " + to_text(captured->exit));
    }

    static Result<> done(Result<std::string> answer) {
        return answer ? Result<>() : std::unexpected(std::move(answer).error());
    }

    std::vector<std::string> command_;
    HiddenArguments hidden_;
    std::vector<std::string> environment_;
    int told_ = 0;
};

// The file of a pipeline whose destination remembers nothing: a state a line, without times.
class FileKeeper final : public StateKeeper {
 public:
    FileKeeper(std::string path, std::chrono::milliseconds wait)
        : path_(std::move(path)), wait_(wait) {}

    Result<std::optional<std::string>> current() override {
        auto read = read_state_file(path_);
        if (!read) return std::unexpected(std::move(read).error());
        return std::move(read->value);
    }

    Result<std::string> history() override {
        if (!file_exists(path_)) return std::string();
        auto text = read_file(path_, kFileBytesMax);
        if (!text) return text;
        std::string lines;
        std::string_view rest(*text);
        for (int number = 1; !rest.empty(); ++number) {
            const auto end = std::min(rest.find('\n'), rest.size());
            const auto state = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (!nlohmann::json::accept(state)) continue;
            lines += "{\"commit\":" + std::to_string(number) +
                     ",\"rows\":{},\"state\":" + std::string(state) + "}\n";
        }
        return lines;
    }

    Result<> change(const std::optional<std::string>& state,
                    const std::string& /*reason*/) override {
        auto kept = KeptState::open(path_, wait_);
        if (!kept) return std::unexpected(std::move(kept).error());
        return kept->append(state.value_or("null"));
    }

    Result<> rename(const std::string& /*name*/) override {
        return std::unexpected(Error{ErrorKind::Config,
                                     "no-ledger",
                                     "this destination keeps no state, so its tables know no names",
                                     path_,
                                     {},
                                     "rename the file"});
    }

 private:
    std::string path_;
    std::chrono::milliseconds wait_;
};

Result<std::unique_ptr<StateKeeper>> keeper_in_file(const StateQuestion& question,
                                                    const Environment& environment) {
    if (question.pipeline.empty()) {
        return std::unexpected(Error{ErrorKind::Config,
                                     "which-pipeline",
                                     "this destination keeps no state itself; its file goes by the "
                                     "name of the pipeline",
                                     without_credentials(question.destination),
                                     {},
                                     "name it: --pipeline NAME"});
    }
    auto wait = duration_of(question.wait.empty() ? "10s" : question.wait);
    if (!wait) return while_doing("--wait", std::move(wait).error());
    return std::make_unique<FileKeeper>(
        kept_state_path(environment, question.pipeline, question.destination), *wait);
}

}  // namespace

Result<std::unique_ptr<StateKeeper>> keeper_of(const StateQuestion& question,
                                               const ProgramFinder& finder) {
    auto environment = process_environment();
    STREAMS_TRY(add_dotenv_of_folder(environment));
    auto destination = find_destination(question.destination, finder);
    if (!destination) return std::unexpected(std::move(destination).error());
    std::optional<nlohmann::json> description;
    if (destination->is_persister) {
        auto described = describe_program(destination->arguments);
        if (!described) return std::unexpected(std::move(described).error());
        description = *std::move(described);
    }
    if (!description || description->value("tier", "") != "A") {
        return keeper_in_file(question, environment);
    }
    auto hidden = flags_of_pairs(question.to, "--to");
    if (!hidden) return std::unexpected(std::move(hidden).error());
    if (!destination->url.empty()) hidden->push_back("--url=" + destination->url);
    auto command = with_word(destination->arguments, "state");
    const auto add = [&](const std::string& flag, const std::string& value) {
        if (!value.empty()) command.push_back(flag + value);
    };
    add("--pipeline=", question.pipeline);
    add("--schema=", question.schema);
    add("--wait=", question.wait);
    if (!has_ability(*description, "arguments-fd")) {
        command.insert(command.end(), hidden->begin(), hidden->end());
        return std::make_unique<LedgerKeeper>(std::move(command), std::nullopt,
                                              pairs_of(environment));
    }
    return std::make_unique<LedgerKeeper>(std::move(command), *std::move(hidden),
                                          pairs_of(environment));
}

}  // namespace streams
