#include "persisters/file/cleaning.h"

#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <set>

#include "storage/object_names.h"

namespace streams::file {
namespace {

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

// The number at the start of `text`, which goes on behind the dot that ends it; none if there is no
// such number.
std::optional<std::int64_t> number_up_to_dot(std::string_view& text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    std::int64_t number = 0;
    const auto digits = text.substr(0, dot);
    const auto* const last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, number);
    if (error != std::errc() || end != last) return std::nullopt;
    text.remove_prefix(dot + 1);
    return number;
}

// The epoch in the name of a data file of `prefix`, finished or not; 0: it is none.
std::int64_t epoch_of(std::string_view name, const std::string& prefix) {
    if (name.starts_with('.') && name.ends_with(".part")) {
        name = name.substr(1, name.size() - 6);
    }
    if (!name.starts_with(prefix)) return 0;
    name.remove_prefix(prefix.size());
    if (name.find('.') != kCommitDigits || !number_up_to_dot(name)) return 0;
    const auto epoch = number_up_to_dot(name);
    return epoch && number_up_to_dot(name) ? *epoch : 0;
}

/// One clean-up, through all folders of data.
class Cleaner {
 public:
    Cleaner(Storage& storage, const std::string& pipeline, std::int64_t epoch,
            const std::vector<Entry>& entries)
        : storage_(storage),
          prefix_(part_of(pipeline) + "."),
          epoch_(epoch),
          counting_(names_that_count(entries)) {}

    // `folder`: empty, or with a `/` at its end.
    Result<> clean(const std::string& folder) {
        auto names = storage_.list(folder.substr(0, folder.size() - (folder.empty() ? 0 : 1)));
        if (!names) return std::unexpected(std::move(names).error());
        for (const auto& name : *names) {
            if (name.ends_with('/')) {
                const bool is_data =
                    name[0] != '.' && (name[0] != '_' || folder + name == "_streams_rejects/");
                if (is_data) STREAMS_TRY(clean(folder + name));
                continue;
            }
            const auto found = folder.empty() ? 0 : epoch_of(name, prefix_);
            if (found == 0 || found >= epoch_ || counting_.contains(folder + name)) continue;
            STREAMS_TRY(storage_.remove(folder + name));
        }
        return {};
    }

 private:
    Storage& storage_;
    std::string prefix_;
    std::int64_t epoch_;
    std::set<std::string> counting_;
};

}  // namespace

std::string data_name(const std::string& folder, const CommitName& name, int part,
                      const std::string& ending) {
    return fmt::format("{}/{}.{:020d}.{}.{}{}", folder, part_of(name.pipeline), name.commit,
                       name.epoch, part, ending);
}

bool is_data_name(std::string_view name, const std::string& pipeline) {
    return epoch_of(name, part_of(pipeline) + ".") != 0;
}

Result<> clean(Storage& storage, const std::string& pipeline, std::int64_t epoch,
               const std::vector<Entry>& entries) {
    return Cleaner(storage, pipeline, epoch, entries).clean("");
}

}  // namespace streams::file
