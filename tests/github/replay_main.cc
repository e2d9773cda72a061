#include <csignal>
#include <cstdio>

#include "base/log.h"
#include "tests/github/recordings.h"
#include "tests/github/replay.h"

namespace streams::replay {
namespace {

constexpr std::string_view kUsage =
    "usage: replay-github FOLDER [SCENARIO...] [--any-query] [--others-empty] [--verbose]\n"
    "\n"
    "Serves recorded answers of GitHub on 127.0.0.1, until SIGTERM or Ctrl-C. FOLDER holds\n"
    "SCENARIO/normalized-fixture.json.\n"
    "\n"
    "  --any-query     compares the path and the parameter \"page\" of a request, nothing else\n"
    "  --others-empty  an unrecorded list of a recorded repository is []\n"
    "  --verbose       names every request on standard error\n";

int serve(std::vector<Recorded> recorded, Leniency leniency, bool verbose) {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // Before the server's threads, which inherit it.
    const auto count = recorded.size();
    Replay replay(std::move(recorded), leniency);
    auto server = http::Server::start({}, [&](const http::Asked& asked) {
        auto answer = replay.answer(asked);
        if (verbose) {
            write_to_people(asked.method + ' ' + asked.target + ' ' +
                            std::to_string(answer.status) + '\n');
        }
        return answer;
    });
    if (!server) {
        write_to_people("CRITICAL " + server.error().what + " [" + server.error().id + "]\n");
        return 1;
    }
    std::printf("127.0.0.1:%d replays %zu answers of GitHub\n", (*server)->port(), count);
    std::fflush(stdout);
    int signal = 0;
    sigwait(&ends, &signal);
    (*server)->stop();
    return 0;
}

int run(const std::vector<std::string>& words) {
    Leniency leniency;
    bool verbose = false;
    std::vector<std::string> names;
    for (const auto& word : words) {
        if (word == "--any-query") {
            leniency.any_query = true;
        } else if (word == "--others-empty") {
            leniency.others_empty = true;
        } else if (word == "--verbose") {
            verbose = true;
        } else {
            names.push_back(word);
        }
    }
    if (names.empty() || names.front().starts_with("--")) {
        write_to_people(kUsage);
        return 2;
    }
    auto recorded = read_recordings(names.front(), {names.begin() + 1, names.end()});
    if (recorded) return serve(*std::move(recorded), leniency, verbose);
    write_to_people("CRITICAL " + recorded.error().what + " [" + recorded.error().id + "]\n");
    return 2;
}

}  // namespace
}  // namespace streams::replay

int main(int argc, char** argv) {
    return streams::replay::run({argv + 1, argv + argc});
}
