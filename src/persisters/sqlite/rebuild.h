#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "persisters/sqlite/catalog.h"
#include "persisters/sqlite/database.h"
#include "sql/statements.h"

namespace streams::sqlite {

/// Some columns of a table, each with its new definition and how its values become new ones.
struct Conversions {
    struct Target {
        std::string type;
        std::string expression;
    };
    std::map<std::string, Target> columns;  ///< By the name that the table has.

    bool empty() const { return columns.empty(); }
};

/// Writes the table anew with other types, in the open transaction; indexes and triggers come back.
/// `added` columns come last.
/// **Errors.** Config `table-generated`: a generated column cannot be copied; Data
/// `widening-inexact`: a stored value has no equal in the new type.
Result<> rebuild_table(const Database& database, const std::string& table,
                       const Conversions& conversions,
                       const std::vector<sql::ColumnDefinition>& added);

/// Puts the table `from` in the place of `to`, which need not exist; indexes and triggers of `to`
/// that still fit come back.
Result<> replace_table(const Database& database, const std::string& from, const std::string& to);

}  // namespace streams::sqlite
