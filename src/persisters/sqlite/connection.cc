#include "persisters/sqlite/connection.h"

#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "http/base64.h"
#include "persisters/sqlite/holder.h"

namespace streams::sqlite {
namespace {

constexpr int kPauseMs = 20;
constexpr std::chrono::milliseconds kQuietWait{200};  // Shorter waits are not worth a line.

// Pages that are neither written nor kept beyond this spill into the write-ahead log, so a
// transaction of any size needs no more memory.
constexpr std::string_view kCache = "PRAGMA cache_size = -16384";
// Of a file that is new: half the calls and a tenth less time than with SQLite's own 4096.
constexpr std::string_view kPage = "PRAGMA page_size = 8192";
constexpr std::string_view kWalKept = "PRAGMA journal_size_limit = 67108864";

// A reader too writes: into the memory that it shares with others, a file beside the database.
bool may_change(const std::string& path) {
    return ::access(path.c_str(), R_OK | W_OK) == 0 && ::access(folder_of(path).c_str(), W_OK) == 0;
}

// The errno of the file that failed. SQLite keeps it per file, and forgets to pass it on from a
// commit: a quota or a limit would look like a broken disk.
int errno_of_files(sqlite3* handle) {
    if (const int code = sqlite3_system_errno(handle)) return code;
    for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
        sqlite3_file* file = nullptr;
        int code = 0;
        sqlite3_file_control(handle, "main", which, static_cast<void*>(&file));
        const bool is_open = file != nullptr && file->pMethods != nullptr;
        if (!is_open) continue;
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &code);
        if (code != 0) return code;
    }
    return 0;
}

void bind_value(sqlite3_stmt* statement, int position, const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        sqlite3_bind_int64(statement, position, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
        sqlite3_bind_text64(statement, position, text->data() == nullptr ? "" : text->data(),
                            text->size(), SQLITE_STATIC, SQLITE_UTF8);
    } else {
        sqlite3_bind_null(statement, position);
    }
}

std::string bytes_text(std::string_view bytes) {
    std::string text = "x'";
    for (const char byte : bytes) {
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(byte));
    }
    return text + "'";
}

}  // namespace

void Statement::bind(std::initializer_list<Value> values) {
    int position = 0;
    for (const auto& value : values) bind_value(get(), ++position, value);
}

void Statement::bind_named(std::initializer_list<Value> values) {
    int number = 0;
    for (const auto& value : values) {
        const auto name = fmt::format("${}", ++number);
        bind_value(get(), sqlite3_bind_parameter_index(get(), name.c_str()), value);
    }
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    auto error = connection_->error();
    reset();
    return std::unexpected(std::move(error));
}

std::string Statement::text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(get(), column));
    const auto count = static_cast<std::size_t>(sqlite3_column_bytes(get(), column));
    return bytes == nullptr ? std::string() : std::string(bytes, count);
}

std::vector<std::optional<std::string>> Statement::cells() const {
    std::vector<std::optional<std::string>> cells;
    const int count = sqlite3_column_count(get());
    cells.reserve(static_cast<std::size_t>(count));
    for (int column = 0; column < count; ++column) {
        const int type = sqlite3_column_type(get(), column);
        auto& cell = cells.emplace_back();
        if (type == SQLITE_NULL) continue;
        cell = type == SQLITE_BLOB    ? bytes_text(text(column))
               : type == SQLITE_FLOAT ? fmt::format("{}", sqlite3_column_double(get(), column))
                                      : text(column);
    }
    return cells;
}

