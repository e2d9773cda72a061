#include "base/file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace streams {
namespace {

struct Meaning {
    ErrorKind kind;
    const char* id;
    const char* remedy;
};

Meaning meaning_of(int code) {
    switch (code) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return {ErrorKind::Failed, "disk-full", "make room and run again"};
        case EACCES:
        case EPERM:
        case EROFS:
            return {ErrorKind::Failed, "no-permission",
                    "give yourself the right to it, or name another place"};
        case ENOENT:
        case ENOTDIR:
            return {ErrorKind::Config, "file-missing", ""};
        case EISDIR:
        case EINVAL:
        case ENAMETOOLONG:
        case ELOOP:
            return {ErrorKind::Config, "file-name", ""};
        case EEXIST:
            return {ErrorKind::Failed, "file-exists", ""};
        case EPIPE:
            return {ErrorKind::Failed, "output-closed", ""};
        default:
            return {ErrorKind::Failed, "system", ""};
    }
}

std::unexpected<Error> failed(std::string_view activity, std::string_view path) {
    return std::unexpected(system_error(errno, activity, path));
}

// A temporary file that is removed unless it was renamed.
class Temporary {
 public:
    explicit Temporary(std::string path) : path_(std::move(path)) {}
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() {
        if (!kept_) ::unlink(path_.c_str());
    }
    void keep() { kept_ = true; }

 private:
    std::string path_;
    bool kept_ = false;
};

// Whether the answer means that the call is not known here (old kernels, some network file
// systems).
bool is_refused(int code) {
    return code == ENOSYS || code == EINVAL || code == EOPNOTSUPP;
}

}  // namespace

void Descriptor::reset() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
}

Error system_error(int code, std::string_view activity, std::string_view path) {
    const auto meaning = meaning_of(code);
    std::string what(activity);
    if (!path.empty()) what.append(" ").append(path);
    return {meaning.kind, meaning.id, what + ": " + std::generic_category().message(code),
            {},           {},         meaning.remedy};
}

Result<Descriptor> open_file(const std::string& path, int flags, mode_t mode) {
    int number = -1;
    do {
        number = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    } while (number < 0 && errno == EINTR);
    if (number < 0) return failed("open", path);
    return Descriptor(number);
}

Result<std::size_t> read_some(int from, char* to, std::size_t bytes_max, std::string_view name) {
    while (true) {
        const auto count = ::read(from, to, bytes_max);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno == EAGAIN) {
            pollfd ready = {from, POLLIN, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return failed("read", name);
        }
    }
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
    auto file = open_file(path, O_RDONLY);
    if (!file) return std::unexpected(std::move(file).error());
    std::string bytes;
    std::size_t used = 0;
    while (true) {
        bytes.resize(used + 65536);
        auto count = read_some(file->get(), bytes.data() + used, bytes.size() - used, path);
        if (!count) return std::unexpected(std::move(count).error());
        if (*count == 0) break;
        used += *count;
        if (used > bytes_max) {
            return fail(
                ErrorKind::Data, "file-size",
                "read " + path + ": it is longer than " + std::to_string(bytes_max) + " bytes");
        }
    }
    bytes.resize(used);
    return bytes;
}

Result<> write_all(int to, std::string_view bytes, std::string_view name) {
    while (!bytes.empty()) {
        const auto count = ::write(to, bytes.data(), bytes.size());
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            pollfd ready = {to, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return failed("write to", name);
        }
    }
    return {};
}

Result<> fsync_file(int file, std::string_view name) {
    if (::fsync(file) == 0) return {};
    return failed("make durable", name);
}

Result<> fsync_folder(const std::string& path) {
    auto folder = open_file(path, O_RDONLY | O_DIRECTORY);
    if (!folder) return std::unexpected(std::move(folder).error());
    if (::fsync(folder->get()) == 0 || errno == EINVAL)
        return {};  // EINVAL: it cannot, and need not.
    return failed("make durable", path);
}

Result<> make_folders(const std::string& path) {
    struct stat found = {};
    if (::stat(path.c_str(), &found) == 0) {
        if (S_ISDIR(found.st_mode)) return {};
        return std::unexpected(system_error(ENOTDIR, "make folder", path));
    }
    if (errno != ENOENT) return failed("make folder", path);
    const auto parent = folder_of(path);
    if (parent != path) STREAMS_TRY(make_folders(parent));
    if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return failed("make folder", path);
    return fsync_folder(parent);
}

Result<> write_file_durably(const std::string& path, std::string_view bytes, mode_t mode) {
    const auto temporary = path + ".tmp." + std::to_string(::getpid());
    auto file = open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (!file) return std::unexpected(std::move(file).error());
    Temporary guard(temporary);
    STREAMS_TRY(write_all(file->get(), bytes, path));
    STREAMS_TRY(fsync_file(file->get(), path));
    if (::close(file->release()) != 0) return failed("close", path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) return failed("rename to", path);
    guard.keep();
    return fsync_folder(folder_of(path));
}

Result<> rename_noreplace(const std::string& from, const std::string& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (!is_refused(errno)) return failed("rename to", to);
    if (::link(from.c_str(), to.c_str()) != 0) return failed("link to", to);
    if (::unlink(from.c_str()) != 0) return failed("remove", from);
    return {};
}

std::string folder_of(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return ".";
    if (slash == 0) return "/";
    auto folder = path.substr(0, slash);
    while (folder.size() > 1 && folder.ends_with('/')) folder.remove_suffix(1);
    return std::string(folder);
}

bool file_exists(const std::string& path) {
    struct stat found = {};
    return ::stat(path.c_str(), &found) == 0;
}

}  // namespace streams
