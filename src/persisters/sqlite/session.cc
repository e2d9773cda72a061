#include "persisters/sqlite/session.h"

#include "base/file.h"
#include "persisters/sqlite/conversion.h"

namespace streams::sqlite {

Result<> Session::connect(Database::Access access) {
    auto opened = Database::open(path_, access, context_.wait);
    if (!opened) return std::unexpected(std::move(opened).error());
    STREAMS_TRY(add_conversions(**opened));
    database_ = *std::move(opened);
    return {};
}

Result<Database*> Session::existing() {
    if (database_ != nullptr) return database_.get();
    if (!file_exists(path_)) return nullptr;
    STREAMS_TRY(connect(context_.dry_run ? Database::Access::Read : Database::Access::Change));
    return database_.get();
}

// With a write-ahead log readers go on while a long transaction is open. Where the file system
// cannot share memory there is none: then the old journal keeps the promise.
Result<> Session::keep_a_log() {
    if (is_logged_) return {};
    const auto mode = database_->text("PRAGMA journal_mode = WAL", {});
    if (!mode) return std::unexpected(mode.error());
    if (*mode != "wal") STREAMS_TRY(database_->run("PRAGMA synchronous = EXTRA"));
    is_logged_ = true;
    return {};
}

Result<Database*> Session::begin() {
    ensure(!context_.dry_run, "a dry run changes nothing");
    if (in_transaction_) return database_.get();
    if (database_ == nullptr) STREAMS_TRY(connect(Database::Access::Create));
    STREAMS_TRY(keep_a_log());
    STREAMS_TRY(database_->run("BEGIN IMMEDIATE"));
    in_transaction_ = true;
    ++transaction_;
    return database_.get();
}

Result<> Session::commit() {
    ensure(in_transaction_, "begin comes before commit");
    STREAMS_TRY(database_->run("COMMIT"));
    in_transaction_ = false;
    return {};
}

void Session::roll_back() {
    if (!in_transaction_) return;
    // SQLite has rolled back by itself after some errors; then this one says so, and all is well.
    const auto rolled_back = database_->run("ROLLBACK");
    in_transaction_ = !rolled_back && sqlite3_get_autocommit(database_->handle()) == 0;
}

}  // namespace streams::sqlite
