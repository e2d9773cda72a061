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

/// `batch` as Arrow sees it. Columns that lie in memory as Arrow has them are not copied, so
/// `batch` outlives the answer.
arrow::Result<std::shared_ptr<const arrow::RecordBatch>> arrow_batch(
    const Batch& batch, const std::shared_ptr<const arrow::Schema>& schema);

}  // namespace streams::parquet_format
