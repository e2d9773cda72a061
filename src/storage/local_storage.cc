#include "storage/local_storage.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/signals.h"

namespace streams {
namespace {

constexpr std::chrono::milliseconds kLockPoll{50};

std::string leaf_of(const std::string& name) {
    const auto slash = name.rfind('/');
    return slash == std::string::npos ? name : name.substr(slash + 1);
}

std::string parent_of(const std::string& name) {
    const auto slash = name.rfind('/');
    return slash == std::string::npos ? std::string() : name.substr(0, slash);
}

class LocalStorage;

class LocalWriter final : public ObjectWriter {
 public:
    LocalWriter(Descriptor folder, Descriptor file, std::string leaf, std::string path)
        : folder_(std::move(folder)),
          file_(std::move(file)),
          leaf_(std::move(leaf)),
          path_(std::move(path)) {}

    LocalWriter(const LocalWriter&) = delete;
    LocalWriter& operator=(const LocalWriter&) = delete;
    ~LocalWriter() override {
        if (!is_finished_) ::unlinkat(folder_.get(), hidden().c_str(), 0);
    }

    Result<> append(std::string_view bytes) override {
        return write_all(file_.get(), bytes, path_);
    }

    Result<> finish() override {
        STREAMS_TRY(fsync_file(file_.get(), path_));
        file_.reset();
        if (::renameat(folder_.get(), hidden().c_str(), folder_.get(), leaf_.c_str()) != 0) {
            return std::unexpected(system_error(errno, "rename to", path_));
        }
        is_finished_ = true;
        return {};
    }

    std::string hidden() const { return "." + leaf_ + ".part"; }

 private:
    Descriptor folder_;
    Descriptor file_;
    std::string leaf_;
    std::string path_;
    bool is_finished_ = false;
};

class LocalLock final : public StorageLock {
 public:
    explicit LocalLock(Descriptor file) : file_(std::move(file)) {}

 private:
    Descriptor file_;  // Closing it gives the lock back.
};

class LocalStorage final : public Storage {
 public:
    explicit LocalStorage(std::string root) : root_(std::move(root)) {}

