#include "pipeline/reject_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "program/critical.h"
#include "program/exit_status.h"

namespace streams {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kExcerptBytes = 100;
constexpr std::size_t kSchemaFileMax = std::size_t{256} << 20;

std::unexpected<Error> config_error(std::string id, std::string what, std::string remedy) {
    return std::unexpected(
        Error{ErrorKind::Config, std::move(id), std::move(what), {}, {}, std::move(remedy)});
}

// What a replay came to.
struct Outcome {
    std::size_t stored = 0;
    std::vector<Reject> refused;  // By their lines in what was fed in.
};

// A persister that is fed kept records, `front` lines behind the first: those that are refused
// again stay as they are, the others go in the commit that stores them.
class ReplayPersister final : public Persister {
 public:
    ReplayPersister(std::unique_ptr<Persister> inner, const std::vector<KeptReject>& kept,
                    std::size_t front, Outcome& outcome)
        : inner_(std::move(inner)), kept_(kept), front_(front), outcome_(outcome) {}

    Result<std::vector<Field>> stored(const std::string& stream) override {
        return inner_->stored(stream);
    }
    Result<> open(const Stream& stream) override { return inner_->open(stream); }
    Result<> write(const Stream& stream, const Batch& batch) override {
        return inner_->write(stream, batch);
    }
    std::vector<Reject> refused() const override { return inner_->refused(); }
    Ledger* ledger() override { return inner_->ledger(); }

    // There is no STATE in what is fed in, so this is called once, at its end.
    Result<std::vector<Receipt>> commit(const Commit& commit) override {
        Commit replay = commit;
        outcome_.refused = std::exchange(replay.rejects, {});
        std::set<std::uint64_t> refused;
        for (const auto& reject : outcome_.refused) refused.insert(reject.line);
        for (std::size_t i = 0; i < kept_.size(); ++i) {
            if (refused.contains(front_ + i + 1)) continue;
            replay.replayed.push_back(kept_[i]);
            replay.replayed.back().fed_line = front_ + i + 1;
        }
        if (replay.replayed.empty()) {
            return fail(ErrorKind::Data, outcome_.refused.front().id,
                        "every kept record is refused again: " + outcome_.refused.front().reason);
        }
        auto receipts = inner_->commit(replay);
        if (!receipts) return receipts;
        const auto again = inner_->refused();
        outcome_.stored = replay.replayed.size() - again.size();
        outcome_.refused.insert(outcome_.refused.end(), again.begin(), again.end());
        return receipts;
    }

