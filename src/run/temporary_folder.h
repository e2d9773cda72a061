#pragma once

#include <string>

#include "streams/error.h"

namespace streams {

/// A folder that only we can read, gone with this object.
class TemporaryFolder {
 public:
    TemporaryFolder() = default;
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }
    ~TemporaryFolder();

    /// Makes it, in `parent`. **Errors.** Those of files.
    static Result<TemporaryFolder> make(const std::string& parent);

    /// Writes a file into it and gives its path.
    Result<std::string> write(const std::string& name, std::string_view text) const;

 private:
    std::string path_;
};

}  // namespace streams
