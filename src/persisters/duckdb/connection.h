#pragma once

#include <chrono>
#include <cstdint>
#include <duckdb.h>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "persisters/duckdb/row_source.h"
#include "sql/database.h"
#include "streams/error.h"

namespace streams::duckdb {

class Connection;

/// What DuckDB may take for tables of up to 600 columns.
inline constexpr std::size_t kMemoryBytes = std::size_t{192} << 20;

/// A prepared statement. Lives no longer than its connection.
class Statement {
 public:
    Statement(const Connection& connection, duckdb_prepared_statement statement)
        : connection_(&connection), statement_(statement) {}
    Statement(Statement&& other) noexcept
        : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)) {}
    Statement& operator=(Statement&&) = delete;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { duckdb_destroy_prepare(&statement_); }

    /// To its end; how many rows it changed.
    Result<std::uint64_t> run();
    Result<sql::Answer> ask(std::span<const sql::Value> values);
    Result<> scan(const sql::Database::OnRow& on_row);

    /// Whether `ask` can give every column as it is.
    bool has_plain_columns() const;

 private:
    Error bind(std::span<const sql::Value> values);

    const Connection* connection_;
    duckdb_prepared_statement statement_;
};

/// One DuckDB file, open in this process alone. DuckDB keeps other programs out by a lock of the
/// file for as long as this lives (readers share it with readers).
///
/// **Trap.** Opening and closing the file by any other way in this process would drop that lock.
/// **Threads.** One.
class Connection {
 public:
    enum class Access : std::uint8_t { Read, Change, Create };

    /// Waits up to `wait` for a file that another program holds, and says so once.
    /// **Errors.** See `error`.
    static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access,
                                                    std::chrono::milliseconds wait);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    Result<Statement> prepare(std::string_view text) const;
    Result<sql::Answer> ask(std::string_view text, std::span<const sql::Value> values = {}) const;
    Result<> run(std::string_view text) const;
    /// The first cell of the first row, which are there.
    Result<std::int64_t> integer(std::string_view text) const;

    /// Lets DuckDB take more memory where so many columns are written at a time: each takes some,
    /// however few its rows are.
    Result<> make_room(std::size_t columns);

    /// What `streams_rows()` gives to a statement.
    RowSource& rows() { return rows_; }

    /// What DuckDB's words mean to a person.
    ///
    /// | DuckDB says                     | kind, id                                  |
    /// |---------------------------------|-------------------------------------------|
    /// | a conflicting lock              | Busy `destination-busy`, naming the holder |
    /// | no valid database file          | Config `not-a-database`                   |
    /// | IO, no space left               | Failed `disk-full`                        |
    /// | IO, permission denied           | Failed `read-only`                        |
    /// | IO, cannot open                 | Config `path-unusable`                    |
    /// | other IO                        | Failed `disk-error`                       |
    /// | out of memory                   | Failed `destination-memory`               |
    /// | CONSTRAINT, CONVERSION, RANGE   | Data `row-refused`                        |
    /// | anything else                   | Failed `duckdb`                           |
    Error error(duckdb_error_type type, std::string why) const;

 private:
    explicit Connection(std::string path) : path_(std::move(path)) {}

    std::string try_open(Access access);
    Result<> set_up();

    std::string path_;
    std::size_t memory_ = kMemoryBytes;
    RowSource rows_;  // Outlives the database, which knows it.
    duckdb_database database_ = nullptr;
    duckdb_connection connection_ = nullptr;
};

}  // namespace streams::duckdb
