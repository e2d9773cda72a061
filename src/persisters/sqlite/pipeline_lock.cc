#include "persisters/sqlite/pipeline_lock.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>

#include "persisters/sqlite/holder.h"
#include "sql/table_name.h"

namespace streams::sqlite {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPauseMs = 50;
constexpr std::uint64_t kOffsetMask = (std::uint64_t{1} << 62) - 1;

std::uint64_t offset_of(const Context& context) {
    return sql::name_hash(context.schema + '\0' + context.pipeline) & kOffsetMask;
}

// 0, or errno.
int try_lock(int file, std::uint64_t offset) {
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = static_cast<off_t>(offset);
    lock.l_len = 1;
    return ::fcntl(file, F_OFD_SETLK, &lock) == 0 ? 0 : errno;
}

bool is_held(int code) {
    return code == EAGAIN || code == EACCES || code == EINTR;
}

std::unexpected<Error> locked(const std::string& path, const Context& context) {
    const auto holder = holder_of_byte(path, offset_of(context));
    return std::unexpected(Error{
        ErrorKind::Busy,
        "pipeline-locked",
        fmt::format("another run of pipeline \"{}\" is at work{}", context.pipeline,
                    holder.empty() ? "" : ": " + holder),
        path,
        {},
        "let it end, or wait for it: --wait 10m; two sources need two names: --pipeline NAME"});
}

}  // namespace

Result<std::unique_ptr<sql::PipelineLock>> FileLock::take(const std::string& database_path,
                                                          const Context& context,
                                                          std::chrono::milliseconds wait) {
    const auto path = database_path + "-lock";
    auto file = open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!file) {
        auto error = std::move(file).error();
        error.where = path;
        if (error.remedy.empty()) {
            error.remedy = "the lock lies beside the database: its folder has to be writable";
        }
        return std::unexpected(std::move(error));
    }
    const auto end = Clock::now() + wait;
    while (const int code = try_lock(file->get(), offset_of(context))) {
        if (!is_held(code)) {
            auto error = system_error(code, "lock", path);
            error.remedy = "put the database on a file system that has locks";
            return std::unexpected(std::move(error));
        }
        if (Clock::now() >= end) return locked(path, context);
        ::poll(nullptr, 0, kPauseMs);
    }
    return std::make_unique<FileLock>(*std::move(file));
}

}  // namespace streams::sqlite
