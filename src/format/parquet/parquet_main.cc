#include "format/parquet.h"
#include "format/parquet/parquet_encoder.h"
#include "format/parquet/parquet_reader.h"

/// What format/load_parquet.cc looks for.
extern "C" const streams::ParquetModule kStreamsParquet = {
    .version = STREAMS_VERSION,
    .make_encoder = streams::parquet_format::make_encoder,
    .open = streams::parquet_format::open_reader,
};
