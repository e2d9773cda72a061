#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "format/compression.h"
#include "format/csv.h"
#include "format/parquet.h"
#include "persisters/file/partition.h"
#include "streams/spec.h"

namespace streams::file {

enum class Format : std::uint8_t { Jsonl, Csv, Parquet };

/// How the files of a run look.
struct FileStyle {
    Format format = Format::Jsonl;
    Compression compression = Compression::None;
    CsvStyle csv;
    std::vector<PartitionTerm> partition;
    ParquetModule parquet;  ///< Only of that format.
    std::size_t memory = std::size_t{128} << 20;
    bool is_frozen = false;  ///< The journal has to remember the columns of JSON lines too.

    /// `.jsonl`, `.csv.gz`, `.parquet`: what names end in.
    std::string ending() const;

    bool takes_columns() const {
        return format != Format::Jsonl || !partition.empty() || is_frozen;
    }
    bool takes_records() const { return format == Format::Jsonl; }
};

/// The settings of all formats; `format` is the one that files have by default.
Spec spec_of(const std::string& program, const std::string& format);

/// **Errors.** Config `setting-value`, `format-missing` (Parquet is not installed).
Result<FileStyle> style_of(const Settings& settings, std::size_t memory);

}  // namespace streams::file
