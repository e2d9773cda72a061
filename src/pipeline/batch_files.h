#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "streams/error.h"

namespace streams {

/// The files that BATCH messages name: local files below folders that were allowed, JSON lines
/// (gzip, zstd or not) and Parquet. Nothing else is opened, and no file is changed or removed.
class BatchFiles {
 public:
    /// A RECORD line, with the spare bytes that a parser wants, the file that it stood in, and
    /// where: a line, or a row of Parquet, counted from 1.
    using Take = std::function<Result<>(std::string_view line, const std::string& file,
                                        std::uint64_t number)>;

    /// `roots` are the folders. A record is at most `record_bytes_max` long.
    BatchFiles(std::vector<std::string> roots, std::size_t record_bytes_max)
        : roots_(std::move(roots)), record_bytes_max_(record_bytes_max) {}

    /// Hands all records of the message `line` to `take`, in order.
    ///
    /// **Errors.** Data: `batch-message` (no folder is allowed, or the file is below none of them),
    /// `batch-encoding`, `batch-manifest`, `batch-record`; those of reading files; what `take`
    /// answered.
    Result<> read(std::string_view line, const Take& take) const;

 private:
    Result<Descriptor> open(const std::string& url) const;

    std::vector<std::string> roots_;
    std::size_t record_bytes_max_;
};

}  // namespace streams
