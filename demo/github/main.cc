#include <charconv>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "demo/github/api.h"
#include "demo/github/port_file.h"
#include "http/server.h"

namespace streams::demo {
namespace {

constexpr const char* kUsage =
    "usage: demo-github [--port N] [--port-file FILE] [--scale N] [--later N] [--with-parent]\n"
    "                   [--verbose]\n"
    "\n"
    "Serves repositories in the shapes of GitHub's REST API on 127.0.0.1, until SIGTERM or "
    "Ctrl-C.\n"
    "\n"
    "  --port N          this port; without it any that is free\n"
    "  --port-file FILE  the port of last time if it is free; the file gets the one taken\n"
    "  --scale N         N times as much in octokit/large\n"
    "  --later N         so many new commits and issues since the session before\n"
    "  --with-parent     ends when the program that started it ends\n"
    "  --verbose         names every request on standard error\n";

struct Settings {
    int port = 0;
    std::string port_file;
    Choices choices;
    bool with_parent = false;
    bool verbose = false;
    bool help = false;
};

int report(const Error& error) {
    std::string text = "CRITICAL " + error.what + " [" + error.id + "]\n";
    if (!error.where.empty()) text += "  where  " + error.where + '\n';
    if (!error.why.empty()) text += "  why    " + error.why + '\n';
    if (!error.remedy.empty()) text += "  do     " + error.remedy + '\n';
    write_to_people(text);
    return error.kind == ErrorKind::Config ? 2 : 1;
}

std::unexpected<Error> wrong_flag(const std::string& flag, const std::string& why) {
    return std::unexpected(Error{ErrorKind::Config, "bad-flag", "cannot use " + flag, "", why,
                                 "demo-github --help names the flags"});
}

Result<std::size_t> number_of(const std::string& flag, const std::string& text) {
    std::size_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec == std::errc() && read.ptr == end && number < 1'000'000) return number;
    return wrong_flag(flag, "\"" + text + "\" is not a number below 1000000");
}

Result<> set_number(Settings& settings, const std::string& flag, const std::string& text) {
    const auto number = number_of(flag, text);
    if (!number) return std::unexpected(number.error());
    if (flag == "--scale") settings.choices.scale = *number;
    if (flag == "--later") settings.choices.later = *number;
    if (flag != "--port") return {};
    if (*number > 65'535) return wrong_flag(flag, "the highest port is 65535");
    settings.port = static_cast<int>(*number);
    return {};
}

Result<Settings> settings_of(const std::vector<std::string>& words) {
    Settings out;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const auto& flag = words[at];
        if (flag == "--with-parent") {
            out.with_parent = true;
        } else if (flag == "--verbose") {
            out.verbose = true;
        } else if (flag == "--help") {
            out.help = true;
        } else if (flag == "--port-file" && at + 1 < words.size()) {
            out.port_file = words[++at];
        } else if ((flag == "--port" || flag == "--scale" || flag == "--later") &&
                   at + 1 < words.size()) {
            STREAMS_TRY(set_number(out, flag, words[++at]));
        } else {
            return wrong_flag(flag, "it is not known, or its value is missing");
        }
    }
    return out;
}

// `GET /repos/octokit/demo/issues 200`, and whether a token came with it; never the token.
void name_request(const http::Asked& asked, const http::Answer& answer) {
    const auto* token = asked.headers.has("Authorization") ? " with token" : "";
    write_to_people(asked.method + ' ' + printable(asked.target) + ' ' +
                    std::to_string(answer.status) + token + '\n');
}

// The port of last time if nobody has it; else the one asked for, or any.
Result<std::unique_ptr<http::Server>> start(const Settings& settings, Api& api) {
    const auto handler = [&api, verbose = settings.verbose](const http::Asked& asked) {
        auto answer = api.answer(asked);
        if (verbose) name_request(asked, answer);
        return answer;
    };
    http::ServerOptions options;
    options.threads = 4;
    options.port = settings.port;
    const int last = settings.port == 0 ? read_port(settings.port_file) : 0;
    if (last != 0) {
        options.port = last;
        if (auto server = http::Server::start(options, handler)) return server;
        options.port = 0;
    }
    return http::Server::start(options, handler);
}

int serve(const Settings& settings) {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // Before the server's threads, which inherit it.
    if (settings.with_parent) {
        const auto parent = getppid();
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) return 0;  // It died before it could be watched.
    }
    Api api(settings.choices,
            [] { return std::chrono::sys_seconds(std::chrono::seconds(std::time(nullptr))); });
    auto server = start(settings, api);
    if (!server) return report(server.error());
    if (!settings.port_file.empty()) {
        if (auto written = write_port(settings.port_file, (*server)->port()); !written) {
            return report(written.error());
        }
    }
    const auto* demo = api.repository("octokit", "demo");
    std::printf("127.0.0.1:%d serves %zu issues and %zu commits, generated in GitHub's shapes\n",
                (*server)->port(), demo->items(Kind::Issues).size(),
                demo->items(Kind::Commits).size());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&ends, &signal);
    (*server)->stop();
    return 0;
}

}  // namespace
}  // namespace streams::demo

int main(int argc, char** argv) {
    const auto settings = streams::demo::settings_of({argv + 1, argv + argc});
    if (!settings) return streams::demo::report(settings.error());
    if (settings->help) {
        std::fputs(streams::demo::kUsage, stdout);
        return 0;
    }
    return streams::demo::serve(*settings);
}
