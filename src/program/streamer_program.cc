#include "program/streamer_program.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "program/critical.h"
#include "program/describe.h"
#include "program/exit_status.h"
#include "program/identity.h"
#include "program/settings.h"
#include "program/stream_output.h"
#include "program/wall.h"
#include "state/state_file.h"

namespace streams {
namespace {

constexpr std::size_t kCatalogBytesMax = std::size_t{64} << 20;
constexpr std::string_view kNothingDone = "nothing was read or written";

using Kind = Setting::Kind;

Option file_option(std::string name, char letter, std::string description) {
    return {.setting = {.name = std::move(name), .description = std::move(description)},
            .letter = letter,
            .value = "FILE"};
}

Option flag(std::string name, std::string description) {
    return {.setting = {.name = std::move(name),
                        .kind = Kind::Boolean,
                        .description = std::move(description)}};
}

std::vector<Option> options_of_streamers() {
    std::vector<Option> options;
    options.push_back(
        file_option("state", 's', "Where to go on: the last line that is whole counts."));
    options.push_back(file_option("catalog", 0, "Which streams and fields are wanted."));
    options.push_back(file_option("properties", 'p', "The same as --catalog."));
    options.back().hidden = true;
    options.push_back({.setting = {.name = "limit",
                                   .kind = Kind::Integer,
                                   .description = "At most so many records of each stream."},
                       .value = "N"});
    options.push_back(flag("test", "One record of each stream; with =schema only the schemas."));
    options.back().value = "schema";
    options.push_back(flag("discover", "The same as the word discover."));
    options.back().hidden = true;
    options.back().means_word = "discover";
    options.push_back({.setting = {.name = "dialect",
                                   .description = "How keys are written: singer (default) or 2017.",
                                   .choices = {"singer", "2017"}}});
    options.push_back({.setting = {.name = "report_fd", .kind = Kind::Integer}, .hidden = true});
    return options;
}

std::vector<std::string> capabilities_of(const StreamerEntry& entry) {
    std::vector<std::string> capabilities = {"report", "state",    "catalog",
                                             "limit",  "identity", "arguments-fd"};
    if (entry.check) capabilities.emplace_back("check");
    if (entry.discover) capabilities.emplace_back("discover");
    return capabilities;
}

// The file that --catalog or --properties names.
Result<std::optional<std::string>> read_catalog(const Settings& options) {
    const auto& path =
        options.has("catalog") ? options.text("catalog") : options.text("properties");
    if (path.empty()) return std::optional<std::string>();
    auto text = read_file(path, kCatalogBytesMax);
    if (!text) return while_doing("read the catalog", std::move(text).error());
    return std::optional<std::string>(*std::move(text));
}

Result<StreamerInput> input_of(const Settings& options) {
    StreamerInput input;
    if (options.has("state")) {
        auto read = read_state_file(options.text("state"));
        if (!read) return while_doing("read the state", std::move(read).error());
        if (read->is_missing) {
            log_warning(options.text("state") +
                        " does not exist: this run starts from the beginning");
        }
        for (const auto& warning : read->warnings) log_warning(warning);
        input.state = std::move(read->value);
    }
    auto catalog = read_catalog(options);
    if (!catalog) return std::unexpected(std::move(catalog).error());
    input.catalog = *std::move(catalog);
    const auto limit = options.integer("limit");
    if (limit < 0) {
        return fail(ErrorKind::Config, "setting-value",
                    "--limit is a number of records, not negative");
    }
    input.limit = static_cast<std::uint64_t>(limit);
    const auto& test = options.text("test");
    if (test == "true") input.limit = 1;
    input.schema_only = test == "schema";
    return input;
}

Result<std::optional<int>> report_descriptor(const Settings& options) {
    if (!options.has("report_fd")) return std::optional<int>();
    const auto number = static_cast<int>(options.integer("report_fd"));
    struct stat status = {};
    if (::fstat(number, &status) != 0) {
        return fail(ErrorKind::Config, "descriptor-closed",
                    "the descriptor " + std::to_string(number) + " of --report-fd is not open");
    }
    ::fcntl(number, F_SETFD, FD_CLOEXEC);
    return std::optional<int>(number);
}

int sync(const StreamerEntry& entry, const Settings& settings, const CommandLine& line) {
    auto input = input_of(line.options);
    if (!input) return print_critical(input.error(), kNothingDone);
    auto report_fd = report_descriptor(line.options);
    if (!report_fd) return print_critical(report_fd.error(), kNothingDone);
    StreamOutput output(
        {.data_fd = STDOUT_FILENO,
         .report_fd = *report_fd,
         .limit = input->limit,
         .schema_only = input->schema_only,
         .dialect = line.options.text("dialect") == "2017" ? Dialect::Year2017 : Dialect::Singer});
    const auto synced = entry.sync(settings, *input, output);
    const auto flushed = output.flush();  // What came before a failure is good.
    if (!synced) return print_critical(synced.error());
    if (!flushed) return print_critical(flushed.error());
    return static_cast<int>(ExitStatus::Done);
}

int check(const ProgramShape& shape, const StreamerEntry& entry, const Settings& settings) {
    if (auto checked = entry.check(settings); !checked) return print_critical(checked.error());
    log_info(shape.program + " reaches its source with these settings");
    return static_cast<int>(ExitStatus::Done);
}

int print(std::string text) {
    if (!text.ends_with('\n')) text += '\n';
    auto written = write_all(STDOUT_FILENO, text, "standard output");
    return written ? static_cast<int>(ExitStatus::Done) : print_critical(written.error());
}

int discover(const StreamerEntry& entry, const Settings& settings) {
    auto catalog = entry.discover(settings);
    return catalog ? print(*std::move(catalog)) : print_critical(catalog.error());
}

int run_word(const ProgramShape& shape, const StreamerEntry& entry, const CommandLine& line) {
    const bool missing_word =
        (line.word == "check" && !entry.check) || (line.word == "discover" && !entry.discover);
    if (missing_word) {
        return print_critical(
            {ErrorKind::Config, "usage", shape.program + " has no " + line.word, {}, {}, {}});
    }
    const bool needs_all = line.word != "discover";
    const auto settings = resolve_settings(shape, line, process_environment(), needs_all);
    if (!settings) return print_critical(settings.error(), kNothingDone);
    if (line.word == "check") return check(shape, entry, *settings);
    if (line.word == "discover") return discover(entry, *settings);
    if (line.word == "identity") return print(identity_of(shape.spec, *settings));
    return sync(entry, *settings, line);
}

}  // namespace

ProgramShape shape_of(const StreamerEntry& entry) {
    return {.kind = ProgramShape::Kind::Streamer,
            .program = "stream-" + entry.spec.name(),
            .version = entry.version,
            .spec = entry.spec,
            .options = options_of_streamers(),
            .words = {{"sync", "", "write the stream to standard output (the default)"},
                      {"check", "", "try the source with these settings; write nothing"},
                      {"discover", "", "the catalog of streams, as JSON"},
                      {"describe", "", "settings and abilities, as JSON"},
                      {"identity", "", ""}},
            .abilities = {.capabilities = capabilities_of(entry)},
            .examples = entry.examples};
}

int run_streamer(int argc, char** argv, const StreamerEntry& entry) {
    return behind_wall([&] {
        const auto shape = shape_of(entry);
        const auto line = parse_command_line(shape, arguments_of(argc, argv));
        if (!line) return print_critical(line.error(), kNothingDone);
        if (const auto status = answer_common(shape, *line)) return *status;
        return run_word(shape, entry, *line);
    });
}

}  // namespace streams
