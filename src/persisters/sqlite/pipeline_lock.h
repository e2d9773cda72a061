#pragma once

#include <chrono>
#include <string>

#include "base/file.h"
#include "sql/database.h"

namespace streams::sqlite {

/// Keeps a second run of the same (schema, pipeline) away, for the life of this object.
///
/// It is an open-file-description lock on one byte of `FILE-lock`; the byte's place is a hash of
/// the two names. Never on the database itself: closing a second descriptor of that drops SQLite's
/// own locks.
class FileLock final : public sql::PipelineLock {
 public:
    /// Makes `FILE-lock` if need be, and nothing else.
    /// **Errors.** Busy `pipeline-locked` after `wait`; those of opening the file.
    static Result<std::unique_ptr<sql::PipelineLock>> take(const std::string& database_path,
                                                           const Context& context,
                                                           std::chrono::milliseconds wait);

    explicit FileLock(Descriptor file) : file_(std::move(file)) {}

 private:
    Descriptor file_;
};

}  // namespace streams::sqlite
