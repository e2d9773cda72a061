#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/file.h"
#include "streams/error.h"

namespace streams {

struct Pipe {
    Descriptor read;
    Descriptor write;
};

/// Both ends close on exec; `spawn` passes on what it is told to.
Result<Pipe> make_pipe();

/// A program to be started.
struct SpawnPlan {
    /// A descriptor of ours and the number that it has in the program.
    struct Passed {
        int ours = -1;
        int theirs = -1;
    };

    std::vector<std::string>
        arguments;  ///< The first is the program: a path, or a name on the PATH.
    std::vector<std::string> environment;  ///< `NAME=value`, in place of ours; empty: ours.
    std::vector<Passed> passed;            ///< Every other descriptor but 0 to 2 is closed.
    std::string folder;                    ///< To start in; empty: ours.
    bool dies_with_us = false;             ///< Killed when the thread that started it ends.
    bool own_group = false;                ///< A process group of its own: Ctrl-C reaches us alone.
};

/// Starts a program, with no signal ignored or blocked.
/// **Errors.** Config `program-missing`, Failed `no-permission`, Failed `system`: those of exec
/// too.
Result<pid_t> spawn(const SpawnPlan& plan);

/// How a program ended: one of the two is not 0 unless all went well.
struct Exit {
    int status = 0;
    int signal = 0;
    double cpu_seconds = 0;

    bool good() const { return status == 0 && signal == 0; }
};

/// `status 1`, `killed by SIGKILL`.
std::string to_text(const Exit& exit);

/// Waits until the program has ended.
Exit wait_for(pid_t program);

/// None while the program runs.
std::optional<Exit> try_wait(pid_t program);

/// As `try_wait`, and leaves the ended program as it is, so that its number and its group's stay
/// its own until `wait_for`. Without `cpu_seconds`.
std::optional<Exit> peek_exit(pid_t program);

/// A descriptor that is readable when the program has ended.
Result<Descriptor> watch_exit(pid_t program);

/// Where `name` lies: beside `folder` first if that is not empty, then on `path` (as $PATH); empty:
/// nowhere.
std::string find_program(std::string_view name, std::string_view folder, std::string_view path);

/// The folder of the running program.
std::string folder_of_this_program();

}  // namespace streams
