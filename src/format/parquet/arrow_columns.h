#pragma once

#include <arrow/api.h>
#include <vector>

#include "format/decimal_width.h"
#include "streams/batch.h"
#include "streams/schema.h"

namespace streams::parquet_format {

/// The Arrow type of a column.
std::shared_ptr<const arrow::DataType> arrow_type(const Field& field, const DecimalWidth& width);

/// The schema of `fields`; every column may be null.
std::shared_ptr<const arrow::Schema> arrow_schema(const std::vector<Field>& fields,
                                                  const std::vector<DecimalWidth>& widths);

/// `column` as Arrow sees it. A column that lies in memory as Arrow has it is not copied, so
/// `column` outlives the answer.
arrow::Result<std::shared_ptr<const arrow::Array>> arrow_column(
    const Column& column, const std::shared_ptr<const arrow::DataType>& type);

}  // namespace streams::parquet_format
