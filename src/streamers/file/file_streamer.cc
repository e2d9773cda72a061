#include "streamers/file/file_streamer.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/log.h"
#include "streamers/file/file_state.h"
#include "streamers/file/record_source.h"
#include "streamers/file/source_files.h"

namespace streams::file_source {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kStateBytes = std::uint64_t{16} << 20;

CsvOptions csv_options_of(const Settings& settings) {
    CsvOptions options;
    const auto& delimiter = settings.text("delimiter");
    if (delimiter == "tab" || delimiter == "\\t") {
        options.delimiter = '\t';
    } else if (delimiter != "auto" && !delimiter.empty()) {
        options.delimiter = delimiter[0];
    }
    options.has_header = settings.boolean("header");
    options.null_text = settings.text("null_text");
    return options;
}

bool is_selected(const Json& entry) {
    if (entry.value("selected", false)) return true;
    if (entry.contains("schema") && entry["schema"].is_object() &&
        entry["schema"].value("selected", false)) {
        return true;
    }
    for (const auto& item : entry.value("metadata", Json::array())) {
        if (!item.is_object() || !item.value("breadcrumb", Json::array()).empty()) continue;
        if (item.value("metadata", Json::object()).value("selected", false)) return true;
    }
    return false;
}

// The streams that a catalog selects; none without one.
Result<std::optional<std::set<std::string>>> selection_of(const std::optional<std::string>& text) {
    if (!text) return std::optional<std::set<std::string>>();
    try {
        std::set<std::string> names;
        const auto catalog = Json::parse(*text);
        for (const auto& entry : catalog.at("streams")) {
            if (is_selected(entry)) {
                names.insert(entry.value("stream", entry.value("tap_stream_id", "")));
            }
        }
        return names;
    } catch (const Json::exception& fault) {
        return std::unexpected(Error{ErrorKind::Config,
                                     "catalog-unreadable",
                                     "the catalog cannot be read",
                                     {},
                                     fault.what(),
                                     {}});
    }
}

/// One sync: its streams in order, each of one or more files.
class Sync {
 public:
    Sync(const Settings& settings, const StreamerInput& input, Output& output)
        : csv_(csv_options_of(settings)),
          key_(settings.list("key")),
          input_(input),
          output_(output) {}

    Result<> run(const std::vector<SourceFile>& files) {
        auto state = FileState::read(input_.state);
        if (!state) return std::unexpected(std::move(state).error());
        state_ = *std::move(state);
        auto selection = selection_of(input_.catalog);
        if (!selection) return std::unexpected(std::move(selection).error());
        const std::optional<std::set<std::string>>& wanted = *selection;
        std::map<std::string, std::vector<const SourceFile*>> streams;
        for (const auto& file : files) {
            if (!wanted || wanted->contains(file.stream)) streams[file.stream].push_back(&file);
        }
        for (const auto& [stream, of_stream] : streams) {
            STREAMS_TRY(sync_stream(stream, of_stream));
        }
        return send_state();
    }

 private:
    struct Part {
        const SourceFile* file;
        Resumption from;
    };

    Result<> sync_stream(const std::string& stream, const std::vector<const SourceFile*>& files) {
        std::vector<Part> parts;
        for (const auto* file : files) {
            const auto mark = state_.files.find(file->name);
            auto from = resumption_of(*file, mark == state_.files.end() ? nullptr : &mark->second);
            if (!from) return std::unexpected(std::move(from).error());
            if (from->is_rewritten) {
                log_warning(file->path + " was rewritten: it is read again from its beginning");
            }
            if (!from->is_done) parts.push_back({file, *from});
        }
        STREAMS_TRY(guess(stream, parts));
        records_ = 0;
        schema_.clear();
        for (const auto& part : parts) {
            STREAMS_TRY(sync_file(part));
            if (is_enough()) break;
        }
        return {};
    }

    // The types of CSV hold for all files of the stream, and go on from run to run.
    Result<> guess(const std::string& stream, const std::vector<Part>& parts) {
        columns_ = {};
        for (const auto& part : parts) {
            if (part.file->format != Format::Csv) continue;
            output_.progress({.stream = stream, .phase = "start"});
            STREAMS_TRY(guess_columns(*part.file, csv_, part.from.position, columns_));
        }
        for (const auto& [name, word] : state_.columns[stream]) {
            if (std::ranges::find(columns_.names, name) == columns_.names.end()) {
                columns_.names.push_back(name);
            }
            columns_.guesses[name].follow(ColumnGuess::of_word(word));
        }
        for (const auto& [name, guess] : columns_.guesses) {
            if (!guess.word().empty()) state_.columns[stream][name] = guess.word();
        }
        if (state_.columns[stream].empty()) state_.columns.erase(stream);
        return {};
    }

    Result<std::unique_ptr<RecordSource>> opened(const Part& part) const {
        switch (part.file->format) {
            case Format::Csv:
                return open_csv(*part.file, csv_, part.from.position, part.from.line, columns_);
            case Format::Jsonl:
                return open_jsonl(*part.file, part.from.position, part.from.line);
            case Format::Parquet:
                break;
        }
        return open_parquet(*part.file, part.from.position);
    }

