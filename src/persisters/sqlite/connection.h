#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "receipt/row_hash.h"
#include "sql/database.h"
#include "streams/error.h"

namespace streams::sqlite {

class Connection;
using sql::Value;

/// A prepared statement. Its `Connection` outlives it. What is bound lives until it is reset.
class Statement {
 public:
    Statement() = default;
    Statement(const Connection& connection, sqlite3_stmt* handle)
        : connection_(&connection), handle_(handle) {}

    sqlite3_stmt* get() const { return handle_.get(); }

    /// Binds parameters 1, 2, ...
    void bind(std::initializer_list<Value> values);
    /// Binds `$1`, `$2`, ..., in whatever order the statement has them.
    void bind_named(std::initializer_list<Value> values);
    /// True: there is a row to be read.
    Result<bool> step();
    void reset() { sqlite3_reset(get()); }

    std::string text(int column) const;  ///< NULL is empty.
    std::int64_t integer(int column) const { return sqlite3_column_int64(get(), column); }
    /// The whole row as people see it: bytes as `x'00ff'`, doubles in their shortest form.
    std::vector<std::optional<std::string>> cells() const;

 private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
    };
    const Connection* connection_ = nullptr;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// One connection to one database file.
///
/// **Threads.** One.
class Connection {
 public:
    enum class Access : std::uint8_t {
        Read,    ///< The file exists and is only read.
        Change,  ///< The file exists.
        Create,  ///< The file is made if it does not exist.
    };

    /// Waits up to `wait`, whenever another program holds the file, and says so once.
    /// **Errors.** Config `path-unusable`, `not-a-database`; those of `error`.
    static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access,
                                                    std::chrono::milliseconds wait);

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() = default;

    sqlite3* handle() const { return handle_.get(); }
    const std::string& path() const { return path_; }

    Result<Statement> prepare(std::string_view sql) const;

    /// One statement, to its end; rows are passed over.
    Result<> run(std::string_view sql, std::initializer_list<Value> values = {}) const;

    /// The first cell of the first row; `otherwise` without a row.
    Result<std::int64_t> integer(std::string_view sql, std::initializer_list<Value> values,
                                 std::int64_t otherwise) const;
    Result<std::string> text(std::string_view sql, std::initializer_list<Value> values) const;

    /// Moves the file to a write-ahead log where it can have one, and says which journal it has:
    /// `wal`. SQLite asks no busy handler while two connections do that at once; so this waits.
    Result<std::string> keep_a_log() const;

    /// Of the call that failed last.
    ///
    /// | SQLite says             | kind, id                                       |
    /// |-------------------------|------------------------------------------------|
    /// | BUSY, LOCKED            | Busy `destination-busy`, naming the holder      |
    /// | FULL, IOERR with no room| Failed `disk-full`                              |
    /// | other IOERR             | Failed `disk-error`                             |
    /// | READONLY, PERM          | Failed `read-only`                              |
    /// | CANTOPEN                | Config `path-unusable`                          |
    /// | NOTADB                  | Config `not-a-database`                         |
    /// | CORRUPT                 | Failed `database-damaged`                       |
    /// | TOOBIG                  | Data `value-too-long`                           |
    /// | CONSTRAINT, MISMATCH    | Data `row-refused`                              |
    /// | anything else           | Failed `sqlite`                                 |
    Error error() const;

    /// What the SQL function `streams_note` was given last. It gives its argument back.
    bool noted() const { return noted_; }

    /// Whose rows the SQL function `streams_left` is given next; null: none are hashed.
    void hash_left(const RowHasher* hasher) { left_.hasher = hasher; }
    /// The hash of the row that it was given since the last call of this.
    std::uint64_t take_left() { return RowHasher::whole(std::exchange(left_.sum, 0)); }

    /// The longest value or row, in bytes. SQLite's own limit is 1 000 000 000.
    void limit_length(int bytes) { sqlite3_limit(handle(), SQLITE_LIMIT_LENGTH, bytes); }

 private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close(handle); }
    };
    /// What the busy handler knows.
    struct Waiting {
        std::string path;
        std::chrono::milliseconds wait;
        std::chrono::steady_clock::time_point since;
        bool is_told = false;
    };

    /// A row that is about to be replaced.
    struct Left {
        const RowHasher* hasher = nullptr;
        std::uint64_t sum = 0;
    };

    Connection(std::string path, std::chrono::milliseconds wait);

    static int wait_for_others(void* waiting, int calls);
    static void leave(sqlite3_context* context, int count, sqlite3_value** values);
    static void note(sqlite3_context* context, int count, sqlite3_value** values);
    Result<> set_up();
    Error busy() const;
    Error disk(int code) const;

    std::string path_;
    Waiting waiting_;
    bool noted_ = false;
    Left left_;
    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace streams::sqlite
