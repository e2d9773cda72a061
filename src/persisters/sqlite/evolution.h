#pragma once

#include <vector>

#include "persisters/sqlite/catalog.h"
#include "persisters/sqlite/rebuild.h"
#include "sql/statements.h"
#include "streams/schema.h"

namespace streams::sqlite {

/// What has to happen to a table before it can take the rows of a stream.
struct Evolution {
    std::vector<Field> fields;  ///< All columns of the table that are a stream's, afterwards.
    std::vector<sql::ColumnDefinition> added;
    Conversions conversions;
    bool changes_fields = false;
};

/// The column as SQLite is told.
sql::ColumnDefinition definition_of(const Field& field);

/// **Errors.** Data `column-reserved`, `column-name`: a name that SQLite or we cannot give away;
/// Data `column-type-changed`; Config `column-foreign`: a column that somebody else made cannot
/// hold the values; Data `too-many-columns`.
Result<Evolution> plan_evolution(const std::string& table, const std::vector<Field>& known,
                                 const std::vector<PhysicalColumn>& physical, const Stream& stream);

/// The columns of a table that nobody made for a stream, as far as their declared types say what
/// they hold.
std::vector<Field> derived_fields(const std::vector<Field>& known,
                                  const std::vector<PhysicalColumn>& physical);

}  // namespace streams::sqlite
