#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sql/dialect.h"

namespace streams::sql {

/// FNV-1a, 64 bits: short, stable over releases, for names only.
std::uint64_t name_hash(std::string_view text);

/// Whether the two name one table, or one column.
bool is_same_name(const Dialect& dialect, std::string_view one, std::string_view other);

/// Whether a table of a stream may have this name: long enough, short enough, without NUL, and not
/// of the database's or our own.
bool can_hold_table(const Dialect& dialect, std::string_view name);

/// The table of `stream`: its own name wherever the database can hold it, behind `SCHEMA__` where
/// there are no schemas; else `distinct_table_name`.
std::string table_name(const Dialect& dialect, std::string_view schema, std::string_view stream);

/// As much of the name as fits and a hash of the whole: for a name that the database cannot hold,
/// or one that is another stream's already (`Orders` and `orders`).
std::string distinct_table_name(const Dialect& dialect, std::string_view schema,
                                std::string_view stream);

}  // namespace streams::sql
