#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sql/database.h"
#include "sql/dialect.h"

namespace streams::duckdb {

const sql::Dialect& dialect();

/// What a conversion says of a value that has no equal in the new type.
inline constexpr std::string_view kInexact = "a whole number has no double that is equal";

/// The type of a column that is made for the field.
std::string type_of(const Field& field);

/// Whether every value of the field comes back from the column as it went in.
bool holds(const sql::PhysicalColumn& column, const Field& field);

/// The field that a column made by somebody else can serve; none if its type does not say.
std::optional<Field> field_of(const sql::PhysicalColumn& column);

/// How a stored value of `from` becomes one of `to`: an expression over the quoted column; the
/// column itself where both are stored alike. None: a column is never changed so.
///
/// | from                          | to                        |
/// |-------------------------------|---------------------------|
/// | Integer                       | Double, if exact          |
/// | Integer, Double, Decimal      | Decimal, Text, Json       |
/// | Boolean                       | Text, Json                |
/// | Date                          | Timestamp                 |
/// | Timestamp, Date, Time, Uuid   | Text, Json                |
/// | Text                          | Json                      |
/// | Binary, as base64             | Text, Json                |
///
/// What becomes a Decimal is given as text in canonical form.
std::optional<std::string> conversion(const Field& from, const Field& to,
                                      const std::string& column);

/// The column's number as text in canonical form.
std::string decimal_text(const std::string& column);

}  // namespace streams::duckdb
