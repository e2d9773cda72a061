#include "persisters/file/delivery.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "base/hash.h"
#include "persisters/file/cleaning.h"
#include "persisters/file/folder_view.h"
#include "persisters/file/journal.h"
#include "storage/object_names.h"

namespace streams::file {
namespace {

/// The files of one stream.
class Folder {
 public:
    Folder(Storage& storage, std::string stream) : storage_(storage) {
        verified_.stream = std::move(stream);
        verified_.table = escaped_part(verified_.stream);
    }

    Result<> compare(const DataFile& file, std::int64_t commit) {
        commits_.insert(commit);
        Sha256 hash;
        std::uint64_t bytes = 0;
        const auto is_there = storage_.read_in_pieces(file.name, [&](std::string_view piece) {
            hash.add(piece);
            bytes += piece.size();
        });
        if (!is_there) return std::unexpected(is_there.error());
        if (!*is_there) {
            fault(commit, file.rows, 0, fmt::format("{} is gone: {} lost", file.name, file.rows));
        } else if (bytes != file.bytes) {
            fault(commit, file.rows, 0,
                  fmt::format("{} has {} bytes, and had {}", file.name, bytes, file.bytes));
        } else if (!file.sha256.empty() && hash.hex() != file.sha256) {
            fault(commit, file.rows, 0,
                  fmt::format("{} was changed: its SHA-256 is another", file.name));
        } else {
            verified_.rows += file.rows;
        }
        return {};
    }

    void add_stray(const std::string& name) {
        fault(0, 0, 0, fmt::format("{} lies among the data, and no commit names it", name));
    }

    void add_leftover(const std::string& name) {
        verified_.notes.push_back(fmt::format(
            "{} was left by a run that died; it does not count, and the next run removes it",
            name));
    }

    Verified take() {
        verified_.commits = commits_.size();
        return std::move(verified_);
    }

 private:
    void fault(std::int64_t commit, std::uint64_t expected, std::uint64_t found, std::string what) {
        verified_.faults.push_back({commit, expected, found, std::move(what)});
    }

    Storage& storage_;
    Verified verified_;
    std::set<std::int64_t> commits_;
};

// What lies in a folder and those below it.
Result<> add_names(Storage& storage, const std::string& folder, std::vector<std::string>& names) {
    const auto listed = storage.list(folder);
    if (!listed) return std::unexpected(listed.error());
    for (const auto& name : *listed) {
        if (name.starts_with('.') || name.starts_with('_')) continue;
        const auto path = folder + "/" + name;
        if (!name.ends_with('/')) {
            names.push_back(path);
        } else {
            STREAMS_TRY(add_names(storage, path.substr(0, path.size() - 1), names));
        }
    }
    return {};
}

/// Whose the files are, by the journals of all pipelines.
struct Owners {
    std::set<std::string> counting;
    std::vector<std::string> pipelines;
};

Result<Owners> owners_of(Storage& storage) {
    Owners owners;
    auto names = pipelines_of(storage);
    if (!names) return std::unexpected(std::move(names).error());
    names->emplace_back("-");
    for (const auto& name : *names) {
        const auto entries = Journal(storage, name).all();
        if (!entries) return std::unexpected(entries.error());
        owners.counting.merge(names_that_count(*entries));
    }
    owners.pipelines = *std::move(names);
    return owners;
}

Result<> find_strays(Storage& storage, const std::string& pipeline, const Owners& owners,
                     const std::string& table, Folder& folder) {
    std::vector<std::string> names;
    STREAMS_TRY(add_names(storage, table, names));
    for (const auto& name : names) {
        if (owners.counting.contains(name)) continue;
        const auto leaf = name.substr(name.rfind('/') + 1);
        const auto owner = std::ranges::find_if(
            owners.pipelines, [&](const auto& other) { return is_data_name(leaf, other); });
        if (owner == owners.pipelines.end()) {
            folder.add_stray(name);
        } else if (*owner == pipeline) {
            folder.add_leftover(name);
        }
    }
    return {};
}

}  // namespace

Result<std::vector<Verified>> verify_files(Storage& storage, const std::string& pipeline,
                                           const std::vector<std::string>& streams) {
    const auto entries = Journal(storage, pipeline).all();
    if (!entries) return std::unexpected(entries.error());
    std::map<std::string, std::int64_t> commits;
    for (const auto& entry : *entries) {
        for (const auto& file : entry.files) commits[file.name] = entry.commit;
    }
    std::map<std::string, Folder> folders;
    for (const auto& file : files_that_count(*entries)) {
        const bool is_meant =
            streams.empty() || std::ranges::find(streams, file.stream) != streams.end();
        if (!is_meant) continue;
        auto& folder = folders.try_emplace(file.stream, storage, file.stream).first->second;
        STREAMS_TRY(folder.compare(file, commits[file.name]));
    }
    const auto owners = owners_of(storage);
    if (!owners) return std::unexpected(owners.error());
    std::vector<Verified> verified;
    for (auto& [stream, folder] : folders) {
        STREAMS_TRY(find_strays(storage, pipeline, *owners, escaped_part(stream), folder));
        verified.push_back(folder.take());
    }
    return verified;
}

}  // namespace streams::file
