#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/error.h"

namespace streams {

/// An object that is being written. Destroyed before `finish`, it never was.
class ObjectWriter {
 public:
    ObjectWriter() = default;
    ObjectWriter(const ObjectWriter&) = delete;
    ObjectWriter& operator=(const ObjectWriter&) = delete;
    virtual ~ObjectWriter() = default;

    virtual Result<> append(std::string_view bytes) = 0;

    /// The object stands under its name, whole, its bytes durable. Its name is durable after
    /// `Storage::settle` of its folder.
    virtual Result<> finish() = 0;
};

/// Held as long as the object lives.
class StorageLock {
 public:
    StorageLock() = default;
    StorageLock(const StorageLock&) = delete;
    StorageLock& operator=(const StorageLock&) = delete;
    virtual ~StorageLock() = default;
};

/// A place for named objects. Names are paths with `/` between parts that `escaped_part` made or
/// that are ours; a *folder* is what stands before the last `/`.
///
/// **Threads.** One at a time.
class Storage {
 public:
    Storage() = default;
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;
    virtual ~Storage() = default;

    virtual Result<std::unique_ptr<ObjectWriter>> create(const std::string& name) = 0;

    /// Makes a whole, durable object unless one has that name; whether it did. Of two writers, one.
    virtual Result<bool> put_if_absent(const std::string& name, std::string_view bytes) = 0;

    /// None where there is no such object.
    virtual Result<std::optional<std::string>> read(const std::string& name) = 0;

    /// Hands its bytes on, a piece at a time, in order; whether there is such an object.
    virtual Result<bool> read_in_pieces(const std::string& name,
                                        const std::function<void(std::string_view)>& on_piece) = 0;

    /// The names directly in `folder`, sorted by bytes, those of folders with a `/` behind; none
    /// where there is no such folder.
    virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;

    virtual Result<bool> exists(const std::string& name) = 0;

    /// Gone afterwards, whether it was there or not.
    virtual Result<> remove(const std::string& name) = 0;

    /// Renames a folder in one act. **Errors.** Failed `file-exists` where `to` is.
    virtual Result<> move_folder(const std::string& from, const std::string& to) = 0;

    /// What was made, renamed or removed in `folder` stays so through a power cut, and so does the
    /// folder itself.
    virtual Result<> settle(const std::string& folder) = 0;

    /// Waits up to `wait` for the lock `name`, which is made where it is missing.
    /// **Errors.** Busy `pipeline-locked`, naming the holder where it can be known.
    virtual Result<std::unique_ptr<StorageLock>> lock(const std::string& name,
                                                      std::chrono::milliseconds wait) = 0;
};

}  // namespace streams
