#include "run/temporary_folder.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>

#include "base/file.h"

namespace streams {

TemporaryFolder::~TemporaryFolder() {
    if (path_.empty()) return;
    std::error_code ignored;  // A folder for temporary files is cleaned by others, too.
    std::filesystem::remove_all(path_, ignored);
}

Result<TemporaryFolder> TemporaryFolder::make(const std::string& parent) {
    auto pattern = parent + "/streams-run-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
        return std::unexpected(system_error(errno, "make a folder in", parent));
    }
    TemporaryFolder folder;
    folder.path_ = std::move(pattern);
    return folder;
}

Result<std::string> TemporaryFolder::write(const std::string& name, std::string_view text) const {
    auto path = path_ + '/' + name;
    auto file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!file) return std::unexpected(std::move(file).error());
    STREAMS_TRY(write_all(file->get(), text, path));
    return path;
}

}  // namespace streams
