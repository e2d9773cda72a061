#include "streamers/file/source_files.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <glob.h>
#include <optional>
#include <sys/stat.h>

#include "base/file.h"
#include "format/byte_input.h"

namespace streams::file_source {
namespace {

namespace fs = std::filesystem;

std::string without_ending(std::string name, std::string_view ending) {
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
    return name;
}

std::optional<Format> format_of_word(std::string_view word) {
    if (word == "csv" || word == "tsv") return Format::Csv;
    if (word == "jsonl" || word == "ndjson") return Format::Jsonl;
    if (word == "parquet") return Format::Parquet;
    return std::nullopt;
}

std::string unpacked_name(const std::string& path) {
    return without_ending(path, ending_of(compression_of_file(path)));
}

std::optional<Format> format_of_file(const std::string& path) {
    const auto name = unpacked_name(path);
    const auto dot = name.rfind('.');
    return dot == std::string::npos ? std::nullopt : format_of_word(name.substr(dot + 1));
}

class Finder {
 public:
    explicit Finder(const Settings& settings)
        : root_(settings.text("path")),
          stream_(settings.text("stream")),
          format_(format_of_word(settings.text("format"))) {}

    Result<std::vector<SourceFile>> find() {
        struct stat status = {};
        if (::stat(root_.c_str(), &status) == 0) {
            if (S_ISDIR(status.st_mode)) {
                STREAMS_TRY(add_folder(root_, "", ""));
            } else {
                STREAMS_TRY(add(root_, fs::path(root_).filename().string(), "", true));
            }
        } else if (root_.find_first_of("*?[") != std::string::npos) {
            STREAMS_TRY(add_pattern());
        } else {
            return std::unexpected(system_error(errno, "read", root_));
        }
        if (files_.empty()) {
            return std::unexpected(Error{ErrorKind::Config,
                                         "no-files",
                                         "there is no file to be read",
                                         root_,
                                         {},
                                         "name a .csv, .jsonl or .parquet file, or a folder of "
                                         "them"});
        }
        std::ranges::sort(files_, {}, &SourceFile::name);
        return std::move(files_);
    }

 private:
    Result<> add_folder(const fs::path& folder, const std::string& below,
                        const std::string& stream) {
        std::error_code code;
        for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
             entry.increment(code)) {
            const auto leaf = entry->path().filename().string();
            if (leaf.starts_with('.') || leaf.starts_with('_')) continue;
            auto name = below;
            if (!name.empty()) name += '/';
            name += leaf;
            if (entry->is_directory(code)) {
                STREAMS_TRY(add_folder(entry->path(), name, stream.empty() ? leaf : stream));
            } else if (entry->is_regular_file(code)) {
                STREAMS_TRY(add(entry->path().string(), name, stream, false));
            }
        }
        if (!code) return {};
        return std::unexpected(system_error(code.value(), "list", folder.string()));
    }

    Result<> add_pattern() {
        glob_t found = {};
        const int code = ::glob(root_.c_str(), 0, nullptr, &found);
        Result<> added;
        for (std::size_t i = 0; code == 0 && added && i < found.gl_pathc; ++i) {
            const std::string path = found.gl_pathv[i];
            if (fs::is_regular_file(path)) added = add(path, path, "", true);
        }
        ::globfree(&found);
        return added;
    }

    // `is_named`: the user said so, it was not just found.
    Result<> add(const std::string& path, const std::string& name, const std::string& stream,
                 bool is_named) {
        const auto format = format_ ? format_ : format_of_file(path);
        if (!format && !is_named) return {};
        if (!format) {
            return std::unexpected(Error{ErrorKind::Config,
                                         "file-format",
                                         "the kind of this file is not known by its name",
                                         path,
                                         {},
                                         "say it: --format csv, jsonl or parquet"});
        }
        struct stat status = {};
        if (::stat(path.c_str(), &status) != 0) {
            return std::unexpected(system_error(errno, "read", path));
        }
        SourceFile file{.path = path,
                        .name = name,
                        .stream = stream_of(path, stream),
                        .format = *format,
                        .compression = compression_of_file(path)};
        file.size = static_cast<std::uint64_t>(status.st_size);
        file.modified = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
        files_.push_back(std::move(file));
        return {};
    }

    std::string stream_of(const std::string& path, const std::string& folder_stream) const {
        if (!stream_.empty()) return stream_;
        if (!folder_stream.empty()) return folder_stream;
        auto name = unpacked_name(fs::path(path).filename().string());
        if (format_of_file(path)) name.resize(name.rfind('.'));
        return name;
    }

    std::string root_;
    std::string stream_;
    std::optional<Format> format_;
    std::vector<SourceFile> files_;
};

}  // namespace

Result<std::vector<SourceFile>> find_source_files(const Settings& settings) {
    return Finder(settings).find();
}

}  // namespace streams::file_source