 private:
    std::unique_ptr<Persister> inner_;
    const std::vector<KeptReject>& kept_;
    std::size_t front_;
    Outcome& outcome_;
};

Result<std::vector<KeptReject>> kept_rejects(const PersisterEntry& entry, const Settings& settings,
                                             const RunOptions& run, const Settings& options) {
    auto made = entry.make(settings, run.context);
    if (!made) return std::unexpected(std::move(made).error());
    auto kept = (*made)->kept_rejects();
    if (!kept) return kept;
    const auto streams = options.list("stream");
    std::erase_if(*kept, [&](const KeptReject& reject) {
        return !streams.empty() && std::ranges::count(streams, reject.reject.stream) == 0;
    });
    return kept;
}

std::string list_text(const std::vector<KeptReject>& kept, bool as_json) {
    std::string text;
    for (const auto& [reject, pipeline, run, time, place, key, fed_line] : kept) {
        if (as_json) {
            const Json line = {{"pipeline", pipeline},
                               {"run", run},
                               {"time", time},
                               {"stream", reject.stream},
                               {"line", reject.line},
                               {"id", reject.id},
                               {"reason", reject.reason},
                               {"record", reject.record}};
            text += line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
            continue;
        }
        text += fmt::format("{}  line {}  {} [{}]\n    {}\n", printable(reject.stream), reject.line,
                            printable(reject.reason), reject.id,
                            ascii_excerpt(reject.record, kExcerptBytes));
    }
    return text.empty() && !as_json ? "nothing was rejected\n" : text;
}

// The SCHEMA lines of a file, of the streams in question.
Result<std::string> schemas_of(const std::string& path, const std::set<std::string>& streams) {
    auto text = read_file(path, kSchemaFileMax);
    if (!text) return std::unexpected(std::move(text).error());
    std::string schemas;
    for (std::size_t begin = 0; begin < text->size();) {
        const auto end = std::min(text->find('\n', begin), text->size());
        const auto line = std::string_view(*text).substr(begin, end - begin);
        begin = end + 1;
        const auto message = Json::parse(line, nullptr, false);
        if (!message.is_object() || message.value("type", Json()) != "SCHEMA") continue;
        const auto stream = message.value("stream", Json());
        if (!stream.is_string() || !streams.contains(stream.get<std::string>())) continue;
        schemas += std::string(line) + "\n";
    }
    if (!schemas.empty()) return schemas;
    return config_error(
        "schema-missing",
        fmt::format("{} has no SCHEMA message of the streams that were rejected", path),
        "give a file of messages, as the streamer prints them");
}

// Without a schema the columns that are there decide; of the table only the key has to be said.
Result<std::string> schema_lines(const std::vector<KeptReject>& kept, const Settings& options) {
    std::set<std::string> streams;
    for (const auto& one : kept) streams.insert(one.reject.stream);
    if (options.has("schema_from")) return schemas_of(options.text("schema_from"), streams);
    std::string lines;
    for (const auto& one : kept) {
        if (streams.erase(one.reject.stream) == 0) continue;
        const Json schema = {{"type", "SCHEMA"},
                             {"stream", one.reject.stream},
                             {"schema", Json::object()},
                             {"key_properties", one.key}};
        lines += schema.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    return lines;
}

Result<Descriptor> memory_file(std::string_view text) {
    Descriptor file(::memfd_create("rejects", MFD_CLOEXEC));
    if (!file.is_open()) return fail(ErrorKind::Failed, "memory", "no memory for the records");
    STREAMS_TRY(write_all(file.get(), text, "the kept records"));
    return file;
}

Result<std::string> pipeline_of(const std::vector<KeptReject>& kept) {
    for (const auto& one : kept) {
        if (one.pipeline == kept.front().pipeline) continue;
        return config_error("which-pipeline",
                            fmt::format("records of several pipelines are kept, \"{}\" and \"{}\"",
                                        kept.front().pipeline, one.pipeline),
                            "name one: --pipeline NAME");
    }
    return kept.front().pipeline;
}

int conclude(int status, const Outcome& outcome, const RunOptions& run) {
    if (status != static_cast<int>(ExitStatus::Done) || run.context.dry_run) return status;
    log_info(fmt::format("{} kept records are stored now", outcome.stored));
    if (outcome.refused.empty()) return status;
    const auto& first = outcome.refused.front();
    return print_critical({ErrorKind::Data,
                           first.id,
                           fmt::format("{} kept records are refused again, the first: {}",
                                       outcome.refused.size(), first.reason),
                           {},
                           {},
                           "they are still kept: streams rejects list"},
                          fmt::format("{} records are stored", outcome.stored));
}

// A destination that merges nothing does not know the key, and would take what lacks it.
std::vector<KeptReject> without_key_faults(std::vector<KeptReject> kept) {
    const auto before = kept.size();
    std::erase_if(kept, [](const KeptReject& one) {
        return one.key.empty() && one.reject.id.starts_with("key-");
    });
    if (kept.size() < before) {
        log_warning(
            fmt::format("{} kept records are passed over: their key is at fault, and only "
                        "--schema-from FILE says what it is",
                        before - kept.size()));
    }
    return kept;
}

int replay(const PersisterEntry& entry, RunOptions run, const std::vector<KeptReject>& kept,
           const Settings& options, const LoadFile& load) {
    if (kept.empty()) {
        log_info("Nothing is kept that could be stored");
        return static_cast<int>(ExitStatus::Done);
    }
    auto pipeline = pipeline_of(kept);
    if (!pipeline) return print_critical(pipeline.error(), "nothing was read or written");
    auto lines = schema_lines(kept, options);
    if (!lines) return print_critical(lines.error(), "nothing was read or written");
    const auto front = static_cast<std::size_t>(std::ranges::count(*lines, '\n'));
    for (const auto& one : kept) *lines += one.reject.record + "\n";
    auto file = memory_file(*lines);
    if (!file) return print_critical(file.error(), "nothing was read or written");

    run.context.pipeline = *pipeline;
    run.keeps_rejects = true;
    run.limits.rejects_max = kept.size();
    if (entry.undoes_rows) run.context.rejects_max = kept.size();
    Outcome outcome;
    PersisterEntry replaying = entry;
    replaying.make = [&](const Settings& with,
                         const Context& context) -> Result<std::unique_ptr<Persister>> {
        auto made = entry.make(with, context);
        if (!made) return made;
        return std::make_unique<ReplayPersister>(*std::move(made), kept, front, outcome);
    };
    const auto status = load(replaying, run, fmt::format("/proc/self/fd/{}", file->get()));
    return conclude(status, outcome, run);
}

}  // namespace

int run_rejects(const PersisterEntry& entry, const Settings& settings, const RunOptions& run,
                const CommandLine& line, const LoadFile& load) {
    const auto word = line.operands.empty() ? std::string("list") : line.operands.front();
    if (word != "list" && word != "replay") {
        return print_critical({ErrorKind::Config,
                               "usage",
                               "rejects knows no word " + ascii_excerpt(word, 40),
                               {},
                               {},
                               "there are: list, replay"},
                              "nothing was read or written");
    }
    auto kept = kept_rejects(entry, settings, run, line.options);
    if (!kept) return print_critical(kept.error(), "nothing was read or written");
    if (word == "replay") {
        auto feed = line.options.has("schema_from") ? *std::move(kept)
                                                    : without_key_faults(*std::move(kept));
        return replay(entry, run, feed, line.options, load);
    }
    const auto text = list_text(*kept, line.options.boolean("json"));
    if (auto written = write_all(STDOUT_FILENO, text, "standard output"); !written) {
        return print_critical(written.error());
    }
    return static_cast<int>(ExitStatus::Done);
}

}  // namespace streams
