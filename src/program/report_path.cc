#include "program/report_path.h"

#include "base/file.h"
#include "program/critical.h"
#include "program/exit_status.h"

namespace streams {

Result<> check_report_path(const std::string& path) {
    if (path.empty() || file_exists(folder_of(path))) return {};
    return std::unexpected(Error{ErrorKind::Config,
                                 "path-unusable",
                                 path + " of --report cannot be written",
                                 {},
                                 "there is no folder " + folder_of(path),
                                 "name a file in a folder that exists"});
}

std::optional<int> failed_report(const std::string& path, const std::string& text, int status) {
    if (path.empty()) return std::nullopt;
    const auto written = write_file_durably(path, text);
    if (written) return std::nullopt;
    print_critical(written.error(), "what the run has stored is stored");
    return status == 0 ? static_cast<int>(ExitStatus::Failed) : status;
}

}  // namespace streams
