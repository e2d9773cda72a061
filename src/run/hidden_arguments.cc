#include "run/hidden_arguments.h"

#include <cerrno>
#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <unistd.h>

namespace streams {
namespace {

constexpr int kPassedAs = 9;  // Beyond what joins programs to a runner.

}  // namespace

Result<Descriptor> hide_arguments(const std::vector<std::string>& hidden) {
    Descriptor file(::memfd_create("arguments", MFD_CLOEXEC));
    if (!file.is_open()) return std::unexpected(system_error(errno, "make", "a hidden file"));
    const auto text =
        nlohmann::json(hidden).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    STREAMS_TRY(write_all(file.get(), text, "a hidden file"));
    ::lseek(file.get(), 0, SEEK_SET);  // The program that gets it reads on from here.
    return file;
}

Result<pid_t> spawn_hiding(SpawnPlan plan, const HiddenArguments& hidden) {
    if (!hidden) return spawn(plan);
    const auto file = hide_arguments(*hidden);
    if (!file) return std::unexpected(file.error());
    plan.passed.push_back({file->get(), kPassedAs});
    plan.arguments.insert(plan.arguments.end(), {"--arguments-fd", std::to_string(kPassedAs)});
    return spawn(plan);
}

}  // namespace streams
