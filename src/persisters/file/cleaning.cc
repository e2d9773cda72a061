#include "persisters/file/cleaning.h"

#include <charconv>
#include <fmt/format.h>

#include "storage/object_names.h"

namespace streams::file {
namespace {

constexpr std::string_view kEnding = ".0.jsonl";
constexpr std::size_t kCommitDigits = 20;

// A dot ends the pipeline's name, so that those of `a` and `a.b` are told apart.
std::string part_of(const std::string& pipeline) {
    std::string part;
    for (const char byte : escaped_part(pipeline)) {
        if (byte == '.') {
            part += "%2E";
        } else {
            part += byte;
        }
    }
    return part;
}

// The epoch in the name of a data file of `prefix`, finished or not; 0: it is none.
std::int64_t epoch_of(std::string_view name, const std::string& prefix) {
    if (name.starts_with('.') && name.ends_with(".part")) {
        name = name.substr(1, name.size() - 6);
    }
    if (!name.starts_with(prefix) || !name.ends_with(kEnding)) return 0;
    name.remove_prefix(prefix.size());
    name.remove_suffix(kEnding.size());
    if (name.size() <= kCommitDigits + 1 || name[kCommitDigits] != '.') return 0;
    const auto digits = name.substr(kCommitDigits + 1);
    std::int64_t epoch = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), epoch);
    return error == std::errc() && end == digits.data() + digits.size() ? epoch : 0;
}

}  // namespace

std::string data_name(const std::string& folder, const std::string& pipeline, std::int64_t commit,
                      std::int64_t epoch) {
    return fmt::format("{}/{}.{:020d}.{}{}", folder, part_of(pipeline), commit, epoch, kEnding);
}

Result<> clean(Storage& storage, const std::string& pipeline, std::int64_t epoch,
               const std::vector<Entry>& entries) {
    const auto counting = names_that_count(entries);
    const auto prefix = part_of(pipeline) + ".";
    auto folders = storage.list("");
    if (!folders) return std::unexpected(std::move(folders).error());
    for (const auto& folder : *folders) {
        const bool is_data =
            folder.ends_with('/') && (folder[0] != '_' || folder == "_streams_rejects/");
        if (!is_data || folder[0] == '.') continue;
        auto names = storage.list(folder.substr(0, folder.size() - 1));
        if (!names) return std::unexpected(std::move(names).error());
        for (const auto& name : *names) {
            const auto found = epoch_of(name, prefix);
            if (found == 0 || found >= epoch || counting.contains(folder + name)) continue;
            STREAMS_TRY(storage.remove(folder + name));
        }
    }
    return {};
}

}  // namespace streams::file
