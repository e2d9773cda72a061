#pragma once

#include <optional>
#include <string>

#include "persisters/sqlite/connection.h"
#include "streams/schema.h"

namespace streams::sqlite {

/// How a stored value of type `from` becomes one of type `to`: an expression over the quoted
/// column; the column itself where both are stored alike. None: a column is never changed so.
///
/// | from                          | to                  |
/// |-------------------------------|---------------------|
/// | Integer                       | Double, if exact    |
/// | Integer, Double               | Decimal, Text, Json |
/// | Boolean                       | Text, Json          |
/// | Decimal                       | Text, Json          |
/// | Date                          | Timestamp           |
/// | Timestamp, Date, Time, Uuid   | Text, Json          |
/// | Text                          | Json                |
/// | Binary, as base64             | Text, Json          |
std::optional<std::string> conversion(Type from, Type to, const std::string& column);

/// Makes the functions known that `conversion` uses: numbers become their shortest text, never by
/// SQLite's own cast, which keeps 15 digits of a double.
Result<> add_conversions(const Connection& connection);

}  // namespace streams::sqlite
