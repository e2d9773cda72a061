#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "program/settings.h"
#include "streams/error.h"

namespace streams {

/// The state of a pipeline whose destination keeps none: a file that the runner holds locked.
class KeptState {
 public:
    /// Makes the file's folder and the file, locks it for the life of this object and reads it.
    /// **Errors.** Busy `pipeline-locked` after `wait`; those of files.
    static Result<KeptState> open(const std::string& path, std::chrono::milliseconds wait);

    const std::string& path() const { return path_; }
    const std::optional<std::string>& value() const { return value_; }

    /// Keeps a further value, durably.
    Result<> append(std::string_view value);

 private:
    KeptState(std::string path, Descriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}

    std::string path_;
    Descriptor lock_;
    std::optional<std::string> value_;
};

/// Where the state of a pipeline into `destination` is kept: under `.streams/state` of this folder
/// if it is a project, else under `$XDG_STATE_HOME/streams`. The name holds a hash of the
/// destination without its credentials.
std::string kept_state_path(const Environment& environment, const std::string& pipeline,
                            std::string_view destination);

}  // namespace streams
