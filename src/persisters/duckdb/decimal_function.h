#pragma once

#include <duckdb.h>

namespace streams::duckdb {

/// Makes `streams_decimal(text)` known to the connection: a number's text in canonical form, which
/// DuckDB's own casts do not give. False if it cannot be made.
bool add_decimal_function(duckdb_connection connection);

}  // namespace streams::duckdb
