#include "run/programs.h"

#include <algorithm>
#include <dirent.h>
#include <nlohmann/json.hpp>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

#include "base/process.h"
#include "program/command_line.h"
#include "program/url.h"
#include "run/capture.h"
#include "run/shell_words.h"

namespace streams {
namespace {

bool is_manifest(std::string_view text) {
    return text.ends_with(".yaml") || text.ends_with(".yml");
}

bool is_data_file(std::string_view text) {
    for (const std::string_view packed : {".gz", ".zst"}) {
        if (text.ends_with(packed)) text.remove_suffix(packed.size());
    }
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"},
        [&](auto ending) { return text.ends_with(ending); });
}

// A folder, or a file that is no program.
bool is_data_path(std::string_view text) {
    const std::string path(text);
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return false;
    return S_ISDIR(status.st_mode) ||
           (S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) != 0);
}

std::string base_name(std::string_view path) {
    const auto slash = path.rfind('/');
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string without_prefix(std::string name) {
    for (const std::string_view prefix : {"stream-", "tap-"}) {
        if (name.starts_with(prefix) && name.size() > prefix.size())
            return name.substr(prefix.size());
    }
    return name;
}

std::string without_extension(std::string name) {
    for (const std::string_view extension :
         {".yaml", ".yml", ".py", ".sh", ".js", ".rb", ".pl", ".exe"}) {
        if (name.ends_with(extension) && name.size() > extension.size()) {
            return name.substr(0, name.size() - extension.size());
        }
    }
    return name;
}

bool is_interpreter(std::string name) {
    while (!name.empty() && (name.back() == '.' || (name.back() >= '0' && name.back() <= '9'))) {
        name.pop_back();
    }
    static constexpr std::string_view kInterpreters[] = {"python", "node", "ruby", "perl", "bash",
                                                         "sh",     "dash", "php",  "env"};
    return std::ranges::find(kInterpreters, name) != std::end(kInterpreters);
}

// What a command is called after: its program, or the script that an interpreter runs.
std::string name_of_command(const std::vector<std::string>& words) {
    auto name = base_name(words.front());
    const bool runs_text = std::ranges::find(words, "-c") != words.end();
    if (is_interpreter(name) && !runs_text) {
        const auto script = std::find_if(words.begin() + 1, words.end(),
                                         [](const auto& it) { return !it.starts_with('-'); });
        if (script != words.end()) name = base_name(*script);
    }
    return without_extension(name);
}

bool is_word(std::string_view text) {
    return !text.empty() && text.find_first_of(" \t\n/'\"\\") == std::string_view::npos;
}

std::vector<std::string> names_behind(const ProgramFinder& finder,
                                      std::initializer_list<std::string_view> prefixes) {
    std::vector<std::string> names;
    for (const auto prefix : prefixes) {
        for (const auto& program : finder.list(prefix))
            names.push_back(program.substr(prefix.size()));
    }
    return names;
}

std::unexpected<Error> unknown(std::string_view role, std::string_view text,
                               const std::vector<std::string>& names, std::string ways) {
    std::string what = "there is no ";
    what.append(role).append(" \"").append(without_credentials(text).substr(0, 80)).append("\"");
    Error error{ErrorKind::Config, std::string(role) + "-unknown", std::move(what), {}, {},
                std::move(ways)};
    const auto meant = nearest(text, names);
    if (!meant.empty()) {
        error.remedy = "did you mean " + meant + "?";
    } else if (!names.empty() && names.size() <= 20) {
        error.remedy += "; found here:";
        for (const auto& name : names) error.remedy.append(" ").append(name);
    }
    return std::unexpected(std::move(error));
}

SourceProgram source_of(std::vector<std::string> arguments) {
    SourceProgram source;
    const auto program = base_name(arguments.front());
    source.is_streamer = program.starts_with("stream-");
    source.is_tap = program.starts_with("tap-");
    source.name = name_of_command(arguments);
    source.pipeline = without_prefix(source.name);
    if (source.is_streamer) source.name = source.pipeline;
    source.arguments = std::move(arguments);
    return source;
}

// stream-file for `path`, which names the pipeline too: `data/orders.csv` is `orders`.
Result<SourceProgram> file_source(std::string_view path, const ProgramFinder& finder) {
    auto program = finder.find("stream-file");
    if (program.empty()) return unknown("source", "stream-file", {}, "it reads files");
    auto source = source_of({program, "--path", std::string(path)});
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const auto name = base_name(path);
    const auto dot = name.find('.', 1);
    source.name = name.empty() || name == "." ? "file" : name.substr(0, dot);
    source.pipeline = source.name;
    return source;
}

std::string program_of_scheme(const std::string& scheme, const ProgramFinder& finder) {
    auto program = finder.find("persist-" + scheme);
    if (!program.empty()) return program;
    for (const auto& name : finder.list("persist-")) {
        const auto path = finder.find(name);
        const auto description = describe_program({path});
        if (!description || !*description || !(*description)->contains("schemes")) continue;
        const auto& schemes = (**description)["schemes"];
        if (std::ranges::find(schemes, nlohmann::json(scheme)) != schemes.end()) return path;
    }
    return {};
}

// What somebody meant who wrote only the file: `x.db`, `out/`; empty: no guess.
std::string url_of_file(const std::string& name) {
    for (const std::string_view extension : {".db", ".sqlite", ".sqlite3"}) {
        if (name.ends_with(extension)) return "sqlite:" + name;
    }
    if (name.ends_with(".duckdb")) return "duckdb:" + name;
    return name.ends_with('/') ? "file:" + name : std::string();
}

std::string shown_path(std::string_view url) {
    auto plain = without_credentials(url);
    const auto colon = plain.find(':');
    auto path = plain.substr(colon + 1);
    if (path.starts_with("///")) path.erase(0, 2);
    return path.empty() || path.starts_with("//") ? plain : path;
}

}  // namespace

