#include "cli/verbs.h"

#include <algorithm>
#include <array>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/doctor.h"
#include "cli/lint.h"
#include "cli/other_program.h"
#include "cli/rejects.h"
#include "cli/state_verbs.h"
#include "program/command_line.h"
#include "program/critical.h"
#include "program/exit_status.h"
#include "program/explanations.h"
#include "program/settings.h"
#include "run/programs.h"
#include "run/run_command.h"

namespace streams {
namespace {

using Arguments = std::vector<std::string>;

struct Verb {
    std::string_view name;
    std::string_view operands;
    std::string_view description;
    std::string_view flags;
    std::string_view example;
};

constexpr std::string_view kShowFlags =
    "  --limit N      so many rows as a sample; 5 by default\n"
    "  --all          our own columns too\n"
    "  --json         for programs\n"
    "  --schema NAME  where the tables are\n"
    "  --to K=V       a setting of the destination; may be repeated\n";
constexpr std::string_view kRejectsFlags =
    "  --pipeline P        of this pipeline only\n"
    "  --stream S          of this stream only; may be repeated\n"
    "  --schema-from FILE  hold them to the SCHEMA messages of this file, not to the table\n"
    "  --json              list them whole, for programs\n";
constexpr std::string_view kVerifyFlags =
    "  --pipeline P   of this pipeline only\n"
    "  --stream S     of this stream only; may be repeated\n"
    "  --schema NAME  where the tables are\n"
    "  --wait 10m     how long to wait for a run that is at work\n"
    "  --json         a line for each table, for programs\n"
    "  --to K=V       a setting of the destination; may be repeated\n";
constexpr std::string_view kSourceFlags =
    "  --set K=V      a setting of the source; may be repeated\n"
    "  --config FILE  its settings, JSON or YAML\n";
constexpr std::string_view kCheckFlags =
    "  --set K=V      a setting of the source; may be repeated\n"
    "  --config FILE  its settings, JSON or YAML\n"
    "  --to K=V       a setting of the destination; may be repeated\n";

constexpr std::array<Verb, 14> kVerbs = {{
    {"run", "SOURCE DESTINATION", "move records; settings of the source by --set K=V", {}, {}},
    {"show", "DESTINATION [TABLE]", "tables, rows and a sample", kShowFlags,
     "streams show sqlite:github.db issues"},
    {"check", "SOURCE|DESTINATION", "try it with these settings; change nothing", kCheckFlags,
     "streams check github --set repo_path=OWNER/REPO"},
    {"discover", "SOURCE", "the catalog of its streams, as JSON", kSourceFlags,
     "streams discover github"},
    {"describe", "SOURCE|DESTINATION", "settings and abilities, as JSON", {}, {}},
    {"rejects", "[list|replay] DESTINATION", "records that were refused; try them again",
     kRejectsFlags, "streams rejects replay sqlite:github.db --stream issues"},
    {"verify", "DESTINATION", "whether what was delivered is still there, unchanged", kVerifyFlags,
     "streams verify sqlite:github.db"},
    {"state",
     "[WORD] DESTINATION",
     "where a pipeline goes on: show, history, diff, set, reset, rename",
     {},
     {}},
    {"explain",
     "ID",
     "what the id at the end of an error means",
     {},
     "streams explain token-refused"},
    {"version", "", "the version", {}, {}},
    {"help", "[VERB]", "this text, or what a verb takes", {}, {}},
}};

int print(std::string_view text) {
    auto written = write_all(STDOUT_FILENO, text, "standard output");
    return written ? static_cast<int>(ExitStatus::Done) : print_critical(written.error());
}

int wrong_usage(std::string what, std::string remedy) {
    return print_critical({ErrorKind::Config, "usage", std::move(what), {}, {}, std::move(remedy)});
}

std::string padded(std::string_view text, std::size_t width) {
    std::string cell(text);
    cell.resize(std::max(width, cell.size()), ' ');
    return cell;
}

std::string overview(const ProgramFinder& finder) {
    std::string text = "streams " STREAMS_VERSION
                       "  moves records from anywhere to anywhere\n\n"
                       "usage  streams VERB ...\n\n";
    for (const auto& verb : kVerbs) {
        const auto left = std::string(verb.name) + ' ' + std::string(verb.operands);
        text += "  " + padded(left, 28) + ' ' + std::string(verb.description) + '\n';
    }
    const auto list = [&](std::string_view title, std::string_view prefix) {
        const auto names = finder.list(prefix);
        if (names.empty()) return;
        text += '\n' + padded(title, 14);
        for (const auto& name : names) text += ' ' + printable(name.substr(prefix.size()));
        text += '\n';
    };
    list("sources", "stream-");
    list("destinations", "persist-");
    list("more verbs", "streams-");
    text +=
        "\nexamples\n"
        "  streams run github sqlite:github.db --set repo_path=OWNER/REPO\n"
        "  streams show sqlite:github.db issues\n";
    return text;
}

int explain(const Arguments& arguments) {
    if (arguments.size() != 1)
        return wrong_usage("streams explain needs the id of an error",
                           "it stands in brackets behind an error: streams explain token-refused");
    auto id = arguments[0];
    if (id.starts_with('[') && id.ends_with(']')) id = id.substr(1, id.size() - 2);
    const auto* explanation = explanation_of(id);
    if (explanation != nullptr) {
        return print(id + "\n  " + std::string(explanation->text) + '\n');
    }
    std::vector<std::string> known;
    for (const auto& one : explanations()) known.emplace_back(one.id);
    const auto meant = nearest(id, known);
    return wrong_usage("no error has the id " + ascii_excerpt(id, 60),
                       meant.empty() ? std::string() : "did you mean " + meant + "?");
}

int help(const Arguments& arguments, const ProgramFinder& finder) {
    if (arguments.empty()) return print(overview(finder));
    if (arguments[0] == "run") return run_command({"--help"}, STREAMS_VERSION);
    if (arguments[0] == "state") return state_command({"--help"}, finder);
    if (arguments[0] == "preview") return preview_command({"--help"}, finder);
    if (arguments[0] == "lint") return lint_command({"--help"}, finder);
    for (const auto& verb : kVerbs) {
        if (verb.name != arguments[0]) continue;
        auto text = "usage  streams " + std::string(verb.name) + ' ' + std::string(verb.operands);
        if (!verb.flags.empty()) text += " [flags]";
        text += "\n\n  " + std::string(verb.description) + '\n';
        if (!verb.flags.empty()) text += "\nflags\n" + std::string(verb.flags);
        if (!verb.example.empty()) text += "\nexample\n  " + std::string(verb.example) + '\n';
        return print(text);
    }
    return run_verb({arguments[0], "--help"});
}

int run_other(const std::string& verb, const Arguments& rest, const ProgramFinder& finder) {
    const auto program = finder.find("streams-" + verb);
    if (!program.empty()) {
        Arguments command = {program};
        command.insert(command.end(), rest.begin(), rest.end());
        return become(command);
    }
    std::vector<std::string> known;
    known.reserve(kVerbs.size());
    for (const auto& one : kVerbs) known.emplace_back(one.name);
    for (const auto& name : finder.list("streams-")) known.push_back(name.substr(8));
    const auto meant = nearest(verb, known);
    return wrong_usage("streams has no verb " + ascii_excerpt(verb, 60),
                       meant.empty() ? "see: streams help" : "did you mean " + meant + "?");
}

}  // namespace

int run_verb(const std::vector<std::string>& arguments) {
    const auto finder = finder_of(process_environment());
    if (arguments.empty()) {
        write_to_people(overview(finder));
        return static_cast<int>(ExitStatus::Config);
    }
    const auto& verb = arguments[0];
    const Arguments rest(arguments.begin() + 1, arguments.end());
    if (verb == "help" || verb == "--help" || verb == "-h") return help(rest, finder);
    if (verb == "version" || verb == "--version") return print("streams " STREAMS_VERSION "\n");
    if (verb == "run") return run_command(rest, STREAMS_VERSION);
    if (verb == "state") return state_command(rest, finder);
    if (verb == "preview") return preview_command(rest, finder);
    if (verb == "lint") return lint_command(rest, finder);
    if (verb == "doctor") return doctor_command(rest, finder);
    if (verb == "explain") return explain(rest);
    const bool asks_other = verb == "show" || verb == "check" || verb == "discover" ||
                            verb == "describe" || verb == "verify";
    const bool only_help = rest.size() == 1 && (rest[0] == "--help" || rest[0] == "-h");
    if ((asks_other || verb == "rejects") && only_help) return help({verb}, finder);
    if (verb == "rejects") return rejects_command(rest, finder);
    if (asks_other) return ask_other_program(verb, rest, finder);
    return run_other(verb, rest, finder);
}

}  // namespace streams
