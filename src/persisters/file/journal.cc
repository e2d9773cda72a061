#include "persisters/file/journal.h"

#include <array>
#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <random>

#include "base/clock.h"
#include "storage/object_names.h"

namespace streams::file {
namespace {

std::string random_writer() {
    std::random_device device;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

std::string now_text() {
    const auto now = SystemClock().wall();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    const std::chrono::duration<long long, std::micro> rest = now - seconds;
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06d}Z",
                       fmt::gmtime(seconds.time_since_epoch().count()), rest.count());
}

nlohmann::ordered_json json_of(const Entry& entry) {
    using Json = nlohmann::ordered_json;
    Json json = {{"kind", entry.kind == Entry::Kind::Claim ? "claim" : "commit"},
                 {"epoch", entry.epoch},
                 {"commit", entry.commit},
                 {"writer", entry.writer},
                 {"time", entry.time},
                 {"reason", entry.reason}};
    // The value's own text: JSON written again would be another text.
    json["state"] = entry.state ? Json(*entry.state) : Json();
    json["state_hash"] = entry.state_hash;
    json["source_print"] = entry.source_print;
    json["run"] = entry.run;
    json["ends_run"] = entry.ends_run;
    json["activations"] = Json::array();
    for (const auto& activation : entry.activations) {
        json["activations"].push_back(
            {{"stream", activation.stream}, {"version", activation.version}});
    }
    json["files"] = Json::array();
    for (const auto& file : entry.files) {
        json["files"].push_back({{"name", file.name},
                                 {"stream", file.stream},
                                 {"rows", file.rows},
                                 {"bytes", file.bytes},
                                 {"sha256", file.sha256}});
    }
    json["replaces"] = entry.replaces;
    json["rejects"] = entry.rejects;
    if (!entry.replayed.empty()) json["replayed"] = entry.replayed;
    json["columns"] = Json::array();
    for (const auto& columns : entry.columns) json["columns"].push_back(file::json_of(columns));
    return json;
}

Entry entry_of(const nlohmann::json& json) {
    Entry entry;
    entry.kind = json.at("kind") == "claim" ? Entry::Kind::Claim : Entry::Kind::Commit;
    entry.epoch = json.at("epoch");
    entry.commit = json.at("commit");
    entry.writer = json.at("writer");
    entry.time = json.at("time");
    entry.reason = json.value("reason", std::string());
    if (!json.at("state").is_null()) entry.state = json.at("state").get<std::string>();
    entry.state_hash = json.at("state_hash");
    entry.source_print = json.at("source_print");
    entry.run = json.at("run");
    entry.ends_run = json.at("ends_run");
    for (const auto& item : json.at("activations")) {
        entry.activations.push_back({item.at("stream"), item.at("version")});
    }
    for (const auto& item : json.at("files")) {
        entry.files.push_back({item.at("name"), item.at("stream"), item.at("rows"),
                               item.at("bytes"), item.at("sha256")});
    }
    entry.replaces = json.at("replaces");
    entry.rejects = json.at("rejects");
    entry.replayed = json.value("replayed", std::vector<std::string>());
    if (json.contains("columns")) {
        for (const auto& item : json["columns"]) entry.columns.push_back(stream_columns_of(item));
    }
    return entry;
}

bool is_number(std::string_view name) {
    return name.size() == 20 && name.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Journal::Journal(Storage& storage, const std::string& pipeline)
    : storage_(storage), folder_("_streams/" + escaped_part(pipeline)), writer_(random_writer()) {}

Result<Entry> Journal::read(const std::string& name) {
    auto text = storage_.read(folder_ + "/" + name);
    if (!text) return std::unexpected(std::move(text).error());
    if (!*text)
        return fail(ErrorKind::Failed, "journal-damaged", "a journal entry went away: " + name);
    try {
        auto entry = entry_of(nlohmann::json::parse(**text));
        entry.number = std::stoll(name);
        return entry;
    } catch (const nlohmann::json::exception& fault) {
        return std::unexpected(Error{ErrorKind::Failed, "journal-damaged",
                                     "a journal entry cannot be read", folder_ + "/" + name,
                                     fault.what(),
                                     "restore the file from a copy; nothing is stored until then"});
    }
}

Result<std::optional<Entry>> Journal::last() {
    auto names = storage_.list(folder_);
    if (!names) return std::unexpected(std::move(names).error());
    for (auto name = names->rbegin(); name != names->rend(); ++name) {
        if (!is_number(*name)) continue;
        auto entry = read(*name);
        if (!entry) return std::unexpected(std::move(entry).error());
        last_number_ = entry->number;
        return *std::move(entry);
    }
    last_number_ = 0;
    return std::optional<Entry>();
}

Result<std::vector<Entry>> Journal::all() {
    auto names = storage_.list(folder_);
    if (!names) return std::unexpected(std::move(names).error());
    std::vector<Entry> entries;
    for (const auto& name : *names) {
        if (!is_number(name)) continue;
        auto entry = read(name);
        if (!entry) return std::unexpected(std::move(entry).error());
        entries.push_back(*std::move(entry));
    }
    last_number_ = entries.empty() ? 0 : entries.back().number;
    return entries;
}

Result<Entry> Journal::append(Entry entry) {
    entry.number = last_number_ + 1;
    if (entry.kind == Entry::Kind::Claim) entry.epoch = entry.number;
    entry.writer = writer_;
    entry.time = now_text();
    const auto name = fmt::format("{:020d}", entry.number);
    auto made = storage_.put_if_absent(folder_ + "/" + name, json_of(entry).dump() + "\n");
    if (!made) return std::unexpected(std::move(made).error());
    if (!*made) {
        return std::unexpected(
            Error{ErrorKind::Busy,
                  "fenced",
                  "another run of this pipeline has taken over",
                  folder_,
                  {},
                  "let the other run end; this one stored nothing after its last "
                  "commit"});
    }
    last_number_ = entry.number;
    return entry;
}

std::vector<DataFile> files_that_count(const std::vector<Entry>& entries) {
    std::vector<DataFile> files;
    for (const auto& entry : entries) {
        for (const auto& stream : entry.replaces) {
            std::erase_if(files, [&](const DataFile& file) { return file.stream == stream; });
        }
        files.insert(files.end(), entry.files.begin(), entry.files.end());
    }
    return files;
}

std::map<std::string, StreamColumns> columns_that_count(const std::vector<Entry>& entries) {
    std::map<std::string, StreamColumns> columns;
    for (const auto& entry : entries) {
        for (const auto& stream : entry.replaces) columns.erase(stream);
        for (const auto& of_stream : entry.columns) columns[of_stream.stream] = of_stream;
    }
    return columns;
}

std::set<std::string> names_that_count(const std::vector<Entry>& entries) {
    std::set<std::string> names;
    for (auto& file : files_that_count(entries)) names.insert(std::move(file.name));
    for (const auto& entry : entries) names.insert(entry.rejects.begin(), entry.rejects.end());
    return names;
}

}  // namespace streams::file
