#pragma once

#include <optional>
#include <string>

#include "streams/schema.h"

namespace streams::postgres {

/// How a stored value of type `from` becomes one of type `to`: an expression over the quoted
/// column, in a session whose time zone is UTC. Numbers go through their shortest text, never by
/// PostgreSQL's own cast of a double, which cuts digits. The same pairs as in SQLite.
std::optional<std::string> conversion(Type from, Type to, const std::string& column);

}  // namespace streams::postgres
