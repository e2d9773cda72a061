#pragma once

#include <string>

#include "persisters/sqlite/connection.h"
#include "sql/table.h"

namespace streams::sqlite {

/// Writes the table anew with other types, in the open transaction; indexes and triggers come back.
/// Added columns come last.
/// **Errors.** Config `table-generated`: a generated column cannot be copied; Data
/// `widening-inexact`: a stored value has no equal in the new type.
Result<> rebuild_table(const Connection& connection, const std::string& table,
                       const sql::TableChange& change);

/// Puts the table `from` in the place of `to`, which need not exist; indexes and triggers of `to`
/// that still fit come back.
Result<> replace_table(const Connection& connection, const std::string& from,
                       const std::string& to);

}  // namespace streams::sqlite
