#include "run/kept_state.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/signals.h"
#include "program/url.h"
#include "state/state_file.h"

namespace streams {
namespace {

constexpr std::chrono::milliseconds kTryAgain{100};

Result<> lock(const Descriptor& file, const std::string& path, std::chrono::milliseconds wait) {
    const SystemClock clock;
    const auto deadline = clock.monotonic() + wait;
    while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return std::unexpected(system_error(errno, "lock", path));
        }
        if (clock.monotonic() >= deadline || SignalWatch::received() != 0) {
            return std::unexpected(Error{ErrorKind::Busy,
                                         "pipeline-locked",
                                         "another run of this pipeline is at work",
                                         path,
                                         {},
                                         "wait for it: --wait 10m"});
        }
        SystemClock().wait(kTryAgain, [] { return SignalWatch::received() != 0; });
    }
    return {};
}

std::string file_name_of(std::string_view pipeline) {
    std::string name;
    for (const char byte : pipeline) {
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
        name += plain ? byte : '_';
    }
    return name;
}

}  // namespace

Result<KeptState> KeptState::open(const std::string& path, std::chrono::milliseconds wait) {
    STREAMS_TRY(make_folders(folder_of(path)));
    auto file = open_file(path, O_RDWR | O_CREAT, 0600);
    if (!file) return std::unexpected(std::move(file).error());
    STREAMS_TRY(lock(*file, path, wait));
    KeptState kept(path, *std::move(file));
    auto read = read_state_file(path);
    if (!read) return std::unexpected(std::move(read).error());
    for (const auto& warning : read->warnings) log_warning(warning);
    kept.value_ = std::move(read->value);
    return kept;
}

Result<> KeptState::append(std::string_view value) {
    return append_state(path_, value);
}

std::string kept_state_path(const Environment& environment, const std::string& pipeline,
                            std::string_view destination) {
    std::string folder = ".streams/state";
    if (!file_exists(".streams")) {
        const auto home = environment.find("HOME").value_or(".");
        const auto state_home = environment.find("XDG_STATE_HOME").value_or("");
        folder = state_home.empty() ? home + "/.local/state/streams" : state_home + "/streams";
    }
    const auto hash = sha256_hex(without_credentials(destination)).substr(0, 16);
    return folder + '/' + file_name_of(pipeline) + '@' + hash + ".jsonl";
}

}  // namespace streams
