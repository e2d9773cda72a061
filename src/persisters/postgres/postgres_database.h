#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "persisters/postgres/connection.h"
#include "persisters/postgres/stage.h"
#include "sql/database.h"

namespace streams::postgres {

/// One schema of one PostgreSQL database.
///
/// A table that others can see is changed only at the commit, under a lock that is waited for in
/// short turns, so that no reader waits longer than a commit; until then its rows are staged.
/// All settings are local to a transaction: behind a pooler the next one may have another session.
class PostgresDatabase final : public sql::Database {
 public:
    PostgresDatabase(Address address, std::string schema, std::chrono::milliseconds wait)
        : address_(std::move(address)),
          place_(place_of(address_)),
          schema_(std::move(schema)),
          wait_(wait) {}

    /// Connects; without a schema of its own takes the one that the server gives the user.
    Result<> connect();
    /// After `connect`.
    const std::string& schema() const { return schema_; }

    const sql::Dialect& dialect() const override;
    const std::string& place() const override { return place_; }

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

    Result<> create_table(const sql::TableDefinition& definition) override;
    Result<> change_table(const std::string& table, const sql::TableChange& change) override;
    Result<> ensure_unique_key(const std::string& table,
                               const std::vector<std::string>& key) override;
    /// Empties `to` and fills it, so that views of it live.
    Result<> replace_table(const std::string& from, const std::string& to) override;

    Result<std::unique_ptr<sql::TableWriter>> writer(const Stream& stream,
                                                     const sql::OpenTable& table,
                                                     sql::Refusals& refusals) override;
    Result<std::unique_ptr<sql::PipelineLock>> lock(const Context& context,
                                                    std::chrono::milliseconds wait) override;

    /// Whether the table waits for a change at the commit.
    bool is_pending(const std::string& table) const { return pending_.contains(table); }
    /// Does it.
    Result<> change_now(const std::string& table);

    /// The table's stage; null: it has none in this transaction.
    Stage* find_stage(const std::string& table);
    /// With `with_lines` its rows keep the lines that they came from.
    Result<Stage*> stage_for(const sql::OpenTable& table, bool with_lines);
    Result<> drop_stage(const std::string& table);

    Connection& connection() { return *connection_; }

 private:
    Result<> fetch(std::string_view statement, const OnRow& on_row);
    /// What a table needs before rows can go into it.
    struct Pending {
        sql::TableChange change;
        std::vector<std::string> unique_key;
    };

    Result<> begin_local();
    Result<> make_schema();
    Result<> guard_creation();
    void forget_transaction();
    bool is_private(const std::string& table) const;
    Result<> lock_table(const std::string& table);
    Result<bool> try_lock_table(const std::string& table);
    Result<std::string> holder_of(const std::string& table);
    Result<> alter(const std::string& table, const sql::TableChange& change);
    Result<> add_unique_index(const std::string& table, const std::vector<std::string>& key);
    Result<bool> has_unique_index(const std::string& table, const std::vector<std::string>& key);
    Result<std::vector<sql::PhysicalColumn>> read_columns(std::string_view table);
    Result<> make_alike(const std::string& from, const std::string& to);
    Result<> drop_keys(const std::string& table);
    Result<std::vector<std::string>> primary_key(const std::string& table);

    Address address_;
    std::string place_;
    std::string schema_;
    std::chrono::milliseconds wait_;
    std::unique_ptr<Connection> connection_;
    bool in_transaction_ = false;
    std::uint64_t transaction_ = 0;

    // Of the open transaction.
    std::set<std::string> created_;
    std::map<std::string, Pending> pending_;
    std::map<std::string, Stage> stages_;
    int stage_number_ = 0;
};

}  // namespace streams::postgres
