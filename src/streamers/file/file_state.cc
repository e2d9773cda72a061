#include "streamers/file/file_state.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"

namespace streams::file_source {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kPrintBytes = 4096;

Result<std::string> bytes_at(int file, const std::string& path, std::uint64_t begin,
                             std::uint64_t size) {
    std::string bytes(size, '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto count = ::pread(file, bytes.data() + done, bytes.size() - done,
                                   static_cast<off_t>(begin + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::unexpected(system_error(errno, "read", path));
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return bytes;
}

FileMark mark_of(const nlohmann::json& json) {
    FileMark mark;
    mark.size = json.at("size");
    mark.modified = json.at("modified");
    mark.position = json.at("position");
    mark.line = json.at("line");
    mark.is_whole = json.at("whole");
    mark.print = json.at("print");
    return mark;
}

// Where a plain file goes on whose first `position` bytes are as they were. None: its last line
// was not finished when it was read, and is longer now.
Result<std::optional<Resumption>> behind_last_line(const SourceFile& file, const FileMark& mark) {
    Resumption resumption{mark.position, mark.line};
    if (mark.position == 0 || mark.position == file.size) return resumption;
    auto opened = open_file(file.path, O_RDONLY);
    if (!opened) return std::unexpected(std::move(opened).error());
    auto around = bytes_at(opened->get(), file.path, mark.position - 1, 3);
    if (!around) return std::unexpected(std::move(around).error());
    const std::string_view bytes = *around;
    const auto is_end = [](char byte) { return byte == '\n' || byte == '\r'; };
    if (is_end(bytes[0])) return resumption;
    if (bytes.size() < 2 || !is_end(bytes[1])) return std::nullopt;
    resumption.position += bytes.substr(1).starts_with("\r\n") ? 2U : 1U;
    ++resumption.line;
    return resumption;
}

}  // namespace

Result<FileState> FileState::read(const std::optional<std::string>& state) {
    FileState read;
    if (!state) return read;
    try {
        const auto json = nlohmann::json::parse(*state);
        for (const auto& [name, mark] : json.at("files").items()) read.files[name] = mark_of(mark);
        for (const auto& [stream, columns] : json.at("columns").items()) {
            for (const auto& [column, word] : columns.items()) read.columns[stream][column] = word;
        }
    } catch (const nlohmann::json::exception& fault) {
        return std::unexpected(Error{ErrorKind::Config,
                                     "state-unreadable",
                                     "the state is none of stream-file's",
                                     {},
                                     fault.what(),
                                     "start from the beginning with an empty state file"});
    }
    return read;
}

std::string FileState::text() const {
    Json json = {{"files", Json::object()}, {"columns", Json::object()}};
    for (const auto& [name, mark] : files) {
        json["files"][name] = {{"size", mark.size},         {"modified", mark.modified},
                               {"position", mark.position}, {"line", mark.line},
                               {"whole", mark.is_whole},    {"print", mark.print}};
    }
    for (const auto& [stream, words] : columns) json["columns"][stream] = words;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::string> print_of(const std::string& path, std::uint64_t position) {
    auto file = open_file(path, O_RDONLY);
    if (!file) return std::unexpected(std::move(file).error());
    const auto size = std::min(position, kPrintBytes);
    auto head = bytes_at(file->get(), path, 0, size);
    if (!head) return head;
    auto tail = bytes_at(file->get(), path, position - size, size);
    if (!tail) return tail;
    return sha256_hex(*head + *tail).substr(0, 32);
}

Result<Resumption> resumption_of(const SourceFile& file, const FileMark* mark) {
    if (mark == nullptr) return Resumption{};
    const bool is_same = mark->size == file.size && mark->modified == file.modified;
    if (is_same) return Resumption{mark->position, mark->line, mark->is_whole};
    const Resumption anew{.is_rewritten = true};
    const bool is_plain = file.format != Format::Parquet && file.compression == Compression::None;
    if (!is_plain || file.size < mark->position) return anew;
    auto print = print_of(file.path, mark->position);
    if (!print) return std::unexpected(std::move(print).error());
    if (*print != mark->print) return anew;
    auto resumption = behind_last_line(file, *mark);
    if (!resumption) return std::unexpected(std::move(resumption).error());
    if (!*resumption) return anew;
    (*resumption)->is_done = mark->is_whole && (*resumption)->position == file.size;
    return **resumption;
}

}  // namespace streams::file_source
