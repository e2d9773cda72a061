// kill-at N FILE COMMAND [ARGUMENT...]   runs COMMAND and kills it (SIGKILL, all threads) right
// before its N-th system call that changes a file or a pipe, counted over all its threads; N 0:
// never. Writes to FILE how many there were. Leaves with 137 if it killed, else as COMMAND left.
//
// The page cache outlives a kill: this proves that every order of steps is safe, and nothing about
// fsync. Crash states (crash_states.py) do that.

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

bool changes_something(const user_regs_struct& registers) {
    switch (registers.orig_rax) {
        case SYS_write:
        case SYS_pwrite64:
        case SYS_writev:
        case SYS_pwritev:
        case SYS_fsync:
        case SYS_fdatasync:
        case SYS_ftruncate:
        case SYS_truncate:
        case SYS_fallocate:
        case SYS_rename:
        case SYS_renameat:
        case SYS_renameat2:
        case SYS_link:
        case SYS_linkat:
        case SYS_unlink:
        case SYS_unlinkat:
        case SYS_mkdir:
        case SYS_mkdirat:
        case SYS_rmdir:
            return true;
        case SYS_openat:
            return (registers.rdx & O_CREAT) != 0;
        default:
            return false;
    }
}

[[noreturn]] void start_child(char** command) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);
    execvp(command[0], command);
    std::perror(command[0]);
    _exit(127);
}

struct Outcome {
    long calls = 0;
    int status = 0;
    bool killed = false;
};

// Every stop of every thread until the first process is gone.
Outcome follow(pid_t child, long kill_before) {
    Outcome outcome;
    int status = 0;
    waitpid(child, &status, 0);
    ptrace(PTRACE_SETOPTIONS, child, nullptr,
           PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC);
    ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    while (true) {
        const pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0) return outcome;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (thread != child) continue;
            outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            return outcome;
        }
        const int signal = WSTOPSIG(status);
        long deliver = 0;
        if (signal == (SIGTRAP | 0x80)) {
            user_regs_struct registers = {};
            ptrace(PTRACE_GETREGS, thread, nullptr, &registers);
            const bool entering = static_cast<long>(registers.rax) == -ENOSYS;
            if (entering && changes_something(registers) && ++outcome.calls == kill_before) {
                kill(child, SIGKILL);
                outcome.killed = true;
            }
        } else if (signal != SIGTRAP && signal != SIGSTOP) {
            deliver = signal;
        }
        ptrace(PTRACE_SYSCALL, thread, nullptr, deliver);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("usage: kill-at N FILE COMMAND [ARGUMENT...]   (N 0: count only)\n", stderr);
        return 2;
    }
    const pid_t child = fork();
    if (child == 0) start_child(argv + 3);
    const auto outcome = follow(child, std::atol(argv[1]));
    if (std::FILE* file = std::fopen(argv[2], "w")) {
        std::fprintf(file, "%ld\n", outcome.calls);
        std::fclose(file);
    }
    return outcome.killed ? 137 : outcome.status;
}
