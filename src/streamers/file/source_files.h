#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/compression.h"
#include "streams/error.h"
#include "streams/spec.h"

namespace streams::file_source {

enum class Format : std::uint8_t { Csv, Jsonl, Parquet };

/// A file that is to be read, as it is now.
struct SourceFile {
    std::string path;
    std::string name;  ///< What the state calls it: the path below what was asked for.
    std::string stream;
    Format format = Format::Csv;
    Compression compression = Compression::None;
    std::uint64_t size = 0;
    std::int64_t modified = 0;  ///< Nanoseconds since 1970.
};

/// The files that the settings `path` (a file, a folder, a pattern with `*`, `?`, `[...]`),
/// `format` and `stream` mean, in order.
///
/// A file in a folder below the one that was asked for belongs to the stream of that folder,
/// another file is a stream of its own. Names that begin with `.` or `_` are passed over, and so
/// are files of other kinds in a folder.
///
/// **Errors.** Config `file-missing`, `no-files`, `file-format` (the kind of a file is unknown).
Result<std::vector<SourceFile>> find_source_files(const Settings& settings);

}  // namespace streams::file_source
