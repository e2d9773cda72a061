#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/dialect.h"

namespace streams::sql {

/// A column as CREATE TABLE and ALTER TABLE write it.
struct ColumnDefinition {
    std::string name;
    std::string type;  ///< As the database spells it.
    bool is_nullable = true;
    std::string fallback;  ///< The text behind DEFAULT; empty: none.

    bool operator==(const ColumnDefinition&) const = default;
};

struct TableDefinition {
    std::string table;
    std::vector<ColumnDefinition> columns;
    std::vector<std::string> key;  ///< Its primary key; empty: none.
};

std::string create_table(const TableDefinition& definition, bool if_not_exists = false);
std::string add_column(std::string_view table, const ColumnDefinition& column,
                       bool if_not_exists = false);
std::string drop_table(std::string_view table);
std::string rename_table(std::string_view from, std::string_view to);

/// `INSERT INTO table (columns) VALUES ($1, ...)`, in the order of `columns`.
std::string insert_row(std::string_view table, const std::vector<std::string>& columns);

/// How a row of a keyed table meets the one that is there. The names are columns of the table; each
/// is in `columns` unless said otherwise.
struct Upsert {
    std::string table;
    std::vector<std::string> columns;  ///< Written, in the order of the parameters.
    std::vector<std::string> key;
    std::vector<std::string> data;  ///< A row that differs here is another row.
    std::vector<std::string>
        absent;  ///< Data that the stream no longer has: null. Not in `columns`.
    std::vector<std::string> tracked;  ///< Written even where the data is equal: a row's version.
    std::vector<std::string> cleared;  ///< As `absent`, but no data: when the row was deleted.
    std::string sequence;  ///< In `tracked`: a smaller value changes nothing. Empty: none.

    /// A function of one argument that gives it back and notes it, so that a row that was written
    /// for `tracked` alone can be counted as the same. Empty: nothing is noted.
    std::string noting_function;

    /// A condition that is true, asked of `kept` before a row there is replaced. Empty: none.
    std::string leaving;
};

/// Whether the row `excluded` replaces the row `kept` of its key.
std::string replaces(const Dialect& dialect, const Upsert& upsert);

/// `INSERT ... ON CONFLICT (key) DO UPDATE ... WHERE something differs` of one row of parameters.
std::string upsert_row(const Dialect& dialect, const Upsert& upsert);
/// The same of every row that `source` gives: `SELECT ...`, in the order of `columns`. No key may
/// come twice.
std::string upsert_from(const Dialect& dialect, const Upsert& upsert, std::string_view source);

}  // namespace streams::sql
