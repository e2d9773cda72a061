#include "state/state_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "message/json_scanner.h"

namespace streams {
namespace {

constexpr std::size_t kReadBytesMax = std::size_t{64} << 20;
constexpr std::size_t kExcerptBytes = 60;

// A number or word at the end of a file may be the beginning of a longer one.
bool is_whole(std::string_view text, bool is_terminated) {
    if (!is_json(text) || find_bad_utf8(text) != text.size()) return false;
    const char first = trim_json(text).front();
    return is_terminated || first == '{' || first == '[' || first == '"';
}

std::optional<std::string> value_of(std::string_view text) {
    const std::string_view value = trim_json(text);
    if (value == "null") return std::nullopt;
    return std::string(value);
}

struct Tail {
    std::string text;
    bool is_cut = false;  ///< The beginning of the file was left out.
};

Result<Tail> read_tail(const Descriptor& file, const std::string& path) {
    Tail tail;
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) {
        return std::unexpected(system_error(errno, "read", path));
    }
    const auto bytes_max = static_cast<off_t>(kReadBytesMax);
    if (S_ISREG(status.st_mode) && status.st_size > bytes_max) {
        tail.is_cut = true;
        if (::lseek(file.get(), status.st_size - bytes_max, SEEK_SET) < 0) {
            return std::unexpected(system_error(errno, "read", path));
        }
    }
    std::array<char, 65'536> buffer;
    while (true) {
        auto count = read_some(file.get(), buffer.data(), buffer.size(), path);
        if (!count) return std::unexpected(std::move(count).error());
        if (*count == 0) return tail;
        tail.text.append(buffer.data(), *count);
        // A pipe, or a file that grows.
        if (tail.text.size() > kReadBytesMax * 2) {
            tail.text.erase(0, tail.text.size() - kReadBytesMax);
            tail.is_cut = true;
        }
    }
}

// One line, whatever the value looked like.
std::string on_one_line(std::string_view value) {
    std::string line;
    bool in_string = false;
    for (std::size_t at = 0; at < value.size(); ++at) {
        const char byte = value[at];
        if (!in_string && (byte == '\n' || byte == '\r')) continue;
        if (byte == '"') in_string = !in_string;
        line += byte;
        if (in_string && byte == '\\') line += value[++at];
    }
    return line;
}

bool ends_unterminated(const Descriptor& file) {
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    char last = '\n';
    return size > 0 && ::pread(file.get(), &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

StateFile read_state_text(std::string_view text, std::string_view name) {
    StateFile state;
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (trim_json(text).empty()) return state;
    bool is_terminated = text.ends_with('\n');
    if (is_whole(text, is_terminated)) {
        state.value = value_of(text);
        return state;
    }
    std::size_t passed_over = 0;
    std::string_view first_passed;
    while (!text.empty()) {
        if (text.ends_with('\n')) text.remove_suffix(1);
        const std::size_t break_before = text.rfind('\n');
        const std::size_t begin = break_before == std::string_view::npos ? 0 : break_before + 1;
        const std::string_view line = text.substr(begin);
        text = text.substr(0, begin);
        if (!trim_json(line).empty()) {
            if (is_whole(line, is_terminated)) {
                state.value = value_of(line);
                break;
            }
            if (passed_over++ == 0) first_passed = line;
        }
        is_terminated = true;
    }
    if (passed_over > 0) {
        state.warnings.push_back(std::string(name) + ": " + std::to_string(passed_over) +
                                 (passed_over == 1 ? " line" : " lines") +
                                 " at the end cut off or glued together, passed over: " +
                                 ascii_excerpt(trim_json(first_passed), kExcerptBytes));
    }
    return state;
}

Result<StateFile> read_state_file(const std::string& path) {
    const auto file = open_file(path, O_RDONLY);
    if (!file) {
        if (file.error().id == "file-missing")
            return StateFile{.value = {}, .is_missing = true, .warnings = {}};
        return std::unexpected(file.error());
    }
    const auto tail = read_tail(*file, path);
    if (!tail) return std::unexpected(tail.error());
    std::string_view text = tail->text;
    if (tail->is_cut) text.remove_prefix(std::min(text.find('\n'), text.size()));
    return read_state_text(text, path);
}

Result<> append_state(const std::string& path, std::string_view value) {
    if (!is_json(value)) {
        return fail(ErrorKind::Data, "json-syntax", "the state for " + path + " is not JSON");
    }
    const bool is_new = !file_exists(path);
    const auto file = open_file(path, O_RDWR | O_CREAT | O_APPEND);
    if (!file) return std::unexpected(file.error());
    std::string line = ends_unterminated(*file) ? "\n" : "";
    line += on_one_line(trim_json(value));
    line += '\n';
    STREAMS_TRY(write_all(file->get(), line, path));
    STREAMS_TRY(fsync_file(file->get(), path));
    return is_new ? fsync_folder(folder_of(path)) : Result<>();
}

}  // namespace streams
