#pragma once

#include <vector>

#include "sql/catalog.h"
#include "streams/schema.h"

namespace streams::sql {

/// What has to happen to a table, and what it is afterwards.
struct Evolution {
    std::vector<Field> fields;  ///< All columns of the table that are a stream's, afterwards.
    TableChange change;
    bool changes_fields = false;
};

/// `known` are the columns that `_streams_columns` tells of, `physical` those that are there.
/// **Errors.** Data `column-reserved`, `column-name`: a name that the database or we cannot give
/// away; Data `column-type-changed`; Config `column-foreign`: a column that somebody else made
/// cannot hold the values; Data `too-many-columns`.
Result<Evolution> plan_evolution(const Database& database, const std::string& table,
                                 const std::vector<Field>& known,
                                 const std::vector<PhysicalColumn>& physical, const Stream& stream);

/// The columns of a table that nobody made for a stream, as far as their declared types say what
/// they hold.
std::vector<Field> derived_fields(const Database& database, const std::vector<Field>& known,
                                  const std::vector<PhysicalColumn>& physical);

}  // namespace streams::sql