Connection::Connection(std::string path, std::chrono::milliseconds wait)
    : path_(std::move(path)), waiting_{path_, wait, {}, false} {}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access,
                                                     std::chrono::milliseconds wait) {
    std::unique_ptr<Connection> connection(new Connection(path, wait));
    // Whoever may write does so: a connection that may not leaves FILE-wal and FILE-shm behind.
    const bool only_reads = access == Access::Read && !may_change(path);
    const int flags = (only_reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                      (access == Access::Create ? SQLITE_OPEN_CREATE : 0);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    connection->handle_.reset(handle);
    ensure(handle != nullptr, "there is memory for a connection");
    if (code != SQLITE_OK) return std::unexpected(connection->error());
    STREAMS_TRY(connection->set_up());
    if (access == Access::Read) STREAMS_TRY(connection->run("PRAGMA query_only = ON"));
    return connection;
}

Result<> Connection::set_up() {
    sqlite3_extended_result_codes(handle(), 1);
    sqlite3_busy_handler(handle(), wait_for_others, &waiting_);
    STREAMS_TRY(run("PRAGMA synchronous = FULL"));
    STREAMS_TRY(run(kPage));
    STREAMS_TRY(run(kCache));
    STREAMS_TRY(run(kWalKept));
    // A table that is rebuilt keeps its name: what refers to it must not be rewritten on the way.
    STREAMS_TRY(run("PRAGMA legacy_alter_table = ON"));
    STREAMS_TRY(run("PRAGMA trusted_schema = OFF"));
    STREAMS_TRY(run("PRAGMA secure_delete = FAST"));
    const int code =
        sqlite3_create_function_v2(handle(), "streams_note", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                   &noted_, note, nullptr, nullptr, nullptr);
    const int left_code =
        sqlite3_create_function_v2(handle(), "streams_left", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                   &left_, leave, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK || left_code != SQLITE_OK) return std::unexpected(error());
    // The first that reads the file, and so finds out whether it is a database at all.
    return run("PRAGMA schema_version");
}

Result<Statement> Connection::prepare(std::string_view sql) const {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return std::unexpected(error());
    return Statement(*this, statement);
}

Result<> Connection::run(std::string_view sql, std::initializer_list<Value> values) const {
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(std::move(statement).error());
    statement->bind(values);
    while (true) {
        const auto has_row = statement->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return {};
    }
}

Result<std::int64_t> Connection::integer(std::string_view sql, std::initializer_list<Value> values,
                                         std::int64_t otherwise) const {
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(std::move(statement).error());
    statement->bind(values);
    const auto has_row = statement->step();
    if (!has_row) return std::unexpected(has_row.error());
    return *has_row ? statement->integer(0) : otherwise;
}

Result<std::string> Connection::text(std::string_view sql,
                                     std::initializer_list<Value> values) const {
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(std::move(statement).error());
    statement->bind(values);
    const auto has_row = statement->step();
    if (!has_row) return std::unexpected(has_row.error());
    return *has_row ? statement->text(0) : std::string();
}

Result<std::string> Connection::keep_a_log() const {
    const auto end = std::chrono::steady_clock::now() + waiting_.wait;
    while (true) {
        auto mode = text("PRAGMA journal_mode = WAL", {});
        const bool is_busy = !mode && mode.error().id == "destination-busy";
        if (!is_busy || std::chrono::steady_clock::now() >= end) return mode;
        ::poll(nullptr, 0, kPauseMs);
    }
}

int Connection::wait_for_others(void* waiting, int calls) {
    auto& state = *static_cast<Waiting*>(waiting);
    const auto now = std::chrono::steady_clock::now();
    if (calls == 0) state.since = now;
    const auto waited = now - state.since;
    if (waited >= state.wait) return 0;
    if (!state.is_told && waited >= kQuietWait) {
        state.is_told = true;
        const auto holder = holder_of_database(state.path);
        log_info(fmt::format("{} is open in {}; waiting for it", state.path,
                             holder.empty() ? "another program" : holder));
    }
    ::poll(nullptr, 0, kPauseMs);
    return 1;
}

void Connection::note(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    const bool given = sqlite3_value_int(values[0]) != 0;
    *static_cast<bool*>(sqlite3_user_data(context)) = given;
    sqlite3_result_int(context, given ? 1 : 0);
}

// The first value is the number of the first field, the others are the values of it and those
// behind it.
void Connection::leave(sqlite3_context* context, int count, sqlite3_value** values) {
    auto& [hasher, sum] = *static_cast<Left*>(sqlite3_user_data(context));
    sqlite3_result_int(context, 1);
    if (hasher == nullptr) return;
    auto field = static_cast<std::size_t>(sqlite3_value_int(values[0]));
    for (int i = 1; i < count; ++i, ++field) {
        auto* value = values[i];
        const int type = sqlite3_value_type(value);
        if (type == SQLITE_INTEGER) {
            sum += hasher->value(field, std::int64_t{sqlite3_value_int64(value)});
        } else if (type == SQLITE_FLOAT) {
            sum += hasher->value(field, sqlite3_value_double(value));
        } else if (type != SQLITE_NULL) {
            const auto* const bytes = static_cast<const char*>(sqlite3_value_blob(value));
            const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
            const std::string_view text(bytes == nullptr ? "" : bytes, size);
            sum += type == SQLITE_BLOB ? hasher->value(field, http::base64(text))
                                       : hasher->value(field, text);
        }
    }
}

Error Connection::busy() const {
    const auto holder = holder_of_database(path_);
    return {
        ErrorKind::Busy,
        "destination-busy",
        fmt::format("{} is open in another program{}", path_, holder.empty() ? "" : ": " + holder),
        {},
        sqlite3_errmsg(handle()),
        "close it there, or wait for it: --wait 10m"};
}

Error Connection::disk(int code) const {
    const int system = errno_of_files(handle());
    const bool is_full =
        code == SQLITE_FULL || system == ENOSPC || system == EDQUOT || system == EFBIG;
    if (is_full) {
        return {ErrorKind::Failed,
                "disk-full",
                fmt::format("write {}: the disk is full", path_),
                {},
                sqlite3_errmsg(handle()),
                "make room where the file lies, and run it again"};
    }
    const auto why = system == 0 ? std::string(sqlite3_errmsg(handle()))
                                 : system_error(system, sqlite3_errmsg(handle()), path_).what;
    return {ErrorKind::Failed,
            "disk-error",
            fmt::format("{} cannot be read or written", path_),
            {},
            why,
            {}};
}

Error Connection::error() const {
    const std::string why = sqlite3_errmsg(handle());
    const auto made = [&](ErrorKind kind, const char* id, std::string what, std::string remedy) {
        return Error{kind, id, std::move(what), {}, why, std::move(remedy)};
    };
    const int code = sqlite3_errcode(handle()) & 0xFF;
    switch (code) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return busy();
        case SQLITE_FULL:
        case SQLITE_IOERR:
            return disk(code);
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return made(ErrorKind::Failed, "read-only", path_ + " may not be written",
                        "give yourself the right to write the file and its folder");
        case SQLITE_CANTOPEN:
            if (file_exists(path_) && !may_change(path_)) {
                return made(ErrorKind::Failed, "read-only",
                            path_ + " or its folder may not be read and written",
                            "give yourself the right to write the file and its folder");
            }
            return made(ErrorKind::Config, "path-unusable", path_ + " cannot be opened",
                        "name a file in a folder that exists and may be written");
        case SQLITE_NOTADB:
            return made(ErrorKind::Config, "not-a-database", path_ + " is not an SQLite database",
                        "name another file with --path, or move this one away");
        case SQLITE_CORRUPT:
            return made(ErrorKind::Failed, "database-damaged", path_ + " is damaged",
                        "restore it from a copy; sqlite3 FILE .recover may help");
        case SQLITE_TOOBIG:
            return made(ErrorKind::Data, "value-too-long",
                        "a value or a row is longer than SQLite's limit of 1 000 000 000 bytes",
                        {});
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
            return made(ErrorKind::Data, "row-refused", "the database refuses a row",
                        "see the constraints and triggers of the table");
        default:
            return made(ErrorKind::Failed, "sqlite", path_ + ": " + why, {});
    }
}

}  // namespace streams::sqlite
