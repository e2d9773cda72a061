#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/process.h"
#include "run/hidden_arguments.h"
#include "streams/error.h"

namespace streams {

enum class Side : std::uint8_t { Streamer, Persister };

/// Sees two joined programs at work. Called by one thread.
class RunWatcher {
 public:
    RunWatcher() = default;
    RunWatcher(const RunWatcher&) = delete;
    RunWatcher& operator=(const RunWatcher&) = delete;
    virtual ~RunWatcher() = default;

    /// The persister is ready, and its destination is at `state` (none: a first run, or it does not
    /// say): the command of the streamer that goes on from there.
    virtual Result<std::vector<std::string>> streamer_for(
        const std::optional<std::string>& state) = 0;

    /// A line of a report.
    virtual void reported(Side side, std::string_view line) = 0;

    /// A value on the persister's standard output: everything before it is durable.
    virtual Result<> stored(std::string_view state) = 0;

    /// A line on standard error.
    virtual void logged(Side side, std::string_view line) = 0;

    /// Some time has passed: at least 5 times a second.
    virtual void passed() = 0;
};

struct JoinPlan {
    std::vector<std::string> persister;    ///< The command, without what joins it to a runner.
    std::vector<std::string> environment;  ///< Of both; empty: ours.
    HiddenArguments persister_hidden;
    HiddenArguments streamer_hidden;
    bool persister_ends = false;                   ///< It knows `--end-fd` and `--report-fd`.
    bool streamer_reports = false;                 ///< It knows `--report-fd`.
    std::chrono::milliseconds kill_after{10'000};  ///< Between SIGTERM and SIGKILL of the streamer.
    std::chrono::milliseconds stop_after{30'000};  ///< For the persister, after a signal to us.
};

/// How it ended.
struct Joined {
    std::optional<Exit> streamer;  ///< None: it was never started.
    Exit persister;
    int signal = 0;             ///< That asked us to stop.
    std::optional<Side> first;  ///< Whose end the other's followed; none: neither failed.
    double streamer_seconds = 0;
};

/// Starts the persister, then the streamer once the persister has said where its destination is,
/// with a pipe between them of which we keep no end; passes END on when the streamer has left with
/// 0, ABORT when it has not; forwards signals; and waits for both. Copies no data.
///
/// The streamer dies with us. When the persister is gone it gets SIGTERM, and later SIGKILL.
/// **Order.** `SignalWatch::start` comes before. **Errors.** Those of `spawn` and of the watcher;
/// both programs have ended by then.
Result<Joined> join_programs(const JoinPlan& plan, RunWatcher& watcher);

}  // namespace streams
