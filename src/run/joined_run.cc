#include "run/joined_run.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <poll.h>

#include "base/signals.h"
#include "run/line_pump.h"

namespace streams {
namespace {

using Clock = std::chrono::steady_clock;
using Millis = std::chrono::milliseconds;

constexpr Millis kTick{200};
constexpr Millis kLeaving{1000};  // Between a program's last output and its end.
constexpr std::size_t kLogLineBytesMax = 256 * 1024;
constexpr std::size_t kStateBytesMax = std::size_t{64} << 20;
constexpr int kFirstPassed = 3;
constexpr std::string_view kStateReport = "{\"state\":";

// One of the two programs, as far as we see it.
struct Child {
    pid_t process = 0;
    Descriptor exit_watch;
    LinePump log;
    LinePump report;
    std::optional<Exit> exit;
    Clock::time_point started;
    Clock::time_point ended;
    std::optional<Clock::time_point> kill_at;

    bool is_running() const { return process != 0 && !exit; }
};

class JoinedRun {
 public:
    JoinedRun(const JoinPlan& plan, RunWatcher& watcher) : plan_(plan), watcher_(watcher) {}

    Result<Joined> run() {
        STREAMS_TRY(start_persister());
        if (!plan_.persister_ends) start_streamer(std::nullopt);
        while (persister_.is_running() || streamer_.is_running()) {
            wait();
            pump();
            look_at_signals();
            look_at_ends();
            kill_what_is_late();
            watcher_.passed();
        }
        finish();
        if (trouble_) return std::unexpected(*std::move(trouble_));
        return outcome();
    }

 private:
    Result<> start_persister() {
        auto data = make_pipe();
        auto states = make_pipe();
        auto log = make_pipe();
        auto end = make_pipe();
        auto report = make_pipe();
        if (!data || !states || !log || !end || !report) {
            return fail(ErrorKind::Failed, "system", "no descriptors are left");
        }
        SpawnPlan plan{
            .arguments = plan_.persister,
            .environment = plan_.environment,
            .passed = {{data->read.get(), 0}, {states->write.get(), 1}, {log->write.get(), 2}},
            .own_group = true};
        if (plan_.persister_ends) {
            plan.passed.push_back({end->read.get(), kFirstPassed});
            plan.passed.push_back({report->write.get(), kFirstPassed + 1});
            plan.arguments.insert(plan.arguments.end(),
                                  {"--end-fd", std::to_string(kFirstPassed), "--report-fd",
                                   std::to_string(kFirstPassed + 1)});
        }
        STREAMS_TRY(start(persister_, plan, plan_.persister_hidden));
        data_ = std::move(data->write);
        states_ = LinePump(std::move(states->read), kStateBytesMax);
        persister_.log = LinePump(std::move(log->read), kLogLineBytesMax);
        if (plan_.persister_ends) {
            end_ = std::move(end->write);
            persister_.report = LinePump(std::move(report->read), kStateBytesMax);
        }
        return {};
    }

    static Result<> start(Child& child, const SpawnPlan& plan, const HiddenArguments& hidden) {
        auto process = spawn_hiding(plan, hidden);
        if (!process) return std::unexpected(std::move(process).error());
        child.process = *process;
        child.started = Clock::now();
        auto watch = watch_exit(*process);
        if (!watch) {
            ::kill(-*process, SIGKILL);
            wait_for(*process);
            return std::unexpected(std::move(watch).error());
        }
        child.exit_watch = *std::move(watch);
        return {};
    }

    void start_streamer(const std::optional<std::string>& state) {
        if (SignalWatch::received() != 0 || asked_to_start_) return;
        asked_to_start_ = true;
        auto started = try_start_streamer(state);
        data_.reset();  // From here on the two hold the only ends.
        if (started) return;
        trouble_ = std::move(started).error();
        say("ABORT\n");
    }

