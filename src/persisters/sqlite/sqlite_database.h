#pragma once

#include <memory>
#include <string>

#include "persisters/sqlite/connection.h"
#include "sql/database.h"

namespace streams::sqlite {

/// One SQLite file. Its connection is made when it is needed; a transaction holds the file against
/// other writers, so that what was checked at its start (owners, columns) stays true.
class SqliteDatabase final : public sql::Database {
 public:
    /// `wait`: for a file that another program holds. Without `may_write` it is only read.
    SqliteDatabase(std::string path, std::chrono::milliseconds wait, bool may_write)
        : path_(std::move(path)), wait_(wait), may_write_(may_write) {}

    const sql::Dialect& dialect() const override;
    const std::string& place() const override { return path_; }

    Result<bool> exists() override;
    Result<> begin() override;
    Result<> commit() override;
    void roll_back() override;
    bool in_transaction() const override { return in_transaction_; }
    std::uint64_t transaction() const override { return transaction_; }
    Result<> scan(std::string_view statement, const OnRow& on_row) override;
    Result<sql::Answer> ask(std::string_view statement,
                            std::initializer_list<sql::Value> values) override;

    Result<std::string> kind_of_object(std::string_view name) override;
    Result<std::vector<sql::PhysicalColumn>> physical_columns(std::string_view table) override;
    Result<std::vector<std::string>> tables() override;

    bool holds(const sql::PhysicalColumn& column, const Field& field) const override;
    std::optional<Field> field_of(const sql::PhysicalColumn& column) const override;
    std::optional<std::string> conversion(const Field& from, const Field& to,
                                          const std::string& column) const override;

    /// A wider type rewrites the table.
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

 private:
    Result<> connect(Connection::Access access);
    Result<> keep_a_log();

    std::string path_;
    std::chrono::milliseconds wait_;
    bool may_write_;
    std::unique_ptr<Connection> connection_;
    bool is_logged_ = false;
    bool in_transaction_ = false;
    std::uint64_t transaction_ = 0;
};

}  // namespace streams::sqlite
