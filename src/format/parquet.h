#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "format/compression.h"
#include "format/decimal_width.h"
#include "format/encoder.h"
#include "streams/error.h"
#include "streams/schema.h"

namespace streams {

/// A Parquet file, read as records. Destroyed before the module's program ends.
class ParquetReader {
 public:
    ParquetReader() = default;
    ParquetReader(const ParquetReader&) = delete;
    ParquetReader& operator=(const ParquetReader&) = delete;
    virtual ~ParquetReader() = default;

    /// The JSON Schema of the records.
    virtual const std::string& schema() const = 0;
    virtual std::uint64_t rows() const = 0;

    /// Goes to row `row`, counted from 0.
    virtual Result<> seek(std::uint64_t row) = 0;

    /// The next records, each an object on one line; none at the end.
    virtual Result<std::vector<std::string>> next() = 0;
};

/// What the library for Parquet offers: a shared object, because to link Apache Arrow costs a start
/// 13 ms and 17 MB that no other format should pay.
struct ParquetModule {
    const char* version = nullptr;  ///< Of the build; another one's is refused.

    /// `widths` has one for each of `fields`. Times are of microseconds in UTC; a decimal without
    /// room is text. `group_bytes`: of the rows that a file holds back, at most.
    std::unique_ptr<Encoder> (*make_encoder)(const std::vector<Field>& fields,
                                             const std::vector<DecimalWidth>& widths,
                                             Compression compression, std::size_t group_bytes,
                                             ByteSink sink) = nullptr;

    /// **Errors.** Those of opening; Data `parquet-damaged`, `parquet-type`.
    Result<std::unique_ptr<ParquetReader>> (*open)(const std::string& path) = nullptr;
};

/// Loads it from `../lib/streams` beside this program; it stays until the program ends.
/// **Errors.** Config `format-missing`.
Result<ParquetModule> load_parquet();

}  // namespace streams
