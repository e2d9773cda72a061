#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "persisters/sqlite/database.h"
#include "streams/persister.h"

namespace streams::sqlite {

/// The connection of one persister, made when it is needed, and its transaction.
///
/// A transaction begins with the first change and holds the file against other writers until the
/// commit, so that what was checked at its start (owners, columns) stays true.
class Session {
 public:
    Session(std::string path, Context context)
        : path_(std::move(path)), context_(std::move(context)) {}

    const std::string& path() const { return path_; }
    const Context& context() const { return context_; }

    /// For reading. Null: there is no file yet. Owned by this object.
    Result<Database*> existing();

    /// Begins a transaction unless one is open; makes the file.
    Result<Database*> begin();
    bool in_transaction() const { return in_transaction_; }
    /// Rises with every transaction; 0 before the first.
    std::uint64_t transaction() const { return transaction_; }

    Result<> commit();
    /// Discards what was changed since `begin`.
    void roll_back();

 private:
    Result<> connect(Database::Access access);
    Result<> keep_a_log();

    std::string path_;
    Context context_;
    std::unique_ptr<Database> database_;
    bool is_logged_ = false;
    bool in_transaction_ = false;
    std::uint64_t transaction_ = 0;
};

}  // namespace streams::sqlite
