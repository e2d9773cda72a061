#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "format/byte_input.h"
#include "streamers/file/column_guess.h"
#include "streamers/file/source_files.h"
#include "streams/error.h"
#include "streams/spec.h"

namespace streams::file_source {

/// How CSV is read.
struct CsvOptions {
    char delimiter = '\0';  ///< None: guessed by the first line.
    bool has_header = true;
    std::string null_text;  ///< Unquoted; an empty cell without quotes is null.
};

/// The columns of a stream of CSV files.
struct Columns {
    std::vector<std::string> names;  ///< In the order in which they were found.
    std::map<std::string, ColumnGuess> guesses;

    std::string schema() const;
};

/// One file, read record by record.
class RecordSource {
 public:
    RecordSource() = default;
    RecordSource(const RecordSource&) = delete;
    RecordSource& operator=(const RecordSource&) = delete;
    virtual ~RecordSource() = default;

    virtual const std::string& schema() const = 0;

    /// The next record, a JSON object on one line; empty at the end. Valid until the next call.
    /// **Errors.** Data, with `where` as FILE:LINE.
    virtual Result<std::string_view> next() = 0;

    /// Behind the last record, as FileMark has it.
    virtual std::uint64_t position() const = 0;
    virtual std::uint64_t line() const = 0;
};

/// Adds what a CSV file holds behind `from` to `columns`.
Result<> guess_columns(const SourceFile& file, const CsvOptions& options, std::uint64_t from,
                       Columns& columns);

/// Both begin at `from`, which is a position and a line. `columns` outlives the answer.
Result<std::unique_ptr<RecordSource>> open_csv(const SourceFile& file, const CsvOptions& options,
                                               std::uint64_t from, std::uint64_t line,
                                               const Columns& columns);
Result<std::unique_ptr<RecordSource>> open_jsonl(const SourceFile& file, std::uint64_t from,
                                                 std::uint64_t line);
Result<std::unique_ptr<RecordSource>> open_parquet(const SourceFile& file, std::uint64_t from);

}  // namespace streams::file_source
