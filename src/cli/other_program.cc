#include "cli/other_program.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <unistd.h>

#include "base/file.h"
#include "program/critical.h"
#include "program/url.h"
#include "run/capture.h"
#include "run/run_plan.h"

namespace streams {
namespace {

using Arguments = std::vector<std::string>;

Error usage(std::string what) {
    return {ErrorKind::Config, "usage", std::move(what), {}, {}, "see: streams help"};
}

// `--set K=V` and `--to K=V` as flags of the program.
Result<Arguments> with_flags(const Arguments& arguments, bool keeps_set) {
    Arguments flags;
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        const auto& argument = arguments[index];
        const bool is_pair = argument == "--to" || (argument == "--set" && !keeps_set);
        if (!is_pair || index + 1 == arguments.size()) {
            flags.push_back(argument);
            continue;
        }
        auto made = flags_of_pairs({arguments[++index]}, argument);
        if (!made) return std::unexpected(std::move(made).error());
        flags.push_back(made->front());
    }
    return flags;
}

Result<Arguments> destination_command(const std::string& verb, const std::string& name,
                                      const Arguments& flags, const ProgramFinder& finder) {
    auto destination = find_destination(name, finder);
    if (!destination) return std::unexpected(std::move(destination).error());
    if (!destination->is_persister) {
        return std::unexpected(
            usage(destination->name + " is not one of our programs: it has no " + verb));
    }
    auto command = with_word(destination->arguments, verb);
    command.insert(command.end(), flags.begin(), flags.end());
    if (!destination->url.empty()) command.insert(command.end(), {"--url", destination->url});
    return command;
}

Result<Arguments> source_command(const std::string& verb, const std::string& name,
                                 const Arguments& flags, const ProgramFinder& finder) {
    auto source = find_source(name, finder);
    if (!source) return std::unexpected(std::move(source).error());
    auto command = source->arguments;
    if (source->is_streamer) {
        command = with_word(std::move(command), verb);
    } else if (verb == "discover") {
        command.emplace_back("--discover");
    } else if (verb == "describe") {
        command.insert(command.end(), {"--about", "--format", "json"});
    } else {
        return std::unexpected(
            usage(source->name + " is not one of our programs: it has no " + verb));
    }
    command.insert(command.end(), flags.begin(), flags.end());
    return command;
}

}  // namespace

int become(const std::vector<std::string>& command) {
    Arguments copy = command;
    std::vector<char*> pointers;
    for (auto& argument : copy) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    // The next program begins as a shell would start it.
    for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_DFL);
    ::execv(pointers[0], pointers.data());
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
    auto flags = with_flags(arguments, verb == "state");
    if (!flags) return print_critical(flags.error());
    const bool of_destination = verb == "show" || verb == "state" || !scheme_of(name).empty() ||
                                name.starts_with("persist-");
    auto command = of_destination && verb != "discover"
                       ? destination_command(verb, name, *flags, finder)
                       : source_command(verb, name, *flags, finder);
    return command ? become(*command) : print_critical(command.error());
}

}  // namespace streams
