#include "cli/other_program.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "program/critical.h"
#include "program/url.h"
#include "run/capture.h"
#include "run/dotenv.h"
#include "run/hidden_arguments.h"
#include "run/run_plan.h"

namespace streams {
namespace {

using Arguments = std::vector<std::string>;

std::vector<char*> pointers_to(Arguments& texts) {
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

Error usage(std::string what) {
    return {ErrorKind::Config, "usage", std::move(what), {}, {}, "see: streams help"};
}

// What is asked of another program.
struct Call {
    Arguments command;
    Arguments hidden;  // Settings, which may be secrets.
};

// `--set K=V` and `--to K=V` become flags of the program; the rest stays as it is.
Result<Call> split_settings(const Arguments& arguments) {
    Call call;
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        const auto& argument = arguments[index];
        const bool is_pair = argument == "--to" || argument == "--set";
        if (!is_pair || index + 1 == arguments.size()) {
            call.command.push_back(argument);
            continue;
        }
        auto made = flags_of_pairs({arguments[++index]}, argument);
        if (!made) return std::unexpected(std::move(made).error());
        call.hidden.push_back(made->front());
    }
    return call;
}

Result<Call> destination_call(const std::string& verb, const std::string& name, Call call,
                              const ProgramFinder& finder) {
    auto destination = find_destination(name, finder);
    if (!destination) return std::unexpected(std::move(destination).error());
    if (!destination->is_persister) {
        return std::unexpected(
            usage(destination->name + " is not one of our programs: it has no " + verb));
    }
    auto command = with_word(destination->arguments, verb);
    command.insert(command.end(), call.command.begin(), call.command.end());
    const auto& url = destination->url;
    if (!url.empty()) {
        auto& arguments = without_credentials(url) == url ? command : call.hidden;
        arguments.push_back("--url=" + url);
    }
    return Call{std::move(command), std::move(call.hidden)};
}

Result<Call> source_call(const std::string& verb, const std::string& name, Call call,
                         const ProgramFinder& finder) {
    auto source = find_source(name, finder);
    if (!source) return std::unexpected(std::move(source).error());
    auto command = source->arguments;
    if (source->is_streamer) {
        command = with_word(std::move(command), verb);
    } else if (!call.hidden.empty()) {
        return std::unexpected(
            usage(source->name + " is not one of our programs: give its settings by --config"));
    } else if (verb == "discover") {
        command.emplace_back("--discover");
    } else if (verb == "describe") {
        command.insert(command.end(), {"--about", "--format", "json"});
    } else {
        return std::unexpected(
            usage(source->name + " is not one of our programs: it has no " + verb));
    }
    command.insert(command.end(), call.command.begin(), call.command.end());
    return Call{std::move(command), std::move(call.hidden)};
}

// Becomes the program; a file that nobody sees brings what is hidden, if it knows how to read one.
int answer_by(Call call) {
    if (call.hidden.empty()) return become(call.command);
    const auto description = describe_program({call.command.front()});
    if (!description) return print_critical(description.error());
    const bool hides = *description && has_ability(**description, "arguments-fd");
    if (!hides) {
        call.command.insert(call.command.end(), call.hidden.begin(), call.hidden.end());
        return become(call.command);
    }
    const auto file = hide_arguments(call.hidden);
    if (!file) return print_critical(file.error());
    ::fcntl(file->get(), F_SETFD, 0);
    call.command.insert(call.command.end(), {"--arguments-fd", std::to_string(file->get())});
    return become(call.command);
}

}  // namespace

int become(const std::vector<std::string>& command) {
    auto environment = process_environment();
    if (auto added = add_dotenv_of_folder(environment); !added)
        return print_critical(added.error());
    Arguments arguments = command;
    Arguments variables = pairs_of(environment);
    const auto words = pointers_to(arguments);
    const auto pairs = pointers_to(variables);
    // The next program begins as a shell would start it.
    for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_DFL);
    ::execve(words[0], words.data(), pairs.data());
    return print_critical(system_error(errno, "start", command[0]));
}

int ask_other_program(const std::string& verb, std::vector<std::string> arguments,
                      const ProgramFinder& finder) {
    const bool first_is_flag = !arguments.empty() && arguments[0].starts_with('-');
    if (arguments.empty() || first_is_flag) {
        return print_critical(usage("streams " + verb + " needs to know of what: it comes first"));
    }
    const auto name = arguments[0];
    arguments.erase(arguments.begin());
    auto settings = split_settings(arguments);
    if (!settings) return print_critical(settings.error());
    const bool of_destination = verb == "show" || verb == "rejects" || verb == "verify" ||
                                !scheme_of(name).empty() || name.starts_with("persist-");
    auto call = of_destination && verb != "discover"
                    ? destination_call(verb, name, *std::move(settings), finder)
                    : source_call(verb, name, *std::move(settings), finder);
    return call ? answer_by(*std::move(call)) : print_critical(call.error());
}

}  // namespace streams