    Result<> sync_file(const Part& part) {
        auto source = opened(part);
        if (!source) return std::unexpected(std::move(source).error());
        const auto& stream = part.file->stream;
        if ((*source)->schema() != schema_) {
            schema_ = (*source)->schema();
            STREAMS_TRY(output_.schema(stream, schema_, key_, {}));
        }
        std::uint64_t said = part.from.position;
        while (!is_enough()) {
            auto record = (*source)->next();
            if (!record) return std::unexpected(std::move(record).error());
            if (record->empty()) return keep(*part.file, **source, true);
            STREAMS_TRY(output_.record(stream, *record));
            ++records_;
            bytes_ += record->size();
            if ((records_ & 1023) == 0) {
                output_.progress(
                    {.stream = stream, .records = records_, .bytes = bytes_, .phase = "page"});
            }
            if (bytes_ - said_bytes_ >= kStateBytes && (*source)->position() != said) {
                said = (*source)->position();
                STREAMS_TRY(keep(*part.file, **source, false));
            }
        }
        return keep(*part.file, **source, false);
    }

    bool is_enough() const {
        return input_.schema_only || (input_.limit != 0 && records_ >= input_.limit);
    }

    Result<> keep(const SourceFile& file, const RecordSource& source, bool is_whole) {
        auto& mark = state_.files[file.name];
        mark.size = file.size;
        mark.modified = file.modified;
        mark.position = source.position();
        mark.line = source.line();
        mark.is_whole = is_whole;
        mark.print.clear();
        if (file.format != Format::Parquet && file.compression == Compression::None) {
            auto print = print_of(file.path, mark.position);
            if (!print) return std::unexpected(std::move(print).error());
            mark.print = *std::move(print);
        }
        said_bytes_ = bytes_;
        return send_state();
    }

    Result<> send_state() {
        auto text = state_.text();
        if (text == sent_state_) return {};
        sent_state_ = std::move(text);
        return output_.state(sent_state_);
    }

    CsvOptions csv_;
    std::vector<std::string> key_;
    const StreamerInput& input_;
    Output& output_;
    FileState state_;
    std::string sent_state_;
    Columns columns_;     // Of the stream at work.
    std::string schema_;  // The last that was sent of it.
    std::uint64_t records_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t said_bytes_ = 0;
};

Result<> sync(const Settings& settings, const StreamerInput& input, Output& output) {
    auto files = find_source_files(settings);
    if (!files) return std::unexpected(std::move(files).error());
    return Sync(settings, input, output).run(*files);
}

// The streams by name: their columns are found by reading all, which a catalog is not worth.
Result<std::string> discover(const Settings& settings) {
    auto files = find_source_files(settings);
    if (!files) return std::unexpected(std::move(files).error());
    std::set<std::string> names;
    for (const auto& file : *files) names.insert(file.stream);
    Json catalog = {{"streams", Json::array()}};
    for (const auto& name : names) {
        catalog["streams"].push_back(
            {{"tap_stream_id", name},
             {"stream", name},
             {"schema", {{"type", "object"}}},
             {"key_properties", settings.list("key")},
             {"metadata",
              Json::array({{{"breadcrumb", Json::array()},
                            {"metadata", {{"inclusion", "available"}, {"selected", true}}}}})}});
    }
    return catalog.dump(2, ' ', false, Json::error_handler_t::replace);
}

Spec spec() {
    using Kind = Setting::Kind;
    return Spec("file", "Reads CSV, JSON lines and Parquet files.")
        .add({.name = "path",
              .description = "A file, a folder, or a pattern such as 'data/*.csv'.",
              .required = true,
              .identity = true})
        .add({.name = "format",
              .description = "What the files hold; auto: by their names.",
              .fallback = "auto",
              .choices = {"auto", "csv", "jsonl", "parquet"}})
        .add({.name = "stream",
              .description = "The stream of all files; else each file or folder is one."})
        .add({.name = "key",
              .kind = Kind::List,
              .description = "The columns that tell one record from another."})
        .add({.name = "delimiter",
              .description = "CSV: what stands between cells; auto: by the first line.",
              .fallback = "auto"})
        .add({.name = "header",
              .kind = Kind::Boolean,
              .description = "CSV: the first line names the columns.",
              .fallback = "true"})
        .add({.name = "null_text",
              .description = "CSV: what stands for null besides an empty cell without quotes."});
}

}  // namespace

StreamerEntry entry() {
    return {.spec = spec(),
            .version = STREAMS_VERSION,
            .sync = sync,
            .check = [](const Settings& settings) -> Result<> {
                auto files = find_source_files(settings);
                return files ? Result<>() : std::unexpected(std::move(files).error());
            },
            .discover = discover,
            .examples = {"stream-file --path orders.csv | persist-sqlite --path orders.db",
                         "streams run orders.csv sqlite:orders.db"}};
}

}  // namespace streams::file_source
