#pragma once

#include <initializer_list>

#include "streams/error.h"

namespace streams {

/// Turns SIGTERM, SIGINT and SIGHUP into something that `poll` sees. The second one ends the
/// process at once with 128 + its number, because the first may be stuck.
///
/// One at a time in a process. SIGHUP that was ignored at the start (nohup) stays ignored.
class SignalWatch {
 public:
    /// **Errors.** Failed `system`.
    static Result<> start();

    /// From the first signal on, the process has so many seconds; then it ends as at a second one.
    static void leave_after(unsigned seconds);

    /// Readable once a signal has come; -1 before `start`.
    static int descriptor();

    /// The first signal that came; 0: none yet.
    static int received();
};

/// Ignores SIGPIPE and SIGXFSZ: a write to a closed pipe, or beyond the size that a file may have,
/// is an error and no death.
void ignore_signals_of_writes();

/// Opens /dev/null on whichever of 0, 1 and 2 is closed, so that no file of ours gets its number.
void fill_standard_descriptors();

}  // namespace streams
