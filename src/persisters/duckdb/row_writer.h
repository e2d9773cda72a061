#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "persisters/duckdb/duckdb_database.h"
#include "sql/table_writer.h"
#include "streams/persister.h"

namespace streams::duckdb {

/// Puts the rows of one stream into its table by `INSERT ... SELECT * FROM streams_rows()`, or into
/// a staging table, where they are merged or come after an activation of this transaction.
class RowWriter final : public sql::TableWriter {
 public:
    /// All outlive this.
    static Result<std::unique_ptr<sql::TableWriter>> make(DuckdbDatabase& database,
                                                          Connection& connection,
                                                          const Stream& stream,
                                                          const sql::OpenTable& table);

    /// **Errors.** Config `table-adopted`: a column that somebody else made has no room for a
    /// number; those of `Connection::error`.
    Result<> write(const Batch& batch, std::int64_t commit, sql::RowCounts& counts) override;
    Result<> activate(sql::OpenTable& table, std::int64_t version, bool removes,
                      sql::RowCounts& counts) override;
    Result<> finish(sql::RowCounts& counts) override;

 private:
    RowWriter(DuckdbDatabase& database, Connection& connection, const Stream& stream,
              const sql::OpenTable& table)
        : database_(database), connection_(connection), stream_(stream), table_(table) {}

    Result<> learn_columns();
    Result<> make_room(const Batch& batch);
    Result<> append(const Batch& batch, std::int64_t commit);
    Result<> stage(const Batch& batch, std::int64_t commit);
    Result<StagedRows*> staged_rows();
    Result<StagedRows> new_staged_rows() const;
    Result<> insert(const std::string& table, const std::vector<std::string>& columns,
                    const Batch& batch, bool with_hashes);

    DuckdbDatabase& database_;
    Connection& connection_;
    const Stream& stream_;
    const sql::OpenTable& table_;
    std::vector<std::string> types_;  // As DuckDB spells them, of each field's column.
    std::vector<Encoding> encodings_;
    std::optional<Statement> statement_;  // Of the table that rows went into last.
    std::string statement_table_;
};

}  // namespace streams::duckdb
