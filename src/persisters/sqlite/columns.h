#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "persisters/sqlite/connection.h"
#include "sql/table.h"

namespace streams::sqlite {

/// Whether a table, index, view or trigger has this name: its kind, else empty.
Result<std::string> kind_of_object(const Connection& connection, std::string_view name);

/// Empty where there is no such table.
Result<std::vector<sql::PhysicalColumn>> physical_columns(const Connection& connection,
                                                          std::string_view table);

/// Names of columns fold as SQLite folds them.
bool is_same_column(std::string_view one, std::string_view other);

/// Whether every value of `type` comes back from the column as it went in: text that looks like a
/// number does not survive a numeric column, and long whole numbers no REAL one.
bool holds(const sql::PhysicalColumn& column, Type type);

/// What a column that somebody else made can serve; none if its type does not say.
std::optional<Field> field_of(const sql::PhysicalColumn& column);

}  // namespace streams::sqlite
