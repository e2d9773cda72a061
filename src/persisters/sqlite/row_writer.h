#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "persisters/sqlite/database.h"
#include "persisters/sqlite/open_table.h"
#include "streams/batch.h"
#include "streams/persister.h"

namespace streams::sqlite {

/// How many rows of a stream were written since the last commit, and what that did.
struct RowCounts {
    std::uint64_t rows = 0;
    std::uint64_t new_rows = 0;
    std::uint64_t changed = 0;
    std::uint64_t same = 0;
};

/// Puts the rows of one stream into its table by one prepared statement, values bound straight from
/// the columns of a batch.
class RowWriter {
 public:
    /// `database` outlives this.
    static Result<RowWriter> make(Database& database, const Stream& stream, const OpenTable& table);

    /// `commit` is the number of the commit to come; 0: none, in a bare pipe.
    /// **Errors.** Data `key-null`, `time-range`, `row-refused`, `value-too-long`; those of
    /// `Database::error`.
    Result<> write(const Batch& batch, std::int64_t commit, RowCounts& counts);

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

    RowWriter(Database& database, Statement statement)
        : database_(&database), statement_(std::move(statement)) {}

    static Binding binding_of(Type type, bool is_key);
    Result<> check_keys(const Batch& batch) const;
    int bind(std::size_t position, const Column& column, std::size_t row);
    int bind_time(std::size_t position, const Column& column, std::size_t row);
    int bind_row(const Batch& batch, std::size_t row);
    void count(std::int64_t sentinel, RowCounts& counts) const;
    Error error_of(int code, const Batch& batch, std::size_t row) const;

    Database* database_;
    Statement statement_;
    std::string table_;
    std::vector<Field> fields_;
    std::vector<Binding> bindings_;
    std::vector<Scratch> scratch_;       // Of times, until the statement has run.
    std::vector<std::string> decimals_;  // Of KeyDecimal, likewise.
    std::vector<std::size_t> key_;
    bool is_merged_ = false;
    bool has_commit_column_ = false;
    bool notes_ = false;
};

}  // namespace streams::sqlite
