#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "persisters/duckdb/connection.h"
#include "persisters/duckdb/decimals.h"
#include "persisters/duckdb/staging.h"
#include "sql/database.h"

namespace streams::duckdb {

/// One schema of one DuckDB file. The connection is made when it is needed, and is the lock: as
/// long as it lives no other program can open the file.
class DuckdbDatabase final : public sql::Database {
 public:
    /// `wait`: for a file that another program holds. Without `may_write` it is only read.
    DuckdbDatabase(std::string path, std::string schema, std::chrono::milliseconds wait,
                   bool may_write)
        : path_(std::move(path)), schema_(std::move(schema)), wait_(wait), may_write_(may_write) {}

    const sql::Dialect& dialect() const override;
    const std::string& place() const override { return path_; }

    Result<bool> exists() override;
    Result<> begin() override;
    /// The folder is synced too, where DuckDB may have made its log.
    Result<> commit() override;
    void roll_back() override;
    bool in_transaction() const override { return in_transaction_; }
    std::uint64_t transaction() const override { return transaction_; }
    Result<> scan(std::string_view statement, const OnRow& on_row) override;
    Result<sql::Answer> ask(std::string_view statement,
                            std::initializer_list<sql::Value> values = {}) override;

    Result<std::string> kind_of_object(std::string_view name) override;
    Result<std::vector<sql::PhysicalColumn>> physical_columns(std::string_view table) override;
    Result<std::vector<std::string>> tables() override;

    std::string type_of(const Field& field) const override;
    bool holds(const sql::PhysicalColumn& column, const Field& field) const override;
    std::optional<Field> field_of(const sql::PhysicalColumn& column) const override;
    std::optional<std::string> conversion(const Field& from, const Field& to,
                                          const std::string& column) const override;

    /// There is no index: a table keeps its key unique because all that is merged into it is
    /// unique, and is looked up before.
    Result<> create_table(const sql::TableDefinition& definition) override;
    Result<> change_table(const std::string& table, const sql::TableChange& change) override;
    Result<> ensure_unique_key(const std::string& table,
                               const std::vector<std::string>& key) override;
    Result<> replace_table(const std::string& from, const std::string& to) override;

    Result<std::unique_ptr<sql::TableWriter>> writer(const Stream& stream,
                                                     const sql::OpenTable& table,
                                                     sql::Refusals& refusals) override;

    Result<std::unique_ptr<sql::PipelineLock>> lock(const Context& context,
                                                    std::chrono::milliseconds wait) override;
    Result<> settle() override;

    /// Makes room in a column of a flexible type (decimals.h) for more digits.
    Result<> widen_decimal(const std::string& table, const std::string& column,
                           const Digits& digits);

    Staging& staging() { return staging_; }

    /// Rows of the table were deleted or updated in this transaction.
    void note_changed(const std::string& table) { changed_.insert(table); }

 private:
    using Conversions = std::map<std::string, sql::TableChange::Conversion>;

    Result<> connect(Connection::Access access, std::chrono::milliseconds wait);
    Result<bool> has_schema();
    Result<> convert(const std::string& table, Conversions conversions, const Digits& least);
    Result<> rebuild(const std::string& table, const Conversions& conversions);
    Result<std::string> fitting_type(const std::string& table, const std::string& column,
                                     const sql::TableChange::Conversion& conversion, Digits digits);
    Result<Digits> digits_in(const std::string& table, const std::string& expression);

    std::string path_;
    std::string schema_;
    std::chrono::milliseconds wait_;
    bool may_write_;
    std::unique_ptr<Connection> connection_;
    bool in_transaction_ = false;
    bool is_in_schema_ = false;
    std::uint64_t transaction_ = 0;
    Staging staging_;
    std::set<std::string> changed_;
    std::map<std::string, std::size_t> columns_;  // Of each table that is written.
    std::set<std::string> unique_;                // Tables whose keys were checked.
};

}  // namespace streams::duckdb
