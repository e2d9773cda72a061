#pragma once

#include <memory>
#include <vector>

#include "format/compression.h"
#include "format/decimal_width.h"
#include "format/encoder.h"
#include "streams/schema.h"

namespace streams::parquet_format {

/// One Parquet file of `fields`. Rows of a row group are held packed until it is full: `flush` ends
/// it. Columns of text with few distinct values, as the first batch has them, get a dictionary.
std::unique_ptr<Encoder> make_encoder(const std::vector<Field>& fields,
                                      const std::vector<DecimalWidth>& widths,
                                      Compression compression, ByteSink sink);

}  // namespace streams::parquet_format
