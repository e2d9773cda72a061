#pragma once

#include <optional>
#include <string>
#include <vector>

#include "persisters/sqlite/database.h"
#include "streams/schema.h"

namespace streams::sqlite {

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

/// What the database really has.
struct PhysicalColumn {
    std::string name;
    std::string type;  ///< As declared; may be empty.
    bool is_nullable = true;
    std::string fallback;
    bool is_generated = false;
};

/// Whether a table, index, view or trigger has this name: its kind, else empty.
Result<std::string> kind_of_object(const Database& database, std::string_view name);

/// Empty where there is no such table.
Result<std::vector<PhysicalColumn>> physical_columns(const Database& database,
                                                     std::string_view table);

/// Names of columns fold as SQLite folds them.
bool is_same_column(std::string_view one, std::string_view other);
const PhysicalColumn* find_column(const std::vector<PhysicalColumn>& columns,
                                  std::string_view name);
const Field* find_field(const std::vector<Field>& fields, std::string_view column);

/// `_streams_tables` and `_streams_columns`. They need not exist to be read.
class Catalog {
 public:
    explicit Catalog(const Database& database) : database_(database) {}

    Result<> create() const;

    Result<std::optional<TableEntry>> of_stream(std::string_view schema,
                                                std::string_view stream) const;
    Result<std::optional<TableEntry>> of_table(std::string_view table) const;
    Result<std::vector<TableEntry>> all() const;

    Result<> put(const TableEntry& entry) const;
    Result<> forget(std::string_view table) const;

    /// In the order in which they were made. Columns of a later release's words are left out.
    Result<std::vector<Field>> columns(std::string_view table) const;
    Result<> put_columns(const TableEntry& entry, const std::vector<Field>& fields) const;

    /// The columns of `from` are those of `to` from now on.
    Result<> move_columns(std::string_view from, std::string_view to) const;

 private:
    Result<std::vector<TableEntry>> entries(std::string_view where,
                                            std::initializer_list<Value> values) const;
    Result<bool> exists(std::string_view table) const;

    const Database& database_;
};

}  // namespace streams::sqlite
