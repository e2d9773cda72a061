#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "persisters/sqlite/connection.h"
#include "receipt/row_hash.h"
#include "sql/database.h"
#include "streams/batch.h"
#include "streams/persister.h"

namespace streams::sqlite {

/// Puts the rows of one stream into its table by one prepared statement, values bound straight from
/// the columns of a batch.
class RowWriter final : public sql::TableWriter {
 public:
    /// What every writer of a database shares. All outlive it.
    struct Means {
        sql::Database& database;
        Connection& connection;
        sql::Refusals& refusals;
    };

    /// The stream and the table outlive this.
    static Result<std::unique_ptr<sql::TableWriter>> make(const Means& means, const Stream& stream,
                                                          const sql::OpenTable& table);

    /// **Errors.** Data `time-range`, `row-refused`, `value-too-long`; those of
    /// `Connection::error`.
    Result<> write(const Batch& batch, std::int64_t commit, sql::RowCounts& counts) override;
    Result<> activate(sql::OpenTable& table, std::int64_t version, bool removes,
                      sql::RowCounts& counts) override;
    Result<> finish(sql::RowCounts& /*counts*/) override { return {}; }

 private:
    /// How the values of a column reach their parameter.
    enum class Binding : std::uint8_t {
        Boolean,
        Integer,
        Double,
        Text,
        Blob,
        Timestamp,
        Date,
        Time,
        KeyDecimal,  ///< In canonical form, so that equal numbers are one key.
    };
    using Scratch = std::array<char, 32>;

    RowWriter(const Means& means, Statement statement, RowHasher hasher)
        : database_(&means.database),
          connection_(&means.connection),
          refusals_(&means.refusals),
          statement_(std::move(statement)),
          hasher_(std::move(hasher)) {}

    static Binding binding_of(Type type, bool is_key);
    int bind(std::size_t position, const Column& column, std::size_t row);
    int bind_time(std::size_t position, const Column& column, std::size_t row);
    int bind_row(const Batch& batch, std::size_t row);
    void count(std::int64_t sentinel, std::uint64_t hash, sql::RowCounts& counts);
    Result<> refuse(int code, const Batch& batch, std::size_t row);
    Error error_of(int code, const Batch& batch, std::size_t row) const;

    sql::Database* database_;
    Connection* connection_;
    sql::Refusals* refusals_;
    const Stream* stream_ = nullptr;
    Statement statement_;
    RowHasher hasher_;  // Of the whole table's columns.
    std::string table_;
    std::vector<Binding> bindings_;
    std::vector<Scratch> scratch_;       // Of times, until the statement has run.
    std::vector<std::string> decimals_;  // Of KeyDecimal, likewise.
    std::vector<std::size_t> key_;
    bool is_merged_ = false;
    bool has_commit_column_ = false;
    bool notes_ = false;
};

}  // namespace streams::sqlite
