#include "persisters/postgres/postgres_dialect.h"

namespace streams::postgres {

const sql::Dialect& postgres_dialect() {
    static const sql::Dialect dialect{
        .name = "PostgreSQL",
        .type_names = {"boolean", "bigint", "double precision", "numeric", "text",
                       "timestamp with time zone", "date", "time without time zone", "uuid",
                       "bytea", "jsonb"},
        .columns_max =
            1597,  // PostgreSQL's own is 1600: staged rows have a number, a hash, their line.
        .name_bytes_max = 63,
        .has_schemas = true,
        .adds_if_not_exists = true,
        .folds_case = false,
        .reserved_prefixes = {"pg_", "_streams_"},
        .row_hashes = RowHashes::Values,
    };
    return dialect;
}

}  // namespace streams::postgres
