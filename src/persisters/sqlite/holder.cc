#include "persisters/sqlite/holder.h"

#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <sstream>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "base/file.h"
#include "base/log.h"

namespace streams::sqlite {
namespace {

constexpr std::size_t kProcFileMax = std::size_t{4} << 20;
constexpr std::uint64_t kWalWriteByte = 120;  // Of FILE-shm: held while a transaction writes.

// A line of /proc/locks or of fdinfo, from the kind on:
// `OFDLCK ADVISORY WRITE -1 fe:01:4242 120 120`.
struct LockLine {
    std::string kind;
    std::string access;
    std::int64_t process = 0;
    std::uint64_t inode = 0;
    std::uint64_t first_byte = 0;
};

bool parse_number(std::string_view text, std::uint64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

// False for a waiting lock (`->`) and for anything that does not read as above.
bool parse_lock(const std::string& line, LockLine& lock) {
    std::istringstream words(line.substr(std::min(line.size(), line.find(": ") + 2)));
    std::string advisory;
    std::string device_and_inode;
    std::string first;
    if (!(words >> lock.kind >> advisory >> lock.access >> lock.process >> device_and_inode >>
          first)) {
        return false;
    }
    const auto colon = device_and_inode.rfind(':');
    return colon != std::string::npos &&
           parse_number(std::string_view(device_and_inode).substr(colon + 1), lock.inode) &&
           parse_number(first, lock.first_byte);
}

std::string name_of_process(const std::string& process) {
    auto name = read_file("/proc/" + process + "/comm", 4096);
    std::string text = name ? printable(*name) : "a program";
    if (const auto end = text.find("\\x0a"); end != std::string::npos) text.resize(end);
    while (text.ends_with('\n')) text.pop_back();
    return fmt::format("{} (pid {})", text, process);
}

std::uint64_t inode_of(const std::string& path) {
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

std::vector<std::string> lines_of(const std::string& path) {
    std::vector<std::string> lines;
    const auto text = read_file(path, kProcFileMax);
    if (!text) return lines;
    for (std::size_t start = 0; start < text->size();) {
        auto end = text->find('\n', start);
        if (end == std::string::npos) end = text->size();
        lines.push_back(text->substr(start, end - start));
        start = end + 1;
    }
    return lines;
}

std::vector<std::string> names_in(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        names.push_back(entry->path().filename().string());
    }
    return names;
}

bool holds_byte(const std::string& process, std::uint64_t inode, std::uint64_t offset) {
    const auto folder = "/proc/" + process + "/fdinfo";
    for (const auto& descriptor : names_in(folder)) {
        for (const auto& line : lines_of(fmt::format("{}/{}", folder, descriptor))) {
            LockLine lock;
            if (!line.starts_with("lock:") || !parse_lock(line.substr(5), lock)) continue;
            if (lock.kind == "OFDLCK" && lock.inode == inode && lock.first_byte == offset) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace

std::string holder_of_database(const std::string& path) {
    const auto database = inode_of(path);
    const auto shared = inode_of(path + "-shm");
    for (const auto& line : lines_of("/proc/locks")) {
        LockLine lock;
        if (!parse_lock(line, lock) || lock.kind != "POSIX" || lock.access != "WRITE") continue;
        if (lock.process <= 0 || lock.process == ::getpid()) continue;
        const bool writes_wal = lock.inode == shared && lock.first_byte <= kWalWriteByte;
        if (lock.inode == database || writes_wal) {
            return name_of_process(std::to_string(lock.process));
        }
    }
    return {};
}

std::string holder_of_byte(const std::string& path, std::uint64_t offset) {
    const auto inode = inode_of(path);
    for (const auto& process : names_in("/proc")) {
        std::uint64_t number = 0;
        if (!parse_number(process, number)) continue;
        if (holds_byte(process, inode, offset)) return name_of_process(process);
    }
    return {};
}

}  // namespace streams::sqlite
