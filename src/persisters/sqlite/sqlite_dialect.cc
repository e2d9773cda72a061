#include "persisters/sqlite/sqlite_dialect.h"

namespace streams::sqlite {

const sql::Dialect& sqlite_dialect() {
    static const sql::Dialect dialect{
        .name = "sqlite",
        .type_names = {"INTEGER", "INTEGER", "REAL", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT",
                       "BLOB", "TEXT"},
        .columns_max = 2000,
        .name_bytes_max = 0,
        .differs = "IS NOT",
        .now = "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')",
        .has_schemas = false,
        .folds_case = true,
        .reserved_prefixes = {"sqlite_", "_streams_"},
    };
    return dialect;
}

}  // namespace streams::sqlite
