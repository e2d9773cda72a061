#include "pipeline/persister_program.h"

#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/signals.h"
#include "pipeline/persister_options.h"
#include "pipeline/persister_words.h"
#include "pipeline/pipeline.h"
#include "pipeline/reject_words.h"
#include "pipeline/state_words.h"
#include "pipeline/verify_words.h"
#include "pipeline/work_report.h"
#include "program/critical.h"
#include "program/describe.h"
#include "program/exit_status.h"
#include "program/report_path.h"
#include "program/settings.h"
#include "program/wall.h"

namespace streams {
namespace {

constexpr int kPipeBytes = 1 << 20;

// However the run ended.
int report(const PersisterEntry& entry, const RunOptions& run, const Reporter& reporter,
           const WorkTimes& times, int status, const std::string& problem) {
    if (!run.report_fd && run.report_path.empty()) return status;
    const auto text =
        report_text("persist-" + entry.spec.name(), run.context.pipeline, times, status, problem);
    reporter.ended(text);
    return failed_report(run.report_path, text, status).value_or(status);
}

int sync(const PersisterEntry& entry, const Settings& settings, const RunOptions& run,
         const std::string& input_path) {
    Descriptor file;
    if (!input_path.empty()) {
        auto opened = open_file(input_path, O_RDONLY);
        if (!opened) return print_critical(opened.error(), "nothing was read or written");
        file = *std::move(opened);
    }
    if (auto watching = SignalWatch::start(); !watching) return print_critical(watching.error());
    SignalWatch::leave_after(run.limits.stop_seconds);

    if (!file.is_open() && ::isatty(STDIN_FILENO) == 1) {
        log_info(
            "Reading messages from the terminal; Ctrl-D ends them. Usually a streamer is "
            "piped in: streamer | persister");
    }
    const int data_fd = file.is_open() ? file.get() : STDIN_FILENO;
    // Fewer and larger reads; what is no pipe says no, and nothing is lost.
    ::fcntl(data_fd, F_SETPIPE_SZ, kPipeBytes);
    const Reporter reporter(run.report_fd);
    WorkClock clock;
    Committer committer([&](const Context& context) { return entry.make(settings, context); }, run,
                        reporter, clock, STDOUT_FILENO);
    Input input(data_fd, run.end_fd, SignalWatch::descriptor(), run.limits.end_silence);
    ChunkReader reader(data_fd, {.chunk_bytes = run.limits.chunk_bytes(),
                                 .line_bytes_max = run.limits.line_bytes_max});
    const bool asks = !run.context.dry_run;
    auto takes = entry.takes ? entry.takes(settings) : Takes{};
    takes.records = takes.records && asks;
    takes.lines = run.keeps_rejects && entry.undoes_rows && asks;
    takes.values = asks;
    takes.hashes = asks && run.named() ? entry.hashes : RowHashes::None;
    Intake intake(
        run,
        {.takes = takes, .merges = entry.merges, .naming = entry.naming, .input_name = input_path},
        [&](const std::string& stream) -> Result<std::vector<Field>> {
            return asks ? committer.stored(stream) : std::vector<Field>{};
        });
    Pipeline pipeline(input, reader, intake, committer, clock, run);
    const auto ending = pipeline.run();
    clock.change(Work::Parse);
    if (!ending) {
        const int status = print_critical(ending.error(), pipeline.safe());
        return report(entry, run, reporter, clock.times, status, ending.error().what);
    }
    intake.warn_of_changes();
    if (run.context.dry_run) log_info(intake.counts_text() + "; nothing was stored");
    if (*ending == Ending::Done) {
        return report(entry, run, reporter, clock.times, static_cast<int>(ExitStatus::Done), {});
    }
    log_info("Stopped: " + pipeline.safe());
    return report(entry, run, reporter, clock.times, 128 + SignalWatch::received(), "stopped");
}

int answer(const Result<std::string>& text) {
    if (!text) return print_critical(text.error());
    if (auto written = write_all(STDOUT_FILENO, *text, "standard output"); !written) {
        return print_critical(written.error());
    }
    return static_cast<int>(ExitStatus::Done);
}

int run_word(const PersisterEntry& entry, const ProgramShape& shape, const CommandLine& line) {
    auto settings = resolve_settings(shape, line, process_environment());
    if (!settings) return print_critical(settings.error(), "nothing was read or written");
    auto run = run_options_of(entry, *settings, line);
    if (!run) return print_critical(run.error(), "nothing was read or written");
    if (line.word == "check") return answer(check_destination(entry, *settings));
    if (line.word == "state") {
        return answer(show_or_change_state(entry, *settings, *run, line.options));
    }
    if (line.word == "rejects") {
        return run_rejects(
            entry, *settings, *run, line,
            [&](const PersisterEntry& into, const RunOptions& with, const std::string& path) {
                return sync(into, *settings, with, path);
            });
    }
    if (line.word == "verify") return run_verify(entry, *settings, *run, line.options);
    if (line.word == "show") return answer(show_tables(entry, *settings, *run, line));
    return sync(entry, *settings, *run, line.options.text("input"));
}

}  // namespace

int run_persister(int argc, char** argv, const PersisterEntry& entry) {
    return behind_wall([&] {
        const auto shape = shape_of(entry);
        const auto line = parse_command_line(shape, arguments_of(argc, argv));
        if (!line) return print_critical(line.error(), "nothing was read or written");
        if (const auto status = answer_common(shape, *line)) return *status;
        return run_word(entry, shape, *line);
    });
}

}  // namespace streams
