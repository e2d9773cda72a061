#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>

#include "streams/error.h"

namespace streams {

/// A file descriptor that closes itself.
class Descriptor {
 public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            reset();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    ~Descriptor() { reset(); }

    int get() const { return number_; }
    bool is_open() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }

    /// Closes, and forgets what close says: for reading ends and after an fsync.
    void reset();

 private:
    int number_ = -1;
};

/// The `Error` of a failed system call: `open /data/x.db: No space left on device`.
///
/// | errno                | kind, id                |
/// |----------------------|-------------------------|
/// | ENOSPC, EDQUOT, EFBIG| Failed `disk-full`      |
/// | EACCES, EPERM, EROFS | Failed `no-permission`  |
/// | ENOENT, ENOTDIR      | Config `file-missing`   |
/// | EISDIR, EINVAL, ENAMETOOLONG, ELOOP | Config `file-name` |
/// | EEXIST               | Failed `file-exists`    |
/// | EPIPE                | Failed `output-closed`  |
/// | anything else        | Failed `system`         |
Error system_error(int code, std::string_view activity, std::string_view path);

/// `open(2)` with O_CLOEXEC; `flags` are its own.
Result<Descriptor> open_file(const std::string& path, int flags, mode_t mode = 0666);

/// The whole of a file, or of a pipe by name. **Errors.** Data `file-size` beyond `bytes_max`.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

/// Up to `bytes_max` bytes, as they come; 0 at the end. Goes on after EINTR.
Result<std::size_t> read_some(int from, char* to, std::size_t bytes_max, std::string_view name);

/// Writes everything: goes on after EINTR and short writes, and waits where a descriptor that does
/// not block is full. `name` is for the message.
Result<> write_all(int to, std::string_view bytes, std::string_view name);

Result<> fsync_file(int file, std::string_view name);
Result<> fsync_folder(const std::string& path);

/// Makes the folder and those above it that are missing, each fsynced in its parent.
Result<> make_folders(const std::string& path);

/// The file has these bytes, or is as it was, whatever happens: a temporary file beside it, fsync,
/// rename, fsync of the folder.
Result<> write_file_durably(const std::string& path, std::string_view bytes, mode_t mode = 0666);

/// Renames unless `to` exists, in one act. **Errors.** Failed `file-exists`. The folder is not
/// synced.
Result<> rename_noreplace(const std::string& from, const std::string& to);

/// The folder that a path lies in: `.` for a bare name.
std::string folder_of(std::string_view path);

bool file_exists(const std::string& path);

}  // namespace streams
