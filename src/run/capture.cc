#include "run/capture.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>

#include "base/signals.h"

namespace streams {
namespace {

constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 20;
constexpr std::size_t kLogBytesMax = 64 * 1024;

// Reads once; false at the end.
bool pump(Descriptor& from, std::string& to) {
    std::array<char, 65536> bytes = {};
    const auto count = read_some(from.get(), bytes.data(), bytes.size(), "a program");
    if (!count || *count == 0) {
        from.reset();
        return false;
    }
    to.append(bytes.data(), *count);
    return true;
}

Result<> read_both(Pipe& out, Pipe& log, Captured& captured) {
    while (out.read.is_open() || log.read.is_open()) {
        std::array<pollfd, 3> waited = {pollfd{out.read.get(), POLLIN, 0},
                                        pollfd{log.read.get(), POLLIN, 0},
                                        pollfd{SignalWatch::descriptor(), POLLIN, 0}};
        if (::poll(waited.data(), waited.size(), -1) < 0) continue;
        if (waited[2].revents != 0) {
            return fail(ErrorKind::Failed, "interrupted", "stopped by a signal");
        }
        if (waited[0].revents != 0) pump(out.read, captured.out);
        if (waited[1].revents != 0) pump(log.read, captured.log);
        if (captured.log.size() > 2 * kLogBytesMax) {
            captured.log.erase(0, captured.log.size() - kLogBytesMax);
        }
        if (captured.out.size() > kAnswerBytesMax) {
            return fail(ErrorKind::Data, "answer-size", "a program's answer has no end");
        }
    }
    return {};
}

}  // namespace

Result<Captured> run_captured(const std::vector<std::string>& arguments,
                              const std::vector<std::string>& environment,
                              const HiddenArguments& hidden) {
    auto nothing = open_file("/dev/null", O_RDONLY);
    auto out = make_pipe();
    auto log = make_pipe();
    if (!nothing || !out || !log)
        return fail(ErrorKind::Failed, "system", "no descriptors are left");
    const auto program =
        spawn_hiding({.arguments = arguments,
                      .environment = environment,
                      .passed = {{nothing->get(), 0}, {out->write.get(), 1}, {log->write.get(), 2}},
                      .dies_with_us = true,
                      .own_group = true},
                     hidden);
    if (!program) return std::unexpected(program.error());
    out->write.reset();
    log->write.reset();
    Captured captured;
    const auto read = read_both(*out, *log, captured);
    if (!read) ::kill(-*program, SIGKILL);
    captured.exit = wait_for(*program);
    if (!read) return std::unexpected(read.error());
    return captured;
}

std::vector<std::string> with_word(std::vector<std::string> command, std::string word) {
    if (command.size() > 1 && command[1] == "sync") command.erase(command.begin() + 1);
    command.insert(command.begin() + 1, std::move(word));
    return command;
}

Result<std::optional<nlohmann::json>> describe_program(const std::vector<std::string>& command) {
    const auto captured = run_captured(with_word(command, "describe"), {});
    if (!captured) return std::unexpected(captured.error());
    if (captured->exit.signal != 0) {
        return std::unexpected(
            Error{ErrorKind::Failed,
                  "program-killed",
                  command.front() + " was asked what it can do, and was " + to_text(captured->exit),
                  {},
                  captured->log,
                  {}});
    }
    auto description = nlohmann::json::parse(captured->out, nullptr, false);
    const bool knows = captured->exit.good() && description.is_object();
    return knows ? std::optional(std::move(description)) : std::nullopt;
}

bool has_ability(const nlohmann::json& description, std::string_view name) {
    const auto abilities = description.find("capabilities");
    return abilities != description.end() &&
           std::ranges::find(*abilities, nlohmann::json(name)) != abilities->end();
}

}  // namespace streams
