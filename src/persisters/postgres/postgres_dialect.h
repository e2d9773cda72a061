#pragma once

#include "sql/dialect.h"

namespace streams::postgres {

/// Types are spelled as `format_type` gives them back.
const sql::Dialect& postgres_dialect();

}  // namespace streams::postgres
