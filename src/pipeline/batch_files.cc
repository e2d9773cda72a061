#include "pipeline/batch_files.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <linux/openat2.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "format/byte_input.h"
#include "format/parquet.h"
#include "message/chunk_reader.h"
#include "message/json_scanner.h"

namespace streams {
namespace {

std::unexpected<Error> bad(std::string id, std::string what, std::string why, std::string remedy) {
    return std::unexpected(Error{
        ErrorKind::Data, std::move(id), std::move(what), {}, std::move(why), std::move(remedy)});
}

/// What a BATCH message says.
struct Manifest {
    std::string stream;
    std::string format;
    Compression compression = Compression::None;
    std::vector<std::string> urls;
};

Result<Manifest> manifest_of(std::string_view line) {
    const auto message = nlohmann::json::parse(line, nullptr, false);
    Manifest manifest;
    const auto find = [&](const nlohmann::json& in, const char* name) {
        const auto found = in.is_object() ? in.find(name) : in.end();
        return found == in.end() ? nlohmann::json() : *found;
    };
    const auto text = [](const nlohmann::json& value) {
        return value.is_string() ? value.get<std::string>() : std::string();
    };
    manifest.stream = text(find(message, "stream"));
    const auto encoding = find(message, "encoding");
    manifest.format = text(find(encoding, "format"));
    const auto packed = text(find(encoding, "compression"));
    const bool is_plain = packed.empty() || packed == "none";
    const auto compression = is_plain ? Compression::None : compression_of(packed);
    if ((manifest.format != "jsonl" && manifest.format != "parquet") ||
        (manifest.format == "jsonl" && (!compression || *compression == Compression::Snappy))) {
        return bad("batch-encoding",
                   fmt::format("files of format \"{}\", compression \"{}\" are not read",
                               manifest.format, packed),
                   {}, "let the tap write jsonl (none, gzip, zstd) or parquet: batch_config");
    }
    manifest.compression = compression.value_or(Compression::None);
    const auto urls = find(message, "manifest");
    const bool is_list = urls.is_array() &&
                         std::ranges::all_of(urls, [](const auto& url) { return url.is_string(); });
    if (!is_list) {
        return bad("batch-manifest", "\"manifest\" of the BATCH is not a list of texts", {},
                   "correct the program that writes this line");
    }
    for (const auto& url : urls) manifest.urls.push_back(url.get<std::string>());
    return manifest;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        unsigned byte = 0;
        const auto digits = text.substr(at + 1, 2);
        const auto end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, byte, 16);
        if (digits.size() != 2 || read.ptr != end || byte == 0) return std::nullopt;
        decoded += static_cast<char>(byte);
        at += 2;
    }
    return decoded;
}

// The absolute path of a file:// address of this host; none of any other one.
std::optional<std::filesystem::path> path_of(std::string_view url) {
    constexpr std::string_view kScheme = "file://";
    if (!url.starts_with(kScheme)) return std::nullopt;
    url.remove_prefix(kScheme.size());
    constexpr std::string_view kHost = "localhost/";
    if (url.starts_with(kHost)) url.remove_prefix(kHost.size() - 1);
    auto decoded = percent_decoded(url);
    if (!decoded || !decoded->starts_with('/') || decoded->contains('\0')) return std::nullopt;
    std::filesystem::path path(*std::move(decoded));
    if (std::ranges::find(path, "..") != path.end()) return std::nullopt;
    return path.lexically_normal();
}

// `path` as seen from `root`; none where it is not below.
std::optional<std::string> below(const std::filesystem::path& path, const std::string& root) {
    std::error_code failed;
    const auto absolute = std::filesystem::absolute(root, failed).lexically_normal();
    const auto real = std::filesystem::canonical(root, failed);
    for (const auto& folder : {absolute, real}) {
        if (folder.empty()) continue;
        auto relative = path.lexically_relative(folder);
        if (!relative.empty() && *relative.begin() != ".." && relative != ".")
            return relative.string();
    }
    return std::nullopt;
}

// The kernel holds a name to the folder: neither `..` nor a symbolic link leads out of it.
Descriptor open_below(const std::string& root, const std::string& name) {
    const Descriptor folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open()) return {};
    struct open_how how = {};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    return Descriptor(
        static_cast<int>(::syscall(SYS_openat2, folder.get(), name.c_str(), &how, sizeof how)));
}