    Result<std::unique_ptr<ObjectWriter>> create(const std::string& name) override {
        auto folder = made_folder(parent_of(name));
        if (!folder) return std::unexpected(std::move(folder).error());
        const auto leaf = leaf_of(name);
        const auto path = path_of(name);
        const auto hidden = "." + leaf + ".part";
        ::unlinkat(folder->get(), hidden.c_str(), 0);  // A dead run may have left one, or a link.
        Descriptor file(::openat(folder->get(), hidden.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
        if (!file.is_open()) return std::unexpected(system_error(errno, "create", path));
        return std::make_unique<LocalWriter>(*std::move(folder), std::move(file), leaf, path);
    }

    Result<bool> put_if_absent(const std::string& name, std::string_view bytes) override;
    Result<std::optional<std::string>> read(const std::string& name) override;
    Result<bool> read_in_pieces(const std::string& name,
                                const std::function<void(std::string_view)>& on_piece) override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Result<bool> exists(const std::string& name) override;
    Result<> remove(const std::string& name) override;
    Result<> move_folder(const std::string& from, const std::string& to) override;
    Result<> settle(const std::string& folder) override;
    Result<std::unique_ptr<StorageLock>> lock(const std::string& name,
                                              std::chrono::milliseconds wait) override;

 private:
    std::string path_of(const std::string& name) const {
        return name.empty() ? root_ : root_ + "/" + name;
    }

    // Opens below the root, through no symbolic link. -1 and errno on failure.
    int open_below(int root, const std::string& name, std::uint64_t flags,
                   std::uint64_t mode) const {
        open_how how = {};
        how.flags = flags | O_CLOEXEC;
        how.mode = mode;
        how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
        return static_cast<int>(
            ::syscall(SYS_openat2, root, name.empty() ? "." : name.c_str(), &how, sizeof how));
    }

    // The root itself may be a symbolic link: it is the user's own word.
    Descriptor open_root() const {
        return Descriptor(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    }

    Result<Descriptor> opened(const std::string& name, std::uint64_t flags) const {
        const auto root = open_root();
        if (!root.is_open()) return std::unexpected(system_error(errno, "open", root_));
        Descriptor file(open_below(root.get(), name, flags, 0));
        if (!file.is_open()) return std::unexpected(system_error(errno, "open", path_of(name)));
        return file;
    }

    Result<Descriptor> made_folder(const std::string& name);

    std::string root_;
};

// Each part is made below its parent, and the parent synced, so that no folder is lost with its
// files.
Result<Descriptor> LocalStorage::made_folder(const std::string& name) {
    if (!file_exists(root_)) STREAMS_TRY(make_folders(root_));
    auto at = open_root();
    if (!at.is_open()) return std::unexpected(system_error(errno, "open", root_));
    std::size_t begin = 0;
    while (begin < name.size()) {
        const auto end = std::min(name.find('/', begin), name.size());
        const auto part = name.substr(begin, end - begin);
        const bool is_new = ::mkdirat(at.get(), part.c_str(), 0777) == 0;
        if (!is_new && errno != EEXIST) {
            return std::unexpected(
                system_error(errno, "make folder", path_of(name.substr(0, end))));
        }
        if (is_new) {
            Descriptor parent(open_below(at.get(), "", O_RDONLY | O_DIRECTORY, 0));
            STREAMS_TRY(fsync_file(parent.get(), path_of(name.substr(0, begin))));
        }
        Descriptor next(open_below(at.get(), part, O_RDONLY | O_DIRECTORY, 0));
        if (!next.is_open()) {
            return std::unexpected(
                system_error(errno, "open folder", path_of(name.substr(0, end))));
        }
        at = std::move(next);
        begin = end + 1;
    }
    return at;
}

Result<bool> LocalStorage::put_if_absent(const std::string& name, std::string_view bytes) {
    auto folder = made_folder(parent_of(name));
    if (!folder) return std::unexpected(std::move(folder).error());
    const auto path = path_of(name);
    const auto leaf = leaf_of(name);
    // Two writers may be here at once: each has a temporary name of its own.
    const auto hidden = fmt::format(".{}.{}.part", leaf, ::getpid());
    ::unlinkat(folder->get(), hidden.c_str(), 0);
    Descriptor file(::openat(folder->get(), hidden.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file.is_open()) return std::unexpected(system_error(errno, "create", path));
    const auto give_up = [&](Error error) {
        ::unlinkat(folder->get(), hidden.c_str(), 0);
        return std::unexpected(std::move(error));
    };
    if (auto written = write_all(file.get(), bytes, path); !written)
        return give_up(written.error());
    if (auto synced = fsync_file(file.get(), path); !synced) return give_up(synced.error());
    file.reset();
    int failed =
        ::renameat2(folder->get(), hidden.c_str(), folder->get(), leaf.c_str(), RENAME_NOREPLACE);
    if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) {
        failed = ::linkat(folder->get(), hidden.c_str(), folder->get(), leaf.c_str(), 0);
        if (failed == 0) ::unlinkat(folder->get(), hidden.c_str(), 0);
    }
    if (failed != 0) {
        const int code = errno;
        ::unlinkat(folder->get(), hidden.c_str(), 0);
        if (code == EEXIST) return false;
        return std::unexpected(system_error(code, "create", path));
    }
    STREAMS_TRY(settle(parent_of(name)));
    return true;
}

Result<std::optional<std::string>> LocalStorage::read(const std::string& name) {
    std::string text;
    const auto is_there = read_in_pieces(name, [&](std::string_view piece) { text.append(piece); });
    if (!is_there) return std::unexpected(is_there.error());
    return *is_there ? std::optional(std::move(text)) : std::nullopt;
}

Result<bool> LocalStorage::read_in_pieces(const std::string& name,
                                          const std::function<void(std::string_view)>& on_piece) {
    const auto there = exists(name);
    if (!there || !*there) return there;
    auto file = opened(name, O_RDONLY);
    if (!file) return std::unexpected(std::move(file).error());
    std::string piece(std::size_t{1} << 16, '\0');
    while (true) {
        auto count = read_some(file->get(), piece.data(), piece.size(), path_of(name));
        if (!count) return std::unexpected(std::move(count).error());
        if (*count == 0) return true;
        on_piece(std::string_view(piece).substr(0, *count));
    }
}

Result<std::vector<std::string>> LocalStorage::list(const std::string& folder) {
    std::vector<std::string> names;
    auto there = exists(folder);
    if (!there) return std::unexpected(std::move(there).error());
    if (!*there) return names;
    auto opened_folder = opened(folder, O_RDONLY | O_DIRECTORY);
    if (!opened_folder) return std::unexpected(std::move(opened_folder).error());
    DIR* entries = ::fdopendir(opened_folder->release());
    if (entries == nullptr) return std::unexpected(system_error(errno, "list", path_of(folder)));
    while (const dirent* entry = ::readdir(entries)) {
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        names.push_back(std::string(name) + (entry->d_type == DT_DIR ? "/" : ""));
    }
    ::closedir(entries);
    std::ranges::sort(names);
    return names;
}

Result<bool> LocalStorage::exists(const std::string& name) {
    const auto root = open_root();
    if (!root.is_open()) {
        if (errno == ENOENT) return false;
        return std::unexpected(system_error(errno, "open", root_));
    }
    const Descriptor file(open_below(root.get(), name, O_PATH, 0));
    if (file.is_open()) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return std::unexpected(system_error(errno, "look for", path_of(name)));
}

Result<> LocalStorage::remove(const std::string& name) {
    auto folder = opened(parent_of(name), O_RDONLY | O_DIRECTORY);
    if (!folder) {
        return folder.error().id == "file-missing" ? Result<>()
                                                   : std::unexpected(std::move(folder).error());
    }
    if (::unlinkat(folder->get(), leaf_of(name).c_str(), 0) != 0 && errno != ENOENT) {
        return std::unexpected(system_error(errno, "remove", path_of(name)));
    }
    return {};
}

Result<> LocalStorage::move_folder(const std::string& from, const std::string& to) {
    auto parent = opened(parent_of(from), O_RDONLY | O_DIRECTORY);
    if (!parent) return std::unexpected(std::move(parent).error());
    auto target = made_folder(parent_of(to));
    if (!target) return std::unexpected(std::move(target).error());
    if (::renameat2(parent->get(), leaf_of(from).c_str(), target->get(), leaf_of(to).c_str(),
                    RENAME_NOREPLACE) != 0) {
        return std::unexpected(system_error(errno, "rename to", path_of(to)));
    }
    STREAMS_TRY(settle(parent_of(to)));
    return settle(parent_of(from));
}

Result<> LocalStorage::settle(const std::string& folder) {
    auto opened_folder = opened(folder, O_RDONLY | O_DIRECTORY);
    if (!opened_folder) return std::unexpected(std::move(opened_folder).error());
    return fsync_file(opened_folder->get(), path_of(folder));
}

Result<std::unique_ptr<StorageLock>> LocalStorage::lock(const std::string& name,
                                                        std::chrono::milliseconds wait) {
    auto folder = made_folder(parent_of(name));
    if (!folder) return std::unexpected(std::move(folder).error());
    Descriptor file(::openat(folder->get(), leaf_of(name).c_str(),
                             O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file.is_open()) return std::unexpected(system_error(errno, "open", path_of(name)));
    // Of the open file, not of the process: a second handle in this process is another holder.
    struct flock region = {};
    region.l_type = F_WRLCK;
    region.l_whence = SEEK_SET;
    region.l_len = 1;
    auto left = wait;
    while (::fcntl(file.get(), F_OFD_SETLK, &region) != 0) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EACCES) {
            return std::unexpected(system_error(errno, "lock", path_of(name)));
        }
        if (left.count() <= 0) {
            char holder[32] = {};
            const ssize_t count = ::pread(file.get(), holder, sizeof holder - 1, 0);
            return std::unexpected(Error{
                ErrorKind::Busy, "pipeline-locked", "another run of this pipeline is at work",
                path_of(name), count > 0 ? fmt::format("process {} holds the lock", holder) : "",
                "wait for it, or give this run more time: --wait 10m"});
        }
        const auto pause = std::min(kLockPoll, left);
        if (!SystemClock().wait(pause, [] { return SignalWatch::received() != 0; })) left = {};
        left -= pause;
    }
    const auto pid = std::to_string(::getpid());
    if (::ftruncate(file.get(), 0) == 0) {
        [[maybe_unused]] const auto written = ::pwrite(file.get(), pid.data(), pid.size(), 0);
    }
    return std::make_unique<LocalLock>(std::move(file));
}

}  // namespace

std::unique_ptr<Storage> make_local_storage(std::string root) {
    while (root.size() > 1 && root.back() == '/') root.pop_back();
    return std::make_unique<LocalStorage>(std::move(root));
}

}  // namespace streams
