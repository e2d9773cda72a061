#pragma once

#include <arrow/api.h>
#include <string>

namespace streams::parquet_format {

/// The JSON Schema of values of `type`.
std::string schema_of(const arrow::DataType& type);

/// Appends the value of `array` at `row` as JSON.
/// **Errors.** Invalid: JSON has no such value.
arrow::Status append_value(const arrow::Array& array, std::int64_t row, std::string& to);

/// Appends `text` as a JSON string.
void append_string(std::string_view text, std::string& to);

}  // namespace streams::parquet_format