    Result<> try_start_streamer(const std::optional<std::string>& state) {
        auto arguments = watcher_.streamer_for(state);
        if (!arguments) return std::unexpected(std::move(arguments).error());
        auto nothing = open_file("/dev/null", O_RDONLY);
        auto log = make_pipe();
        auto report = make_pipe();
        if (!nothing || !log || !report) {
            return fail(ErrorKind::Failed, "system", "no descriptors are left");
        }
        SpawnPlan plan{.arguments = *std::move(arguments),
                       .environment = plan_.environment,
                       .passed = {{nothing->get(), 0}, {data_.get(), 1}, {log->write.get(), 2}},
                       .dies_with_us = true,
                       .own_group = true};
        if (plan_.streamer_reports) {
            plan.passed.push_back({report->write.get(), kFirstPassed});
            plan.arguments.insert(plan.arguments.end(),
                                  {"--report-fd", std::to_string(kFirstPassed)});
        }
        STREAMS_TRY(start(streamer_, plan, plan_.streamer_hidden));
        streamer_.log = LinePump(std::move(log->read), kLogLineBytesMax);
        if (plan_.streamer_reports) {
            streamer_.report = LinePump(std::move(report->read), kLogLineBytesMax);
        }
        return {};
    }

    void wait() {
        std::vector<pollfd> watched;
        const auto add = [&](int descriptor) {
            if (descriptor >= 0) watched.push_back({descriptor, POLLIN, 0});
        };
        const bool signalled = SignalWatch::received() != 0;
        if (!signalled) add(SignalWatch::descriptor());
        add(states_.descriptor());
        for (const auto* child : {&streamer_, &persister_}) {
            add(child->log.descriptor());
            add(child->report.descriptor());
            if (child->is_running()) add(child->exit_watch.get());
        }
        ::poll(watched.data(), watched.size(), static_cast<int>(kTick.count()));
        ready_.clear();
        for (const auto& one : watched) {
            if (one.revents != 0) ready_.push_back(one.fd);
        }
    }

    bool is_ready(const LinePump& lines) const {
        return lines.is_open() && std::ranges::find(ready_, lines.descriptor()) != ready_.end();
    }

    void pump() {
        if (is_ready(persister_.report)) persister_.report.pump(take_persister_report());
        if (is_ready(streamer_.report)) streamer_.report.pump(take_report(Side::Streamer));
        if (is_ready(states_)) states_.pump(take_state());
        if (is_ready(persister_.log)) persister_.log.pump(take_log(Side::Persister));
        if (is_ready(streamer_.log)) streamer_.log.pump(take_log(Side::Streamer));
    }

    LinePump::Take take_log(Side side) {
        return [this, side](std::string_view line) { watcher_.logged(side, line); };
    }

    LinePump::Take take_report(Side side) {
        return [this, side](std::string_view line) { watcher_.reported(side, line); };
    }

    LinePump::Take take_state() {
        return [this](std::string_view line) {
            if (auto stored = watcher_.stored(line); !stored && !trouble_) {
                trouble_ = std::move(stored).error();
                stop(streamer_, SIGTERM, plan_.kill_after);
            }
        };
    }

    // The first line is the destination's state, byte for byte.
    LinePump::Take take_persister_report() {
        return [this](std::string_view line) {
            if (asked_to_start_ || !line.starts_with(kStateReport) || !line.ends_with('}')) {
                watcher_.reported(Side::Persister, line);
                return;
            }
            line.remove_prefix(kStateReport.size());
            line.remove_suffix(1);
            while (line.starts_with(' ')) line.remove_prefix(1);
            start_streamer(line == "null" ? std::nullopt : std::optional(std::string(line)));
        };
    }

    void look_at_signals() {
        if (signal_ != 0 || SignalWatch::received() == 0) return;
        signal_ = SignalWatch::received();
        stop(persister_, signal_ == SIGINT ? SIGINT : SIGTERM, plan_.stop_after);
        stop(streamer_, SIGTERM, plan_.kill_after);
        if (!streamer_.is_running()) {
            data_.reset();
            say("ABORT\n");
        }
    }