/// Records of one file as RECORD lines.
class RecordLines {
 public:
    RecordLines(const std::string& stream, std::string file, const BatchFiles::Take& take)
        : file_(std::move(file)), take_(take) {
        head_ = R"({"type":"RECORD","stream":)";
        append_json_string(head_, stream);
        head_ += R"(,"record":)";
    }

    /// Blank lines are passed over. A record is one whole object: what comes behind it cannot
    /// become a part of the message.
    Result<> add(std::string_view record) {
        ++number_;
        record = trim_json(record);
        if (record.empty()) return {};
        if (!record.starts_with('{') || !is_json(record)) {
            return bad("batch-record",
                       fmt::format("{}:{}: the line is not a JSON object", file_, number_), {},
                       "correct the program that writes this file");
        }
        line_.assign(head_).append(record).append("}");
        const auto size = line_.size();
        line_.append(kLinePadding, ' ');
        return take_(std::string_view(line_).substr(0, size), file_, number_);
    }

 private:
    std::string file_;
    const BatchFiles::Take& take_;
    std::string head_;
    std::string line_;
    std::uint64_t number_ = 0;
};

Result<> read_lines(const std::string& path, Compression compression, std::size_t bytes_max,
                    RecordLines& records) {
    auto input = open_bytes(path, compression, std::numeric_limits<std::uint64_t>::max());
    if (!input) return std::unexpected(std::move(input).error());
    InputWindow window(**input, bytes_max);
    std::size_t searched = 0;
    while (true) {
        const auto end = window.text().find('\n', searched);
        if (end != std::string_view::npos) {
            STREAMS_TRY(records.add(window.text().substr(0, end)));
            window.consume(end + 1);
            searched = 0;
            continue;
        }
        searched = window.text().size();
        auto more = window.fill();
        if (!more) return std::unexpected(std::move(more).error());
        if (!*more) return records.add(window.text());
    }
}

Result<> read_rows(const std::string& path, RecordLines& records) {
    const auto parquet = load_parquet();
    if (!parquet) return std::unexpected(parquet.error());
    auto reader = parquet->open(path);
    if (!reader) return std::unexpected(std::move(reader).error());
    while (true) {
        auto rows = (*reader)->next();
        if (!rows) return std::unexpected(std::move(rows).error());
        if (rows->empty()) return {};
        for (const auto& row : *rows) STREAMS_TRY(records.add(row));
    }
}

}  // namespace

Result<> BatchFiles::read(std::string_view line, const Take& take) const {
    auto manifest = manifest_of(line);
    if (!manifest) return std::unexpected(std::move(manifest).error());
    for (const auto& url : manifest->urls) {
        auto file = open(url);
        if (!file) return std::unexpected(std::move(file).error());
        // What was checked is what is read, whatever its name means by now.
        const auto path = fmt::format("/proc/self/fd/{}", file->get());
        const auto name = path_of(url)->string();
        RecordLines records(manifest->stream, name, take);
        auto done = manifest->format == "parquet"
                        ? read_rows(path, records)
                        : read_lines(path, manifest->compression, record_bytes_max_, records);
        if (done) continue;
        auto error = std::move(done).error();
        for (auto* text : {&error.what, &error.where}) {
            if (const auto at = text->find(path); at != std::string::npos) {
                text->replace(at, path.size(), name);
            }
        }
        return std::unexpected(std::move(error));
    }
    return {};
}

Result<Descriptor> BatchFiles::open(const std::string& url) const {
    const auto path = path_of(url);
    const auto refused = [&](std::string why) {
        return bad("batch-message", "the BATCH names a file that is not read: " + url,
                   std::move(why),
                   "allow its folder: --batch-root FOLDER; or switch batches off in the tap: "
                   "remove its batch_config");
    };
    if (!path) return refused("only file:// addresses without .. are read");
    if (roots_.empty()) return refused("no folder is allowed");
    for (const auto& root : roots_) {
        const auto name = below(*path, root);
        if (!name) continue;
        auto file = open_below(root, *name);
        if (!file.is_open()) {
            if (errno == EXDEV) return refused("a symbolic link leads out of " + root);
            auto error = system_error(errno, "open", path->string());
            error.kind = ErrorKind::Data;
            return std::unexpected(std::move(error));
        }
        struct stat status = {};
        if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
            return refused("it is no plain file");
        }
        return file;
    }
    return refused("it lies below no folder that is allowed");
}

}  // namespace streams
