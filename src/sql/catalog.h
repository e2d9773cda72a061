#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/database.h"
#include "streams/schema.h"

namespace streams::sql {

/// Names of columns fold as those of tables do.
const PhysicalColumn* find_column(const Dialect& dialect,
                                  const std::vector<PhysicalColumn>& columns,
                                  std::string_view name);
const Field* find_field(const Dialect& dialect, const std::vector<Field>& fields,
                        std::string_view column);

/// `_streams_tables` and `_streams_columns`. They need not exist to be read.
class Catalog {
 public:
    explicit Catalog(Database& database) : database_(database) {}

    Result<> create() const;

    Result<std::optional<TableEntry>> of_stream(std::string_view schema,
                                                std::string_view stream) const;
    Result<std::optional<TableEntry>> of_table(std::string_view table) const;
    Result<std::vector<TableEntry>> all() const;

    Result<> put(const TableEntry& entry) const;

    /// In the order in which they were made. Columns of a later release's words are left out.
    Result<std::vector<Field>> columns(std::string_view table) const;
    Result<> put_columns(const TableEntry& entry, const std::vector<Field>& fields) const;
    Result<> forget_columns(std::string_view table) const;

    /// The columns of `from` are those of `to` from now on.
    Result<> move_columns(std::string_view from, std::string_view to) const;

 private:
    Result<std::vector<TableEntry>> entries(std::string_view where,
                                            std::initializer_list<Value> values) const;
    Result<bool> exists(std::string_view table) const;

    Database& database_;
};

}  // namespace streams::sql
