#include "pipeline/persister_options.h"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "base/log.h"
#include "program/quantity.h"
#include "program/report_path.h"
#include "state/state_file.h"

namespace streams {
namespace {

using Kind = Setting::Kind;

constexpr std::int64_t kThreadsMax = 64;

std::unexpected<Error> usage(std::string id, std::string what, std::string remedy) {
    return std::unexpected(
        Error{ErrorKind::Config, std::move(id), std::move(what), {}, {}, std::move(remedy)});
}

void append_common_settings(Spec& spec) {
    for (Setting setting : {
             Setting{
                 .name = "pipeline",
                 .description = "The name of this pipeline: its ledger, lock and tables go by it."},
             Setting{.name = "schema",
                     .description = "The schema, folder or prefix of the tables."},
             Setting{.name = "load",
                     .description =
                         "How rows meet what is there; by default upsert with keys, append "
                         "without.",
                     .choices = {"append", "upsert", "overwrite"}},
             Setting{.name = "formats",
                     .description = "A text that breaks its schema's format goes to a text column "
                                    "beside, is bad data, or formats are not looked at.",
                     .fallback = "split",
                     .choices = {"split", "error", "text"}},
             Setting{.name = "evolution",
                     .description = "What a change of the source's schema does: columns follow it, "
                                    "or it is an error.",
                     .fallback = "evolve",
                     .choices = {"evolve", "freeze"}},
             Setting{.name = "nested",
                     .description = "Objects and lists as the destination's JSON, or as text that "
                                    "keeps every byte.",
                     .fallback = "json",
                     .choices = {"json", "text"}},
             Setting{.name = "mixed",
                     .description = "A field of several declared types: one column of JSON, of "
                                    "JSON as text, or a column for each type that comes.",
                     .fallback = "json",
                     .choices = {"json", "text", "split"}},
             Setting{.name = "numbers",
                     .description = "Numbers with a fraction: of double precision while no digit "
                                    "is lost, or decimals from the start.",
                     .fallback = "double",
                     .choices = {"double", "exact"}},
             Setting{.name = "timestamps",
                     .description = "Digits beyond microseconds are cut with a warning, or are "
                                    "bad data.",
                     .fallback = "cut",
                     .choices = {"cut", "exact"}},
             Setting{.name = "on_bad_record",
                     .description = "Stop at a record that cannot be stored, or keep it in "
                                    "_streams_rejects and go on.",
                     .fallback = "stop",
                     .choices = {"stop", "reject"}},
             Setting{.name = "rejects_max",
                     .kind = Kind::Integer,
                     .description = "More rejected records than this end the run.",
                     .fallback = "10000"},
             Setting{.name = "batch_root",
                     .kind = Kind::List,
                     .description = "Folders whose files BATCH messages may name; without one such "
                                    "a message ends the run."},
             Setting{.name = "memory",
                     .description = "What the run may use, whatever the input.",
                     .fallback = "128MB"},
             Setting{.name = "threads",
                     .kind = Kind::Integer,
                     .description = "How many threads parse a long input; 0: one for each core.",
                     .fallback = "0"},
             Setting{.name = "adopt",
                     .kind = Kind::Boolean,
                     .description = "Load into a table that Streams did not make.",
                     .fallback = "false"},
         }) {
        spec.append(std::move(setting));
    }
}

std::vector<Option> common_options() {
    return {
        {.setting = {.name = "state",
                     .description = "What the streamer started from; compared with "
                                    "the ledger."},
         .letter = 's',
         .value = "FILE"},
        {.setting = {.name = "input", .description = "Read this file instead of standard input."},
         .value = "FILE"},
        {.setting = {.name = "report",
                     .description = "Write what the run did, and what took how long, into this "
                                    "file, as JSON."},
         .value = "FILE"},
        {.setting = {.name = "dry_run",
                     .kind = Kind::Boolean,
                     .description = "Check everything, store nothing, print no STATE."},
         .letter = 'n'},
        {.setting = {.name = "limit",
                     .kind = Kind::Integer,
                     .description =
                         "A rehearsal: so many records a stream, into the schema preview."},
         .value = "N"},
        {.setting = {.name = "wait",
                     .description = "How long to wait for another run of this "
                                    "pipeline: 30s, 10m.",
                     .fallback = "10s"}},
        {.setting = {.name = "refresh",
                     .kind = Kind::List,
                     .description = "Load these streams again from the start."},
         .value = "STREAM"},
        {.setting = {.name = "same_source",
                     .kind = Kind::Boolean,
                     .description = "The source has a new name but is the same."}},
        {.setting = {.name = "set", .description = "The new state, for the word state."},
         .value = "JSON"},
        {.setting = {.name = "reset",
                     .kind = Kind::Boolean,
                     .description = "Forget the state, for the word state."}},
        {.setting = {.name = "rename",
                     .description = "Another name for the pipeline, for the word "
                                    "state."},
         .value = "NEW"},
        {.setting = {.name = "history",
                     .kind = Kind::Boolean,
                     .description = "Every commit, as JSON lines, for the word state."}},
        {.setting = {.name = "reason", .description = "Kept beside a change of the state."},
         .hidden = true},
        {.setting = {.name = "all",
                     .kind = Kind::Boolean,
                     .description = "Our own columns too, for the word show."}},
        {.setting = {.name = "json",
                     .kind = Kind::Boolean,
                     .description = "Answer show, rejects or verify in JSON."}},
        {.setting = {.name = "stream",
                     .kind = Kind::List,
                     .description = "These streams only, for the words rejects and verify."},
         .value = "STREAM"},
        {.setting = {.name = "schema_from",
                     .description = "Hold rejected records to the SCHEMA messages of this file "
                                    "instead of to the table's columns."},
         .value = "FILE"},
        {.setting = {.name = "end_fd", .kind = Kind::Integer, .description = "END comes here."},
         .hidden = true},
        {.setting = {.name = "report_fd", .kind = Kind::Integer, .description = "Reports go here."},
         .hidden = true},
        {.setting = {.name = "run", .description = "The id of this run."}, .hidden = true},
        {.setting = {.name = "source_print", .description = "A hash that names the source."},
         .hidden = true},
    };
}

// A wrapper that cleans up descriptors would turn END into "the runner was killed".
Result<std::optional<int>> descriptor_of(const Settings& options, const char* name,
                                         const char* flag) {
    if (!options.has(name)) return std::optional<int>();
    const int number = static_cast<int>(options.integer(name));
    struct stat status = {};
    if (::fstat(number, &status) != 0) {
        return usage("descriptor-closed",
                     fmt::format("descriptor {} of {} is not open", number, flag),
                     "start the persister so that it inherits its runner's descriptors (a wrapper "
                     "closes them)");
    }
    ::fcntl(number, F_SETFD, FD_CLOEXEC);
    return std::optional<int>(number);
}

std::optional<Load> load_of(std::string_view text) {
    if (text == "append") return Load::Append;
    if (text == "upsert") return Load::Upsert;
    if (text == "overwrite") return Load::Overwrite;
    return std::nullopt;
}

Formats formats_of(std::string_view text) {
    if (text == "error") return Formats::Refuse;
    return text == "text" ? Formats::Text : Formats::Split;
}

Mixed mixed_of(std::string_view text) {
    if (text == "split") return Mixed::Split;
    return text == "text" ? Mixed::Text : Mixed::Json;
}

Result<> check_columns(const RunOptions& run) {
    if (!run.freezes || run.mixed != Mixed::Split) return {};
    return usage("setting-value",
                 "--mixed split makes columns as values come, and --evolution freeze makes none",
                 "take --mixed json or --mixed text, or leave --evolution away");
}

Result<> read_given_state(RunOptions& run) {
    if (run.state_path.empty()) return {};
    if (!run.named()) {
        return usage("state-without-pipeline", "--state needs the name of the pipeline",
                     "add --pipeline NAME, or leave --state away");
    }
    auto read = read_state_file(run.state_path);
    if (!read) return std::unexpected(std::move(read).error());
    if (read->is_missing) {
        log_warning(run.state_path + " does not exist: the run starts without a state");
    }
    for (const auto& warning : read->warnings) log_warning(warning);
    run.given_state = std::move(read->value);
    // In a pipe the persister knows its source only by the file that the two share.
    if (run.source_print.empty()) {
        run.source_print =
            "state-file:" + std::filesystem::absolute(run.state_path).lexically_normal().string();
    }
    return {};
}

Result<> check_load(const PersisterEntry& entry, const RunOptions& run) {
    if (run.load == Load::Upsert && !entry.merges) {
        return usage("load-upsert", fmt::format("persist-{} cannot update rows", entry.spec.name()),
                     "leave --load away: every version of a row is kept, in order");
    }
    if ((run.load == Load::Overwrite || !run.refresh.empty()) && !run.under_runner()) {
        return usage("overwrite-without-runner",
                     "replacing whole tables needs a runner: in a pipe nobody knows whether the "
                     "streamer ended well or died",
                     "use: streams run SOURCE DESTINATION --load overwrite (or --refresh STREAM)");
    }
    return {};
}

}  // namespace

ProgramShape shape_of(const PersisterEntry& entry) {
    ProgramShape shape{
        .kind = ProgramShape::Kind::Persister,
        .program = "persist-" + entry.spec.name(),
        .version = STREAMS_VERSION,
        .spec = entry.spec,
        .options = common_options(),
        .words = {{"sync", "", "store what comes in on standard input (the default)"},
                  {"check", "", "try the destination; create nothing"},
                  {"describe", "", "settings and abilities, as JSON"},
                  {"state", "", "the state that a pipeline has stored, or change it"},
                  {"show", "[TABLE]", "tables, rows, a sample"},
                  {"rejects", "[list|replay]", "records that were refused; try them again"},
                  {"verify", "", "whether everything that was stored is still there, unchanged"}},
        .path_setting = entry.path_setting,
        .abilities = {{"end", "report", "check", "state", "show", "rejects", "verify", "dry-run",
                       "arguments-fd"},
                      entry.schemes,
                      entry.tier,
                      entry.tier_reason,
                      entry.memory_extra_bytes},
        .examples = entry.examples};
    append_common_settings(shape.spec);
    return shape;
}

Result<RunOptions> run_options_of(const PersisterEntry& entry, const Settings& settings,
                                  const CommandLine& line) {
    const auto& options = line.options;
    RunOptions run;
    run.context.pipeline = settings.text("pipeline");
    run.context.schema = settings.text("schema");
    run.context.adopt = settings.boolean("adopt");
    run.context.dry_run = options.boolean("dry_run");
    run.batch_roots = settings.list("batch_root");
    run.keeps_rejects = settings.text("on_bad_record") == "reject";
    run.limits.rejects_max = static_cast<std::size_t>(settings.integer("rejects_max"));
    if (run.keeps_rejects && entry.undoes_rows) run.context.rejects_max = run.limits.rejects_max;
    auto memory = bytes_of(settings.text("memory"));
    if (!memory) return while_doing("--memory", std::move(memory).error());
    if (*memory < (std::uint64_t{16} << 20)) {
        return usage("memory", "--memory is too small", "at least 16MB are needed");
    }
    run.limits.memory = *memory;
    if (entry.commit_bytes != 0) run.limits.commit_bytes = entry.commit_bytes;
    const auto threads = settings.integer("threads");
    if (threads < 0 || threads > kThreadsMax) {
        return usage("setting-value", "--threads is out of range",
                     fmt::format("0 to {}", kThreadsMax));
    }
    run.limits.parsers = threads == 0 ? std::clamp(std::thread::hardware_concurrency(), 1U, 8U)
                                      : static_cast<unsigned>(threads);
    run.context.memory = *memory;
    auto wait = duration_of(options.has("wait") ? options.text("wait") : "10s");
    if (!wait) return while_doing("--wait", std::move(wait).error());
    run.wait = *wait;
    run.context.wait = *wait;

    auto end_fd = descriptor_of(options, "end_fd", "--end-fd");
    if (!end_fd) return std::unexpected(std::move(end_fd).error());
    run.end_fd = *end_fd;
    auto report_fd = descriptor_of(options, "report_fd", "--report-fd");
    if (!report_fd) return std::unexpected(std::move(report_fd).error());
    run.report_fd = *report_fd;
    run.run = options.text("run");
    run.report_path = options.text("report");
    STREAMS_TRY(check_report_path(run.report_path));
    run.source_print = options.text("source_print");
    run.same_source = options.boolean("same_source");
    run.load = load_of(settings.text("load"));
    run.formats = formats_of(settings.text("formats"));
    run.nested = settings.text("nested") == "text" ? Nested::Text : Nested::Json;
    run.mixed = mixed_of(settings.text("mixed"));
    run.exact_numbers = settings.text("numbers") == "exact";
    run.exact_times = settings.text("timestamps") == "exact";
    run.freezes = settings.text("evolution") == "freeze";
    run.refresh = options.list("refresh");
    STREAMS_TRY(check_load(entry, run));
    STREAMS_TRY(check_columns(run));

    run.limit = options.has("limit") ? static_cast<std::uint64_t>(options.integer("limit")) : 0;
    if (run.limit != 0 && line.word == "sync") {  // Of `show` it counts rows.
        run.context.schema = "preview";
        run.load = Load::Overwrite;
        return run;
    }
    run.state_path = options.text("state");
    STREAMS_TRY(read_given_state(run));
    return run;
}

}  // namespace streams
