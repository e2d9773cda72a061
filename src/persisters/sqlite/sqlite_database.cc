#include "persisters/sqlite/sqlite_database.h"

#include <fcntl.h>

#include "base/file.h"
#include "persisters/sqlite/columns.h"
#include "persisters/sqlite/conversion.h"
#include "persisters/sqlite/pipeline_lock.h"
#include "persisters/sqlite/rebuild.h"
#include "persisters/sqlite/row_writer.h"
#include "persisters/sqlite/sqlite_dialect.h"
#include "persisters/sqlite/unique_key.h"

namespace streams::sqlite {

const sql::Dialect& SqliteDatabase::dialect() const {
    return sqlite_dialect();
}

Result<> SqliteDatabase::connect(Connection::Access access) {
    auto opened = Connection::open(path_, access, wait_);
    if (!opened) return std::unexpected(std::move(opened).error());
    STREAMS_TRY(add_conversions(**opened));
    connection_ = *std::move(opened);
    return {};
}

Result<bool> SqliteDatabase::exists() {
    if (connection_ != nullptr) return true;
    if (!file_exists(path_)) return false;
    STREAMS_TRY(connect(may_write_ ? Connection::Access::Change : Connection::Access::Read));
    return true;
}

// With a write-ahead log readers go on while a long transaction is open. Where the file system
// cannot share memory there is none: then the old journal keeps the promise.
Result<> SqliteDatabase::keep_a_log() {
    if (is_logged_) return {};
    const auto mode = connection_->keep_a_log();
    if (!mode) return std::unexpected(mode.error());
    if (*mode != "wal") STREAMS_TRY(connection_->run("PRAGMA synchronous = EXTRA"));
    is_logged_ = true;
    return {};
}

Result<> SqliteDatabase::begin() {
    ensure(may_write_, "a dry run changes nothing");
    if (in_transaction_) return {};
    if (connection_ == nullptr) STREAMS_TRY(connect(Connection::Access::Create));
    STREAMS_TRY(keep_a_log());
    STREAMS_TRY(connection_->run("BEGIN IMMEDIATE"));
    in_transaction_ = true;
    ++transaction_;
    return {};
}

Result<> SqliteDatabase::commit() {
    ensure(in_transaction_, "begin comes before commit");
    STREAMS_TRY(connection_->run("COMMIT"));
    in_transaction_ = false;
    return {};
}

void SqliteDatabase::roll_back() {
    if (!in_transaction_) return;
    // SQLite has rolled back by itself after some errors; then this one says so, and all is well.
    const auto rolled_back = connection_->run("ROLLBACK");
    in_transaction_ = !rolled_back && sqlite3_get_autocommit(connection_->handle()) == 0;
}

Result<sql::Answer> SqliteDatabase::ask(std::string_view statement,
                                        std::initializer_list<sql::Value> values) {
    ensure(connection_ != nullptr, "exists or begin comes before ask");
    auto prepared = connection_->prepare(statement);
    if (!prepared) return std::unexpected(std::move(prepared).error());
    prepared->bind_named(values);
    sql::Answer answer;
    while (true) {
        const auto has_row = prepared->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) break;
        answer.rows.push_back(prepared->cells());
    }
    answer.changed = static_cast<std::uint64_t>(sqlite3_changes64(connection_->handle()));
    return answer;
}

Result<> SqliteDatabase::scan(std::string_view statement, const OnRow& on_row) {
    ensure(connection_ != nullptr, "exists or begin comes before scan");
    auto prepared = connection_->prepare(statement);
    if (!prepared) return std::unexpected(std::move(prepared).error());
    while (true) {
        const auto has_row = prepared->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return {};
        on_row(prepared->cells());
    }
}

Result<std::string> SqliteDatabase::kind_of_object(std::string_view name) {
    return sqlite::kind_of_object(*connection_, name);
}

Result<std::vector<sql::PhysicalColumn>> SqliteDatabase::physical_columns(std::string_view table) {
    return sqlite::physical_columns(*connection_, table);
}

Result<std::vector<std::string>> SqliteDatabase::tables() {
    const auto rows = ask(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' "
        "ORDER BY name",
        {});
    if (!rows) return std::unexpected(rows.error());
    return rows->texts(0);
}

bool SqliteDatabase::holds(const sql::PhysicalColumn& column, const Field& field) const {
    return sqlite::holds(column, field.type);
}

std::optional<Field> SqliteDatabase::field_of(const sql::PhysicalColumn& column) const {
    return sqlite::field_of(column);
}

std::optional<std::string> SqliteDatabase::conversion(const Field& from, const Field& to,
                                                      const std::string& column) const {
    return sqlite::conversion(from.type, to.type, column);
}

Result<> SqliteDatabase::change_table(const std::string& table, const sql::TableChange& change) {
    if (!change.conversions.empty()) return rebuild_table(*connection_, table, change);
    for (const auto& column : change.added) {
        STREAMS_TRY(connection_->run(sql::add_column(table, column)));
    }
    return {};
}

Result<> SqliteDatabase::ensure_unique_key(const std::string& table,
                                           const std::vector<std::string>& key) {
    return sqlite::ensure_unique_key(*connection_, table, key);
}

Result<> SqliteDatabase::replace_table(const std::string& from, const std::string& to) {
    return sqlite::replace_table(*connection_, from, to);
}

Result<std::unique_ptr<sql::TableWriter>> SqliteDatabase::writer(const Stream& stream,
                                                                 const sql::OpenTable& table,
                                                                 sql::Refusals& refusals) {
    return RowWriter::make({*this, *connection_, refusals}, stream, table);
}

Result<std::unique_ptr<sql::PipelineLock>> SqliteDatabase::lock(const Context& context,
                                                                std::chrono::milliseconds wait) {
    return FileLock::take(path_, context, wait);
}

// A commit of a run that was killed before its fsync can be read and is not yet durable.
Result<> SqliteDatabase::settle() {
    const auto log = path_ + "-wal";
    if (!file_exists(log)) return {};
    const auto file = open_file(log, O_RDONLY);
    if (!file) return std::unexpected(file.error());
    return fsync_file(file->get(), log);
}

}  // namespace streams::sqlite
