#include "base/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace streams {
namespace {

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const auto& text : texts) pointers.push_back(::strdup(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

void free_all(const std::vector<char*>& pointers) {
    for (auto* pointer : pointers) std::free(pointer);
}

// Everything that the new process needs, made before the fork: after it, only calls that are safe
// in a signal handler.
struct Prepared {
    const SpawnPlan& plan;
    std::vector<char*> arguments;
    std::vector<char*> environment;
    std::vector<int> parked;  // One place per passed descriptor.
    int trouble = -1;         // Where the errno of a failed exec goes.
    pid_t parent = -1;
};

// Moves the descriptors out of the way first, so that no target number is still in use as a source.
bool place_descriptors(Prepared& prepared) {
    const auto& passed = prepared.plan.passed;
    int above = STDERR_FILENO + 1;
    for (const auto& one : passed) above = std::max(above, one.theirs + 1);
    const int trouble = ::fcntl(prepared.trouble, F_DUPFD_CLOEXEC, above);
    if (trouble < 0) return false;
    prepared.trouble = trouble;
    for (std::size_t index = 0; index < passed.size(); ++index) {
        prepared.parked[index] = ::fcntl(passed[index].ours, F_DUPFD_CLOEXEC, above);
        if (prepared.parked[index] < 0) return false;
    }
    for (std::size_t index = 0; index < passed.size(); ++index) {
        if (::dup2(prepared.parked[index], passed[index].theirs) < 0) return false;
    }
    return true;
}

// What no plan passes on must not reach the program: a leaked pipe end would keep its reader
// waiting.
void close_the_rest(const Prepared& prepared) {
    int above = STDERR_FILENO;
    for (const auto& one : prepared.plan.passed) above = std::max(above, one.theirs);
    for (int number = STDERR_FILENO + 1; number <= above; ++number) {
        bool wanted = false;
        for (const auto& one : prepared.plan.passed) wanted = wanted || one.theirs == number;
        if (!wanted) ::close(number);
    }
    // The rest is closed by the exec, where our own descriptor for trouble closes too.
    ::syscall(SYS_close_range, static_cast<unsigned>(above + 1), UINT_MAX, 4U /* CLOEXEC */);
}

void reset_signals() {
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal) {
        if (signal != SIGHUP) ::sigaction(signal, &action, nullptr);  // nohup's wish is inherited.
    }
    struct sigaction hang_up = {};
    ::sigaction(SIGHUP, nullptr, &hang_up);
    if (hang_up.sa_handler != SIG_IGN) ::sigaction(SIGHUP, &action, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void report_and_leave(const Prepared& prepared) {
    const int code = errno;
    [[maybe_unused]] const auto written = ::write(prepared.trouble, &code, sizeof(code));
    _exit(127);
}

[[noreturn]] void become(Prepared& prepared) {
    const auto& plan = prepared.plan;
    if (plan.own_group) ::setpgid(0, 0);
    if (plan.dies_with_us) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != prepared.parent) _exit(127);  // The parent died before the call.
    }
    if (!place_descriptors(prepared)) report_and_leave(prepared);
    close_the_rest(prepared);
    if (!plan.folder.empty() && ::chdir(plan.folder.c_str()) != 0) report_and_leave(prepared);
    reset_signals();
    auto** environment = plan.environment.empty() ? environ : prepared.environment.data();
    ::execvpe(prepared.arguments[0], prepared.arguments.data(), environment);
    report_and_leave(prepared);
}

Error spawn_error(int code, const std::string& program) {
    if (code == ENOENT || code == ENOTDIR) {
        return {ErrorKind::Config, "program-missing", "there is no program " + program, {}, {}, {}};
    }
    return system_error(code, "start", program);
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

Exit exit_of(int status, const rusage& used) {
    const double cpu = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    if (WIFSIGNALED(status)) return {0, WTERMSIG(status), cpu};
    return {WEXITSTATUS(status), 0, cpu};
}

bool is_program(const std::string& path) {
    struct stat found = {};
    return ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

Result<Pipe> make_pipe() {
    std::array<int, 2> ends = {-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::unexpected(system_error(errno, "make a pipe", {}));
    }
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<pid_t> spawn(const SpawnPlan& plan) {
    ensure(!plan.arguments.empty(), "a plan names a program");
    auto trouble = make_pipe();
    if (!trouble) return std::unexpected(std::move(trouble).error());
    Prepared prepared{plan,
                      pointers_to(plan.arguments),
                      pointers_to(plan.environment),
                      std::vector<int>(plan.passed.size(), -1),
                      trouble->write.get(),
                      ::getpid()};
    const pid_t program = ::fork();
    if (program == 0) become(prepared);
    const int fork_code = errno;
    free_all(prepared.arguments);
    free_all(prepared.environment);
    if (program < 0) return std::unexpected(system_error(fork_code, "start", plan.arguments[0]));
    if (plan.own_group) ::setpgid(program, program);  // Both do it: neither may be late.
    trouble->write.reset();
    int code = 0;
    auto* to = reinterpret_cast<char*>(&code);
    const auto count = read_some(trouble->read.get(), to, sizeof(code), "the new process");
    if (!count || *count == 0) return program;
    wait_for(program);
    return std::unexpected(spawn_error(code, plan.arguments[0]));
}

std::string to_text(const Exit& exit) {
    if (exit.signal != 0) {
        const char* name = ::sigabbrev_np(exit.signal);
        return name != nullptr ? "killed by SIG" + std::string(name)
                               : "killed by signal " + std::to_string(exit.signal);
    }
    return "status " + std::to_string(exit.status);
}

Exit wait_for(pid_t program) {
    int status = 0;
    rusage used = {};
    while (::wait4(program, &status, 0, &used) < 0) {
        if (errno != EINTR) return {.status = 255};
    }
    return exit_of(status, used);
}

std::optional<Exit> try_wait(pid_t program) {
    int status = 0;
    rusage used = {};
    const pid_t ended = ::wait4(program, &status, WNOHANG, &used);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return std::nullopt;
    return ended < 0 ? Exit{.status = 255} : exit_of(status, used);
}

std::optional<Exit> peek_exit(pid_t program) {
    siginfo_t info = {};
    const auto id = static_cast<id_t>(program);
    if (::waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
        return errno == EINTR ? std::nullopt : std::optional(Exit{.status = 255});
    }
    if (info.si_pid == 0) return std::nullopt;
    if (info.si_code == CLD_EXITED) return Exit{.status = info.si_status};
    return Exit{.signal = info.si_status};
}

Result<Descriptor> watch_exit(pid_t program) {
    const auto number = ::syscall(SYS_pidfd_open, program, 0U);
    if (number < 0) return std::unexpected(system_error(errno, "watch a process", {}));
    return Descriptor(static_cast<int>(number));
}

std::string find_program(std::string_view name, std::string_view folder, std::string_view path) {
    if (name.empty()) return {};
    if (name.find('/') != std::string_view::npos) {
        return is_program(std::string(name)) ? std::string(name) : std::string();
    }
    if (!folder.empty()) {
        auto beside = std::string(folder) + '/' + std::string(name);
        if (is_program(beside)) return beside;
    }
    while (!path.empty()) {
        const auto colon = path.find(':');
        const auto one = path.substr(0, colon);
        auto found = (one.empty() ? std::string(".") : std::string(one)) + '/' + std::string(name);
        if (is_program(found)) return found;
        path = colon == std::string_view::npos ? std::string_view() : path.substr(colon + 1);
    }
    return {};
}

std::string folder_of_this_program() {
    std::array<char, PATH_MAX> path = {};
    const auto length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
    if (length <= 0) return {};
    return folder_of(std::string_view(path.data(), static_cast<std::size_t>(length)));
}

}  // namespace streams
