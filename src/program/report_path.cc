#include "program/report_path.h"

#include "base/file.h"

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

}  // namespace streams
