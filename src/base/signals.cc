#include "base/signals.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"

namespace streams {
namespace {

// What the handler touches; atomics without locks are safe in it.
struct Received {
    std::atomic<int> signal = 0;
    std::atomic<int> reading_end = -1;
    std::atomic<int> writing_end = -1;
    std::atomic<unsigned> grace_seconds = 0;  // 0: as long as it takes.
};

Received& received_signals() {
    static Received received;
    return received;
}

void on_signal(int signal) {
    const int saved = errno;
    auto& received = received_signals();
    int none = 0;
    if (!received.signal.compare_exchange_strong(none, signal)) _exit(128 + signal);
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(received.writing_end, &byte, 1);
    if (received.grace_seconds != 0) ::alarm(received.grace_seconds);
    errno = saved;
}

void on_alarm(int /*signal*/) {
    _exit(128 + received_signals().signal);
}

}  // namespace

Result<> SignalWatch::start() {
    std::array<int, 2> ends = {-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return std::unexpected(system_error(errno, "make a pipe", {}));
    }
    auto& received = received_signals();
    received.reading_end = ends[0];
    received.writing_end = ends[1];
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        struct sigaction before = {};
        ::sigaction(signal, nullptr, &before);
        const bool is_ignored = before.sa_handler == SIG_IGN;
        if (signal == SIGHUP && is_ignored) continue;
        ::sigaction(signal, &action, nullptr);
    }
    return {};
}

void SignalWatch::leave_after(unsigned seconds) {
    received_signals().grace_seconds = seconds;
    std::signal(SIGALRM, on_alarm);
}

int SignalWatch::descriptor() {
    return received_signals().reading_end;
}

int SignalWatch::received() {
    return received_signals().signal;
}

void ignore_signals_of_writes() {
    for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

void fill_standard_descriptors() {
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) >= 0) continue;
        const int flags = number == STDIN_FILENO ? O_RDONLY : O_WRONLY;
        [[maybe_unused]] const int opened = ::open("/dev/null", flags);  // The lowest free number.
    }
}

}  // namespace streams