std::string ProgramFinder::find(std::string_view name) const {
    return find_program(name, folder, path);
}

std::vector<std::string> ProgramFinder::list(std::string_view prefix) const {
    std::set<std::string> names;
    std::string_view folders = path;
    const auto look = [&](const std::string& in) {
        auto* entries = ::opendir(in.c_str());
        if (entries == nullptr) return;
        while (const auto* entry = ::readdir(entries)) {
            const std::string_view name(entry->d_name);
            const bool is_plain = name.find('.') == std::string_view::npos;
            if (is_plain && name.starts_with(prefix) && name.size() > prefix.size())
                names.emplace(name);
        }
        ::closedir(entries);
    };
    if (!folder.empty()) look(folder);
    while (!folders.empty()) {
        const auto colon = std::min(folders.find(':'), folders.size());
        look(std::string(folders.substr(0, colon)));
        folders.remove_prefix(std::min(colon + 1, folders.size()));
    }
    return {names.begin(), names.end()};
}

ProgramFinder finder_of(const Environment& environment) {
    return {folder_of_this_program(), environment.find("PATH").value_or("/usr/bin:/bin")};
}

Result<SourceProgram> find_source(std::string_view text, const ProgramFinder& finder) {
    if (is_manifest(text) && text.find_first_of(" \t") == std::string_view::npos) {
        auto program = finder.find("stream-manifest");
        if (program.empty()) return unknown("source", "stream-manifest", {}, "it runs *.yaml");
        auto source = source_of({program, "--manifest", std::string(text)});
        source.name = without_extension(base_name(text));
        source.pipeline = without_prefix(source.name);
        return source;
    }
    if (is_data_file(text)) return file_source(text, finder);
    if (is_word(text)) {
        for (const std::string_view prefix : {"stream-", "tap-", ""}) {
            const auto program = finder.find(std::string(prefix) + std::string(text));
            if (!program.empty()) return source_of({program});
        }
        if (is_data_path(text)) return file_source(text, finder);
        return unknown(
            "source", text, names_behind(finder, {"stream-", "tap-"}),
            "a source is a word (stream-WORD, tap-WORD), a *.yaml manifest or a command");
    }
    if (is_data_path(text)) return file_source(text, finder);
    auto words = split_words(text);
    if (!words) return std::unexpected(std::move(words).error());
    if (words->empty()) return unknown("source", text, {}, "name one: github, or a command");
    for (const std::string_view prefix : {"", "stream-", "tap-"}) {
        const auto program = finder.find(std::string(prefix) + words->front());
        if (program.empty()) continue;
        words->front() = program;
        return source_of(*std::move(words));
    }
    return unknown("source", words->front(), names_behind(finder, {"stream-", "tap-"}),
                   "there is no such program");
}

Result<DestinationProgram> find_destination(std::string_view text, const ProgramFinder& finder) {
    const auto scheme = scheme_of(text);
    if (!scheme.empty()) {
        const auto program = program_of_scheme(scheme, finder);
        if (program.empty()) {
            return unknown("destination", scheme, names_behind(finder, {"persist-"}),
                           "its scheme names a program persist-SCHEME");
        }
        return DestinationProgram{{program}, shown_path(text), std::string(text), true};
    }
    auto words = split_words(text);
    if (!words) return std::unexpected(std::move(words).error());
    const auto first = words->empty() ? std::string() : words->front();
    for (const std::string_view prefix : {"", "persist-", "target-"}) {
        const auto program =
            first.empty() ? std::string() : finder.find(std::string(prefix) + first);
        if (program.empty()) continue;
        words->front() = program;
        const bool ours = base_name(program).starts_with("persist-");
        return DestinationProgram{*words, name_of_command(*words), {}, ours};
    }
    auto refused = unknown("destination", first, names_behind(finder, {"persist-"}),
                           "a destination is a URL (sqlite:FILE, file:FOLDER) or a command");
    const auto meant = url_of_file(first);
    if (!meant.empty()) refused.error().remedy = "did you mean " + meant + "?";
    return refused;
}

}  // namespace streams
