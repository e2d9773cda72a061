#include "run/run_command.h"

#include <csignal>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/signals.h"
#include "program/critical.h"
#include "program/describe.h"
#include "program/exit_status.h"
#include "program/report_path.h"
#include "run/joined_run.h"
#include "run/log_relay.h"
#include "run/progress_lines.h"
#include "run/run_plan.h"
#include "run/sample.h"
#include "run/state_edit.h"

namespace streams {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kNothingDone = "nothing was read or written";

LogRelay::Shows shows_of(const LogOptions& options) {
    if (options.quiet) return LogRelay::Shows::Nothing;
    return options.verbose ? LogRelay::Shows::Everything : LogRelay::Shows::Unusual;
}

// One run from the first line on the screen to the last.
class Session final : public RunWatcher {
 public:
    Session(RunPlan plan, bool as_json, std::string report_path)
        : plan_(std::move(plan)),
          facts_(plan_.facts),
          as_json_(as_json),
          report_path_(std::move(report_path)),
          streamer_log_(plan_.source.name, shows_of(log_options())),
          persister_log_(plan_.destination.name, shows_of(log_options())),
          progress_(facts_.source + " -> " + facts_.destination, is_terminal(), log_options().quiet,
                    Clock::now()) {}

    int run() {
        const JoinPlan join{.persister = plan_.persister,
                            .environment = plan_.environment,
                            .persister_hidden = plan_.persister_hidden,
                            .streamer_hidden = plan_.streamer_hidden,
                            .persister_ends = plan_.persister_ends,
                            .streamer_reports = plan_.streamer_reports};
        const auto joined = join_programs(join, *this);
        progress_.clear();
        facts_.elapsed =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_);
        if (!joined) return failed(joined.error());
        facts_.streamer_seconds = joined->streamer_seconds;
        facts_.persister_cpu = joined->persister.cpu_seconds;
        return conclude(*joined);
    }

    Result<std::vector<std::string>> streamer_for(
        const std::optional<std::string>& ledger) override {
        auto state = plan_.kept ? plan_.kept->value() : ledger;
        facts_.first_run = !state;
        facts_.state_before = state;
        facts_.state = state;
        show_header();
        if (plan_.starts_from_none) state.reset();
        for (const auto& stream : plan_.refresh) {
            if (!state) break;
            auto rest = without_stream(*state, stream);
            if (!rest) return std::unexpected(std::move(rest).error());
            state = *std::move(rest);
        }
        auto command = plan_.streamer;
        if (!state) return command;
        auto path = plan_.folder.write("state.json", *state + '\n');
        if (!path) return std::unexpected(std::move(path).error());
        command.emplace_back("--state");
        command.push_back(*std::move(path));
        return command;
    }

    void reported(Side side, std::string_view line) override {
        report_.take(side, line, Clock::now());
    }

    Result<> stored(std::string_view state) override {
        if (!nlohmann::json::accept(state)) return {};
        facts_.state = std::string(state);
        return plan_.kept ? plan_.kept->append(state) : Result<>();
    }

    void logged(Side side, std::string_view line) override {
        auto& relay = side == Side::Streamer ? streamer_log_ : persister_log_;
        const auto text = relay.take(line);
        if (!text.empty()) progress_.write_above(text);
    }

    void passed() override { progress_.show(report_, Clock::now()); }

 private:
    void show_header() {
        if (log_options().quiet ||
            !(facts_.first_run || facts_.is_rehearsal || log_options().verbose)) {
            return;
        }
        progress_.write_above(header_text(facts_));
    }

    int conclude(const Joined& joined) {
        if (joined.signal != 0) {
            log_warning(std::string("Stopped by SIG") + ::sigabbrev_np(joined.signal) + ": " +
                        safe_text(facts_, report_));
            return tell(128 + joined.signal, "stopped");
        }
        if (!joined.first) return succeeded();
        if (cause_of(joined) == Side::Persister) return persister_failed(joined);
        return streamer_failed(*joined.streamer);
    }

