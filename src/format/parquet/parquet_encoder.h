#pragma once

#include <memory>
#include <vector>

#include "format/compression.h"
#include "format/decimal_width.h"
#include "format/encoder.h"
#include "streams/schema.h"

namespace streams::parquet_format {

/// One Parquet file of `fields`. Rows are held as they came up to `group_bytes`, or to a `flush`;
/// then they are a row group. Columns of text with few distinct values in the first one get a
/// dictionary.
std::unique_ptr<Encoder> make_encoder(const std::vector<Field>& fields,
                                      const std::vector<DecimalWidth>& widths,
                                      Compression compression, std::size_t group_bytes,
                                      ByteSink sink);

}  // namespace streams::parquet_format
