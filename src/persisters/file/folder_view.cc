#include "persisters/file/folder_view.h"

#include <cerrno>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <unistd.h>

#include "base/file.h"
#include "persisters/file/journal.h"
#include "persisters/file/sample.h"
#include "storage/object_names.h"

namespace streams::file {
namespace {

using Json = nlohmann::ordered_json;

void add_sample(Table& table, const std::vector<std::string>& texts) {
    std::vector<Json> records;
    for (const auto& text : texts) {
        auto record = Json::parse(text, nullptr, false);
        if (record.is_object()) records.push_back(std::move(record));
    }
    for (const auto& record : records) {
        for (const auto& [name, value] : record.items()) {
            if (std::ranges::find(table.columns, name) == table.columns.end()) {
                table.columns.push_back(name);
            }
        }
    }
    for (const auto& record : records) {
        auto& row = table.sample.emplace_back();
        for (const auto& name : table.columns) {
            const auto found = record.find(name);
            row.push_back(found == record.end() ? "null"
                          : found->is_string()  ? found->get<std::string>()
                                                : found->dump());
        }
    }
}

KeptReject kept_of(const Json& line) {
    return {.reject = {.stream = line.value("stream", std::string()),
                       .line = line.value("line", std::uint64_t{0}),
                       .id = line.value("id", std::string()),
                       .reason = line.value("reason", std::string()),
                       .record = line.value("record", std::string())},
            .pipeline = {},
            .run = line.value("run", std::string()),
            .time = {},
            .place = {},
            .key = {}};
}

Result<> add_rejects(Storage& storage, const std::string& pipeline, std::vector<KeptReject>& kept) {
    auto entries = Journal(storage, pipeline).all();
    if (!entries) return std::unexpected(std::move(entries).error());
    std::set<std::string> gone;
    for (const auto& entry : *entries) gone.insert(entry.replayed.begin(), entry.replayed.end());
    for (const auto& entry : *entries) {
        for (const auto& name : entry.rejects) {
            auto text = storage.read(name);
            if (!text) return std::unexpected(std::move(text).error());
            std::istringstream lines(text->value_or(""));
            std::string line;
            for (std::size_t index = 0; std::getline(lines, line); ++index) {
                const auto place = name + "#" + std::to_string(index);
                if (gone.contains(place)) continue;
                const auto json = Json::parse(line, nullptr, false);
                if (!json.is_object()) continue;
                kept.push_back(kept_of(json));
                kept.back().pipeline = pipeline == "-" ? "" : pipeline;
                kept.back().time = entry.time;
                kept.back().place = place;
            }
        }
    }
    return {};
}

}  // namespace

Result<std::vector<std::string>> pipelines_of(Storage& storage) {
    auto folders = storage.list("_streams");
    if (!folders) return std::unexpected(std::move(folders).error());
    std::vector<std::string> names;
    for (const auto& folder : *folders) {
        if (!folder.ends_with('/')) continue;
        const auto name = unescaped_part(folder.substr(0, folder.size() - 1));
        auto last = Journal(storage, name).last();
        if (!last) return std::unexpected(std::move(last).error());
        if (*last && name != "-") names.push_back(name);
    }
    return names;
}

Result<std::vector<Table>> tables_of(Storage& storage, const std::string& root,
                                     const std::string& table, std::uint64_t limit) {
    auto names = pipelines_of(storage);
    if (!names) return std::unexpected(std::move(names).error());
    names->push_back("-");
    std::map<std::string, Table> tables;
    std::string newest;
    for (const auto& name : *names) {
        auto entries = Journal(storage, name).all();
        if (!entries) return std::unexpected(std::move(entries).error());
        for (const auto& file : files_that_count(*entries)) {
            const auto folder = escaped_part(file.stream);
            if (!table.empty() && table != folder && table != file.stream) continue;
            auto& found = tables[file.stream];
            found.name = folder;
            found.stream = file.stream;
            found.rows += file.rows;
            newest = file.name;
        }
    }
    if (!table.empty() && tables.empty()) {
        return fail(ErrorKind::Config, "no-table", "there is no stream \"" + table + "\" here");
    }
    std::vector<Table> list;
    for (auto& [stream, found] : tables) list.push_back(std::move(found));
    if (limit != 0 && !table.empty()) {
        auto records = first_records(root + "/" + newest, limit);
        if (!records) return std::unexpected(std::move(records).error());
        add_sample(list.front(), *records);
    }
    return list;
}

Result<std::vector<KeptReject>> rejects_of(Storage& storage, const std::string& pipeline) {
    std::vector<std::string> names = {pipeline};
    if (pipeline.empty()) {
        auto all = pipelines_of(storage);
        if (!all) return std::unexpected(std::move(all).error());
        names = *std::move(all);
        names.emplace_back("-");
    }
    std::vector<KeptReject> kept;
    for (const auto& name : names) STREAMS_TRY(add_rejects(storage, name, kept));
    return kept;
}

Result<> check_folder(const std::string& path) {
    std::string at = path;
    while (!at.empty() && at != "/" && !file_exists(at)) at = folder_of(at);
    if (::access(at.empty() ? "." : at.c_str(), W_OK | X_OK) == 0) return {};
    return std::unexpected(system_error(errno, "write to", at));
}

}  // namespace streams::file
