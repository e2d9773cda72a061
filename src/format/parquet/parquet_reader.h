#pragma once

#include <memory>
#include <string>

#include "format/parquet.h"

namespace streams::parquet_format {

/// A Parquet file as records. Numbers keep every digit, times are texts of RFC 3339 with all of
/// their digits, bytes are base64, nested values are objects and arrays.
///
/// **Errors.** Data `parquet-damaged`; `parquet-type`: a value that JSON does not have (NaN).
Result<std::unique_ptr<ParquetReader>> open_reader(const std::string& path);

}  // namespace streams::parquet_format