    // To the whole group: the program may be behind a wrapper.
    static void stop(Child& child, int signal, Millis kill_after) {
        if (!child.is_running() || child.kill_at) return;
        ::kill(-child.process, signal);
        child.kill_at = Clock::now() + kill_after;
    }

    // The persister first: of two that ended one after the other, the later one is never seen
    // alone.
    void look_at_ends() {
        const bool persister_ended = look_at_end(persister_);
        const bool streamer_ended = look_at_end(streamer_);
        if (streamer_ended && persister_.is_running()) {
            const bool complete = streamer_.exit->good() && signal_ == 0;
            if (!complete && !first_) first_ = Side::Streamer;
            say(complete ? "END\n" : "ABORT\n");
        }
        if (persister_ended) {
            data_.reset();
            // Before the word was said the persister cannot have died of the streamer's end.
            const bool alone = plan_.persister_ends || streamer_.is_running() || is_good(streamer_);
            const bool good = persister_.exit->good();
            if (!first_ && !good) first_ = alone ? Side::Persister : Side::Streamer;
            leave_at_ = Clock::now() + (good ? kLeaving : Millis(0));
        }
        const bool left_behind = persister_.exit && streamer_.is_running() && !streamer_.kill_at;
        if (!left_behind || Clock::now() < leave_at_) return;
        if (!first_) first_ = Side::Persister;
        stop(streamer_, SIGTERM, plan_.kill_after);
    }

    static bool is_good(const Child& child) { return child.exit && child.exit->good(); }

    static bool look_at_end(Child& child) {
        if (!child.is_running()) return false;
        child.exit = peek_exit(child.process);
        if (!child.exit) return false;
        child.ended = Clock::now();
        return true;
    }

    void kill_what_is_late() {
        for (auto* child : {&streamer_, &persister_}) {
            const bool late =
                child->is_running() && child->kill_at && Clock::now() >= *child->kill_at;
            if (late) ::kill(-child->process, SIGKILL);
        }
    }

    // To a persister that is gone, or knows no END, there is nothing to say.
    void say(std::string_view word) {
        if (end_.is_open()) static_cast<void>(write_all(end_.get(), word, "the persister"));
        end_.reset();
    }

    void finish() {
        persister_.report.drain(take_report(Side::Persister));
        streamer_.report.drain(take_report(Side::Streamer));
        states_.drain(take_state());
        persister_.log.drain(take_log(Side::Persister));
        streamer_.log.drain(take_log(Side::Streamer));
        // Grandchildren that went on without their parent.
        for (auto* child : {&streamer_, &persister_}) {
            if (child->process == 0) continue;
            ::kill(-child->process, SIGKILL);
            child->exit = wait_for(child->process);
        }
    }

    Joined outcome() const {
        auto first = first_;
        if (!first && !persister_.exit->good()) first = Side::Persister;
        if (!first && streamer_.exit && !streamer_.exit->good()) first = Side::Streamer;
        Joined joined{.streamer = streamer_.exit,
                      .persister = *persister_.exit,
                      .signal = signal_,
                      .first = first};
        if (streamer_.exit) {
            joined.streamer_seconds =
                std::chrono::duration<double>(streamer_.ended - streamer_.started).count();
        }
        return joined;
    }

    const JoinPlan& plan_;
    RunWatcher& watcher_;
    Child streamer_;
    Child persister_;
    LinePump states_;
    Descriptor data_;  // The writing end, until the streamer is started.
    Descriptor end_;
    std::vector<int> ready_;
    bool asked_to_start_ = false;
    int signal_ = 0;
    std::optional<Side> first_;
    Clock::time_point leave_at_;  // When the streamer has to, once the persister is gone.
    std::optional<Error> trouble_;
};

}  // namespace

Result<Joined> join_programs(const JoinPlan& plan, RunWatcher& watcher) {
    return JoinedRun(plan, watcher).run();
}

}  // namespace streams
