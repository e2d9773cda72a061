#pragma once

#include "sql/dialect.h"

namespace streams::sqlite {

/// Only INTEGER, REAL, TEXT and BLOB are declared: any other type rounds (`9223372036854775808` in
/// an INTEGER column becomes a double), and times, decimals and JSON are text.
const sql::Dialect& sqlite_dialect();

}  // namespace streams::sqlite
