#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "streamers/file/source_files.h"
#include "streams/error.h"

namespace streams::file_source {

/// How far a file has been read.
struct FileMark {
    std::uint64_t size = 0;      ///< Of the file, when it was read.
    std::int64_t modified = 0;   ///< The same.
    std::uint64_t position = 0;  ///< Bytes, unpacked ones; of Parquet, rows.
    std::uint64_t line = 1;      ///< At the position.
    bool is_whole = false;       ///< It was read to its end.
    std::string print;           ///< Of the bytes in front of the position; of plain files only.
};

/// What `STATE` says.
struct FileState {
    std::map<std::string, FileMark> files;  ///< By SourceFile::name.

    /// By stream and column: a word of ColumnGuess.
    std::map<std::string, std::map<std::string, std::string>> columns;

    /// **Errors.** Config `state-unreadable`.
    static Result<FileState> read(const std::optional<std::string>& state);
    std::string text() const;
};

/// Where to go on with a file.
struct Resumption {
    std::uint64_t position = 0;
    std::uint64_t line = 1;
    bool is_done = false;       ///< Nothing has been added.
    bool is_rewritten = false;  ///< What was read before is not there any more.
};

/// A plain file that has only grown goes on where it ended; any other that has changed begins anew.
Result<Resumption> resumption_of(const SourceFile& file, const FileMark* mark);

/// Of the file's first and last bytes in front of `position`.
Result<std::string> print_of(const std::string& path, std::uint64_t position);

}  // namespace streams::file_source