    // When one side died of the other's death, the other is the cause.
    Side cause_of(const Joined& joined) const {
        const bool streamer_failed = joined.streamer && !joined.streamer->good();
        const bool only_cut = persister_log_.critical_id() == "input-cut";
        if (joined.first == Side::Persister) {
            return only_cut && streamer_failed ? Side::Streamer : Side::Persister;
        }
        const bool of_pipe = joined.streamer->signal == SIGPIPE || streamer_log_.met_broken_pipe();
        return of_pipe && !only_cut ? Side::Persister : Side::Streamer;
    }

    int succeeded() {
        if (facts_.first_run && facts_.can_show && !log_options().quiet && !facts_.is_dry) {
            facts_.samples = samples_of(plan_, report_);
        }
        if (!log_options().quiet) write_to_people(summary_text(facts_, report_));
        return tell(0, {});
    }

    int streamer_failed(const Exit& exit) {
        if (!streamer_log_.critical_id().empty()) {
            const int status = exit.status > 5 || exit.status == 0 ? 1 : exit.status;
            return pass_on(streamer_log_, status);
        }
        return failed({ErrorKind::Failed,
                       "streamer-failed",
                       facts_.source + " left with " + to_text(exit),
                       {},
                       streamer_log_.last_lines(),
                       {}});
    }

    int persister_failed(const Joined& joined) {
        const auto& exit = joined.persister;
        if (!persister_log_.critical_id().empty()) {
            const int status = exit.status > 5 || exit.status == 0 ? 1 : exit.status;
            return pass_on(persister_log_, status);
        }
        const auto what = exit.good()
                              ? facts_.destination + ": the persister left before the streamer"
                              : facts_.destination + ": the persister left with " + to_text(exit);
        return failed(
            {ErrorKind::Failed, "persister-failed", what, {}, persister_log_.last_lines(), {}});
    }

    // The program has said it all, but maybe not what is stored.
    int pass_on(const LogRelay& relay, int status) {
        auto text = relay.critical();
        if (text.find("\n  safe ") == std::string::npos)
            text += "  safe   " + safe_text(facts_, report_) + '\n';
        write_to_people(coloured_critical(std::move(text)));
        return tell(status, relay.critical().substr(0, relay.critical().find('\n')));
    }

    int failed(const Error& error) {
        const int status = print_critical(error, safe_text(facts_, report_));
        return tell(status, error.what);
    }

    int tell(int status, const std::string& problem) const {
        if (!as_json_ && report_path_.empty()) return status;
        const auto text = report_json(facts_, report_, status, problem);
        if (const auto failed = failed_report(report_path_, text, status)) return *failed;
        if (!as_json_) return status;
        auto written = write_all(STDOUT_FILENO, text, "standard output");
        return written ? status : print_critical(written.error());
    }

    RunPlan plan_;
    RunFacts facts_;
    bool as_json_;
    std::string report_path_;  // Empty: no report is written.
    Clock::time_point start_ = Clock::now();
    RunReport report_;
    LogRelay streamer_log_;
    LogRelay persister_log_;
    ProgressLines progress_;
};

}  // namespace

int run_command(const std::vector<std::string>& arguments, const std::string& version) {
    const auto shape = run_shape(version);
    const auto line = parse_command_line(shape, arguments);
    if (!line) return print_critical(line.error(), kNothingDone);
    if (const auto status = answer_common(shape, *line)) return *status;
    if (const auto possible = check_report_path(line->options.text("report")); !possible) {
        return print_critical(possible.error(), kNothingDone);
    }
    if (auto watching = SignalWatch::start(); !watching) return print_critical(watching.error());
    Refusal refusal;
    auto plan = make_run_plan(*line, process_environment(), refusal);
    if (!plan && !refusal.text.empty()) {
        if (refusal.text.find("\n  safe ") == std::string::npos) {
            refusal.text += "  safe   " + std::string(kNothingDone) + '\n';
        }
        write_to_people(coloured_critical(refusal.text));
        return refusal.status;
    }
    if (SignalWatch::received() != 0) return 128 + SignalWatch::received();
    if (!plan) return print_critical(plan.error(), kNothingDone);
    return Session(*std::move(plan), line->options.boolean("json"), line->options.text("report"))
        .run();
}

}  // namespace streams
