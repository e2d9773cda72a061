#include "cli/lint.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/signals.h"
#include "cli/record_line.h"
#include "program/command_line.h"
#include "program/critical.h"
#include "program/describe.h"
#include "program/exit_status.h"
#include "run/capture.h"
#include "run/catalog.h"
#include "run/dotenv.h"
#include "run/run_plan.h"
#include "run/temporary_folder.h"

namespace streams {
namespace {

using Json = nlohmann::json;
using Arguments = std::vector<std::string>;

int print(std::string_view text) {
    auto written = write_all(STDOUT_FILENO, text, "standard output");
    return written ? static_cast<int>(ExitStatus::Done) : print_critical(written.error());
}

ProgramShape lint_shape() {
    return {.program = "streams lint",
            .version = STREAMS_VERSION,
            .spec = Spec("lint", "Says whether a manifest runs here, and what does not."),
            .operands = "FILE.yaml",
            .examples = {"streams lint acme.yaml"}};
}

Option list(std::string name, std::string value, std::string description) {
    return {.setting = {.name = std::move(name),
                        .kind = Setting::Kind::List,
                        .description = std::move(description)},
            .value = std::move(value)};
}

ProgramShape preview_shape() {
    ProgramShape shape{.program = "streams preview",
                       .version = STREAMS_VERSION,
                       .spec = Spec("preview", "Some records of a source; stores nothing."),
                       .operands = "SOURCE",
                       .examples = {"streams preview acme.yaml --stream users --limit 1"}};
    shape.options.push_back(list("stream", "PATTERN", "Only these streams; '!x' leaves x out."));
    shape.options.push_back({.setting = {.name = "limit",
                                         .kind = Setting::Kind::Integer,
                                         .description = "So many records of each stream.",
                                         .fallback = "5"},
                             .value = "N"});
    shape.options.push_back(list("set", "K=V", "A setting of the source; may be repeated."));
    shape.options.push_back(list("config", "FILE", "Its settings, JSON or YAML."));
    shape.options.back().letter = 'c';
    return shape;
}

// `acme.yaml:41:13 error: what is wrong [id]`, as editors know how to jump to.
std::string fault_line(std::string_view log) {
    constexpr std::string_view kCritical = "CRITICAL ";
    constexpr std::string_view kWhere = "  where  ";
    std::string what;
    std::string where;
    std::string rest;
    while (!log.empty()) {
        const auto end = std::min(log.find('\n'), log.size());
        const auto line = log.substr(0, end);
        log.remove_prefix(std::min(end + 1, log.size()));
        if (line.starts_with(kCritical)) {
            what = line.substr(kCritical.size());
        } else if (line.starts_with(kWhere)) {
            where = std::string(line.substr(kWhere.size())) + ' ';
        } else if (!what.empty()) {
            rest.append(line).append("\n");
        }
    }
    return what.empty() ? std::string() : printable(where + "error: " + what) + '\n' + rest;
}

// The command of a source with what `preview` was told, and what is hidden.
struct Asked {
    Arguments command;
    HiddenArguments hidden;
    Arguments environment;
};

Result<Asked> asked_source(const CommandLine& line, const ProgramFinder& finder) {
    auto environment = process_environment();
    STREAMS_TRY(add_dotenv_of_folder(environment));
    auto source = find_source(line.operands[0], finder);
    if (!source) return std::unexpected(std::move(source).error());
    const auto described = describe_program(source->arguments);
    if (!described) return std::unexpected(described.error());
    const auto& description = *described;
    if (!description || !has_ability(*description, "limit")) {
        return std::unexpected(Error{ErrorKind::Config,
                                     "usage",
                                     source->name + " does not know how to stop after some records",
                                     {},
                                     {},
                                     "rehearse: streams run SOURCE DESTINATION --limit N"});
    }
    auto flags = flags_of_pairs(line.options.list("set"), "--set");
    if (!flags) return std::unexpected(std::move(flags).error());
    auto command = source->arguments;
    for (const auto& file : line.options.list("config")) {
        command.insert(command.end(), {"--config", file});
    }
    if (has_ability(*description, "arguments-fd")) {
        return Asked{std::move(command), *std::move(flags), pairs_of(environment)};
    }
    command.insert(command.end(), flags->begin(), flags->end());
    return Asked{std::move(command), std::nullopt, pairs_of(environment)};
}

// Runs the source to its end. Its own words explain a failure: the exit status is `told`.
Result<std::string> answer_of(const Asked& asked, const std::string& word, int& told) {
    auto captured = run_captured(with_word(asked.command, word), asked.environment, asked.hidden);
    if (!captured) return std::unexpected(std::move(captured).error());
    if (captured->exit.good()) return std::move(captured->out);
    write_to_people(coloured_critical(captured->log));
    told = captured->exit.status == 0 ? 1 : captured->exit.status;
    return fail(ErrorKind::Failed, "streamer-failed",
                asked.command.front() + " left with " + to_text(captured->exit));
}

Result<> select_patterns(Asked& asked, const Arguments& patterns, const TemporaryFolder& folder,
                         int& told) {
    if (patterns.empty()) return {};
    auto catalog = answer_of(asked, "discover", told);
    if (!catalog) return std::unexpected(std::move(catalog).error());
    auto selected = select_streams(*catalog, patterns);
    if (!selected) return std::unexpected(std::move(selected).error());
    auto path = folder.write("catalog.json", selected->text);
    if (!path) return std::unexpected(std::move(path).error());
    asked.command.insert(asked.command.end(), {"--catalog", *path});
    return {};
}

std::string preview_text(std::string_view messages) {
    std::string text;
    std::string stream;
    while (!messages.empty()) {
        const auto end = std::min(messages.find('\n'), messages.size());
        const auto line = messages.substr(0, end);
        messages.remove_prefix(std::min(end + 1, messages.size()));
        const auto record = record_line(line);
        if (record.empty()) continue;
        const auto of = Json::parse(line, nullptr, false).value("stream", "");
        if (of != stream) text += printable(of) + '\n';
        stream = of;
        text += "  " + record + '\n';
    }
    return text.empty() ? "no records came\n" : text;
}

Result<std::string> preview(const CommandLine& line, const ProgramFinder& finder, int& told) {
    auto asked = asked_source(line, finder);
    if (!asked) return std::unexpected(std::move(asked).error());
    auto folder = TemporaryFolder::make(process_environment().find("TMPDIR").value_or("/tmp"));
    if (!folder) return std::unexpected(std::move(folder).error());
    asked->command.insert(asked->command.end(), {"-q"});
    STREAMS_TRY(select_patterns(*asked, line.options.list("stream"), *folder, told));
    asked->command.insert(asked->command.end(), {"--limit", line.options.text("limit")});
    auto messages = answer_of(*asked, "sync", told);
    if (!messages) return messages;
    return preview_text(*messages);
}

}  // namespace

int lint_command(const Arguments& arguments, const ProgramFinder& finder) {
    const auto shape = lint_shape();
    const auto line = parse_command_line(shape, arguments);
    if (!line) return print_critical(line.error());
    if (const auto status = answer_common(shape, *line)) return *status;
    const auto program = finder.find("stream-manifest");
    if (program.empty()) {
        return print_critical({ErrorKind::Config,
                               "program-missing",
                               "there is no program stream-manifest",
                               {},
                               {},
                               {}});
    }
    const auto& file = line->operands[0];
    const auto captured = run_captured({program, "discover", "--manifest", file}, {});
    if (!captured) return print_critical(captured.error());
    if (!captured->exit.good()) {
        const auto fault = fault_line(captured->log);
        write_to_people(fault.empty() ? captured->log : fault);
        return captured->exit.status == 0 ? 1 : captured->exit.status;
    }
    const auto catalog = Json::parse(captured->out, nullptr, false);
    const auto count =
        catalog.is_object() && catalog.contains("streams") ? catalog["streams"].size() : 0;
    return print(printable(file) + "  " + std::to_string(count) +
                 (count == 1 ? " stream" : " streams") + ", no Python: runs here\n");
}

int preview_command(const Arguments& arguments, const ProgramFinder& finder) {
    const auto shape = preview_shape();
    const auto line = parse_command_line(shape, arguments);
    if (!line) return print_critical(line.error());
    if (const auto status = answer_common(shape, *line)) return *status;
    if (auto watching = SignalWatch::start(); !watching) return print_critical(watching.error());
    int told = 0;
    const auto text = preview(*line, finder, told);
    if (text) return print(*text);
    return told != 0 ? told : print_critical(text.error(), "nothing was written");
}

}  // namespace streams
