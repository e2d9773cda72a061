#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sql/statements.h"
#include "streams/schema.h"

namespace streams::sql {

/// A row of `_streams_tables`: whose a table is.
struct TableEntry {
    std::string table;
    std::string stream;
    std::string schema;
    std::string pipeline;  ///< Empty: made by bare pipes.
    std::vector<std::string> keys;
    Load load = Load::Append;
    bool is_made = true;  ///< By us; else adopted.
};

/// A column that the database really has.
struct PhysicalColumn {
    std::string name;
    std::string type;  ///< As the database spells it; may be empty.
    bool is_nullable = true;
    std::string fallback;
    bool is_generated = false;
};

/// What has to happen to a table before it can take the rows of a stream.
struct TableChange {
    /// A column's new type, and how its stored values become ones of that type.
    struct Conversion {
        std::string type;
        std::string expression;
    };
    std::vector<ColumnDefinition> added;
    std::map<std::string, Conversion> conversions;  ///< By the column's name in the table.

    bool empty() const { return added.empty() && conversions.empty(); }
};

/// A table that is ready for rows of a stream.
struct OpenTable {
    TableEntry entry;           ///< The table that the stream has, or will have.
    std::string target;         ///< Where rows go: that table, or the hidden one of a whole load.
    std::vector<Field> fields;  ///< Every column of the target that is a stream's.
    bool is_created = false;
    bool is_merged = false;  ///< By key.
    bool has_commit_column = false;
    bool has_deleted_column = false;  ///< One of ours, beside the stream's fields.

    bool is_hidden() const { return target != entry.table; }
};

}  // namespace streams::sql
