#include "persisters/duckdb/connection.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "persisters/duckdb/decimal_function.h"
#include "persisters/duckdb/dialect.h"

namespace streams::duckdb {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPauseMs = 50;
constexpr std::chrono::milliseconds kQuietWait{200};  // Shorter waits are not worth a line.

// Nothing is ever fetched over a network. One thread: rows stay in the order in which they came,
// and the other cores parse; more would only hold more memory.
constexpr auto kConfiguration = std::to_array<std::pair<const char*, const char*>>({
    {"autoinstall_known_extensions", "false"},
    {"autoload_known_extensions", "false"},
    {"threads", "1"},
});

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// DuckDB's "Conflicting lock is held in /usr/bin/python3.11 (PID 4127)" as `python3.11 (pid 4127)`.
std::string holder_of(std::string_view why) {
    constexpr std::string_view kHeld = "lock is held in ";
    constexpr std::string_view kPid = " (PID ";
    const auto held = why.find(kHeld);
    const auto pid = why.find(kPid, held == why.npos ? 0 : held);
    if (held == why.npos || pid == why.npos) return {};
    auto program = why.substr(held + kHeld.size(), pid - held - kHeld.size());
    program.remove_prefix(program.rfind('/') == program.npos ? 0 : program.rfind('/') + 1);
    const auto number = why.substr(pid + kPid.size());
    return fmt::format("{} (pid {})", printable(std::string(program)),
                       number.substr(0, number.find_first_not_of("0123456789")));
}

constexpr std::size_t kColumnBytes = std::size_t{320} << 10;

std::string memory_text(std::size_t bytes) {
    return fmt::format("{}KiB", bytes >> 10);
}

bool is_lock(std::string_view why) {
    return has(why, "Could not set lock on file");
}

duckdb_state bind_value(duckdb_prepared_statement statement, idx_t position,
                        const sql::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return duckdb_bind_int64(statement, position, *number);
    }
    if (const auto* text = std::get_if<std::string_view>(&value)) {
        return duckdb_bind_varchar_length(
            statement, position, text->data() == nullptr ? "" : text->data(), text->size());
    }
    return duckdb_bind_null(statement, position);
}

std::string cell_text(duckdb_type type, void* data, idx_t row) {
    if (type == DUCKDB_TYPE_BIGINT) return std::to_string(static_cast<std::int64_t*>(data)[row]);
    if (type == DUCKDB_TYPE_INTEGER) return std::to_string(static_cast<std::int32_t*>(data)[row]);
    auto* text = static_cast<duckdb_string_t*>(data) + row;
    return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

bool is_plain(duckdb_type type) {
    return type == DUCKDB_TYPE_BIGINT || type == DUCKDB_TYPE_INTEGER || type == DUCKDB_TYPE_VARCHAR;
}

void add_rows(duckdb_data_chunk chunk, std::span<const duckdb_type> types, sql::Answer& answer) {
    const auto first = answer.rows.size();
    const auto count = duckdb_data_chunk_get_size(chunk);
    answer.rows.resize(first + count);
    for (idx_t column = 0; column < types.size(); ++column) {
        auto* vector = duckdb_data_chunk_get_vector(chunk, column);
        auto* data = duckdb_vector_get_data(vector);
        auto* validity = duckdb_vector_get_validity(vector);
        for (idx_t row = 0; row < count; ++row) {
            auto& cell = answer.rows[first + row].emplace_back();
            const bool is_there =
                validity == nullptr || duckdb_validity_row_is_valid(validity, row);
            if (is_there) cell = cell_text(types[column], data, row);
        }
    }
}

/// Destroys what a statement gave.
class Gift {
 public:
    Gift() = default;
    Gift(const Gift&) = delete;
    Gift& operator=(const Gift&) = delete;
    ~Gift() { duckdb_destroy_result(&result); }

    duckdb_result result = {};
};

std::vector<duckdb_type> types_of(duckdb_result& result) {
    std::vector<duckdb_type> types;
    types.reserve(duckdb_column_count(&result));
    for (idx_t i = 0; i < duckdb_column_count(&result); ++i) {
        types.push_back(duckdb_column_type(&result, i));
    }
    return types;
}

}  // namespace

bool Statement::has_plain_columns() const {
    if (duckdb_prepared_statement_type(statement_) != DUCKDB_STATEMENT_TYPE_SELECT) return true;
    const auto count = duckdb_prepared_statement_column_count(statement_);
    for (idx_t i = 0; i < count; ++i) {
        if (!is_plain(duckdb_prepared_statement_column_type(statement_, i))) return false;
    }
    return true;
}

Result<std::uint64_t> Statement::run() {
    Gift gift;
    if (duckdb_execute_prepared(statement_, &gift.result) == DuckDBSuccess) {
        return duckdb_rows_changed(&gift.result);
    }
    return std::unexpected(connection_->error(duckdb_result_error_type(&gift.result),
                                              duckdb_result_error(&gift.result)));
}

Result<sql::Answer> Statement::ask(std::span<const sql::Value> values) {
    idx_t position = 0;
    for (const auto& value : values) {
        if (bind_value(statement_, ++position, value) == DuckDBSuccess) continue;
        return std::unexpected(
            connection_->error(DUCKDB_ERROR_INVALID, duckdb_prepare_error(statement_)));
    }
    Gift gift;
    if (duckdb_execute_prepared(statement_, &gift.result) != DuckDBSuccess) {
        return std::unexpected(connection_->error(duckdb_result_error_type(&gift.result),
                                                  duckdb_result_error(&gift.result)));
    }
    sql::Answer answer;
    answer.changed = duckdb_rows_changed(&gift.result);
    if (duckdb_result_return_type(gift.result) != DUCKDB_RESULT_TYPE_QUERY_RESULT) return answer;
    const auto types = types_of(gift.result);
    while (auto* chunk = duckdb_fetch_chunk(gift.result)) {
        add_rows(chunk, types, answer);
        duckdb_destroy_data_chunk(&chunk);
    }
    return answer;
}

Result<> Statement::scan(const sql::Database::OnRow& on_row) {
    duckdb_pending_result pending = nullptr;
    const bool is_prepared =
        duckdb_pending_prepared_streaming(statement_, &pending) == DuckDBSuccess;
    Gift gift;
    const bool is_done =
        is_prepared && duckdb_execute_pending(pending, &gift.result) == DuckDBSuccess;
    const std::string why = is_prepared ? "" : duckdb_pending_error(pending);
    duckdb_destroy_pending(&pending);
    if (!is_prepared) return std::unexpected(connection_->error(DUCKDB_ERROR_INVALID, why));
    if (!is_done) {
        return std::unexpected(connection_->error(duckdb_result_error_type(&gift.result),
                                                  duckdb_result_error(&gift.result)));
    }
    const auto types = types_of(gift.result);
    while (auto* chunk = duckdb_fetch_chunk(gift.result)) {
        sql::Answer part;
        add_rows(chunk, types, part);
        duckdb_destroy_data_chunk(&chunk);
        for (const auto& row : part.rows) on_row(row);
    }
    if (const char* broken = duckdb_result_error(&gift.result); broken != nullptr) {
        return std::unexpected(connection_->error(duckdb_result_error_type(&gift.result), broken));
    }
    return {};
}

Connection::~Connection() {
    duckdb_disconnect(&connection_);
    duckdb_close(&database_);
}

// The words of the error; empty: it is open.
std::string Connection::try_open(Access access) {
    duckdb_config configuration = nullptr;
    duckdb_create_config(&configuration);
    for (const auto& [name, value] : kConfiguration) {
        duckdb_set_config(configuration, name, value);
    }
    duckdb_set_config(configuration, "memory_limit", memory_text(memory_).c_str());
    if (access == Access::Read) duckdb_set_config(configuration, "access_mode", "READ_ONLY");
    char* words = nullptr;
    const bool is_open =
        duckdb_open_ext(path_.c_str(), &database_, configuration, &words) == DuckDBSuccess;
    duckdb_destroy_config(&configuration);
    std::string why = is_open ? "" : words == nullptr ? "it cannot be opened" : words;
    duckdb_free(words);
    if (is_open && duckdb_connect(database_, &connection_) != DuckDBSuccess) {
        why = "no connection can be made";
    }
    return why;
}

namespace {

// A new database appears whole: DuckDB itself writes a file piece by piece, and one that was killed
// meanwhile would leave something that nobody can open.
Result<> make_database(const std::string& path) {
    const auto made = fmt::format("{}.{}.new", path, ::getpid());
    ::unlink(made.c_str());
    duckdb_database database = nullptr;
    char* words = nullptr;
    const bool is_made = duckdb_open_ext(made.c_str(), &database, nullptr, &words) == DuckDBSuccess;
    const std::string why = words == nullptr ? "" : words;
    duckdb_free(words);
    duckdb_close(&database);
    if (!is_made) {
        ::unlink(made.c_str());
        return std::unexpected(Error{ErrorKind::Config,
                                     "path-unusable",
                                     path + " cannot be made",
                                     {},
                                     why,
                                     "name a file in a folder that may be written"});
    }
    const auto renamed = rename_noreplace(made, path);
    if (!renamed) ::unlink(made.c_str());
    if (!renamed && !file_exists(path)) return renamed;
    return fsync_folder(folder_of(path));
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access,
                                                     std::chrono::milliseconds wait) {
    if (access == Access::Create && !file_exists(path)) STREAMS_TRY(make_database(path));
    std::unique_ptr<Connection> connection(new Connection(path));
    const auto since = Clock::now();
    bool is_told = false;
    while (true) {
        const auto why = connection->try_open(access);
        if (why.empty()) break;
        const auto waited = Clock::now() - since;
        if (!is_lock(why) || waited >= wait) {
            return std::unexpected(connection->error(DUCKDB_ERROR_IO, why));
        }
        if (!is_told && waited >= kQuietWait) {
            is_told = true;
            const auto holder = holder_of(why);
            log_info(fmt::format("{} is open in {}; waiting for it", path,
                                 holder.empty() ? "another program" : holder));
        }
        ::poll(nullptr, 0, kPauseMs);
    }
    STREAMS_TRY(connection->set_up());
    return connection;
}

Result<> Connection::set_up() {
    STREAMS_TRY(run("SET TimeZone = 'UTC'"));
    STREAMS_TRY(run("SET preserve_insertion_order = true"));
    if (!rows_.add_to(connection_) || !add_decimal_function(connection_)) {
        return std::unexpected(error(DUCKDB_ERROR_INTERNAL, "a function cannot be made"));
    }
    return {};
}

Result<> Connection::make_room(std::size_t columns) {
    if (columns * kColumnBytes <= memory_) return {};
    memory_ = columns * kColumnBytes;
    return run(fmt::format("SET memory_limit = '{}'", memory_text(memory_)));
}

Result<Statement> Connection::prepare(std::string_view text) const {
    duckdb_prepared_statement statement = nullptr;
    const std::string terminated(text);
    if (duckdb_prepare(connection_, terminated.c_str(), &statement) == DuckDBSuccess) {
        return Statement(*this, statement);
    }
    const auto* words = duckdb_prepare_error(statement);
    auto failed = error(DUCKDB_ERROR_INVALID, words == nullptr ? "" : words);
    duckdb_destroy_prepare(&statement);
    return std::unexpected(std::move(failed));
}

Result<sql::Answer> Connection::ask(std::string_view text,
                                    std::span<const sql::Value> values) const {
    auto statement = prepare(text);
    if (!statement) return std::unexpected(std::move(statement).error());
    if (statement->has_plain_columns()) return statement->ask(values);
    auto as_text = prepare(fmt::format("SELECT COLUMNS(*)::VARCHAR FROM ({})", text));
    if (!as_text) return std::unexpected(std::move(as_text).error());
    return as_text->ask(values);
}

Result<> Connection::run(std::string_view text) const {
    auto statement = prepare(text);
    if (!statement) return std::unexpected(std::move(statement).error());
    const auto done = statement->run();
    if (!done) return std::unexpected(done.error());
    return {};
}

Result<std::int64_t> Connection::integer(std::string_view text) const {
    const auto answer = ask(text);
    if (!answer) return std::unexpected(answer.error());
    return answer->integer(0, 0);
}

Error Connection::error(duckdb_error_type type, std::string why) const {
    const auto made = [&](ErrorKind kind, const char* id, std::string what, std::string remedy) {
        return Error{kind, id, std::move(what), {}, why, std::move(remedy)};
    };
    if (is_lock(why)) {
        const auto holder = holder_of(why);
        return made(ErrorKind::Busy, "destination-busy",
                    fmt::format("{} is open in another program{}", path_,
                                holder.empty() ? "" : ": " + holder),
                    "close it there, or wait for it: --wait 10m");
    }
    if (has(why, "not a valid DuckDB database") || has(why, "sqlite_scanner") ||
        has(why, "database file with version")) {
        return made(ErrorKind::Config, "not-a-database",
                    path_ + " is not a DuckDB database that this release can read",
                    "name another file with --path, or move this one away");
    }
    if (has(why, kInexact)) {
        return made(ErrorKind::Data, "widening-inexact",
                    "a stored value has no equal in the column's new type", {});
    }
    if (has(why, "No space left") || has(why, "File too large") || has(why, "quota")) {
        return made(ErrorKind::Failed, "disk-full",
                    fmt::format("write {}: the disk is full", path_),
                    "make room where the file lies, and run it again");
    }
    if (has(why, "Permission denied") || has(why, "Read-only file system")) {
        return made(ErrorKind::Failed, "read-only", path_ + " may not be read and written",
                    "give yourself the right to write the file and its folder");
    }
    switch (type) {
        case DUCKDB_ERROR_IO:
            if (has(why, "Cannot open file") || has(why, "Is a directory")) {
                return made(ErrorKind::Config, "path-unusable", path_ + " cannot be opened",
                            "name a file in a folder that exists and may be written");
            }
            return made(ErrorKind::Failed, "disk-error", path_ + " cannot be read or written", {});
        case DUCKDB_ERROR_OUT_OF_MEMORY:
            return made(ErrorKind::Failed, "destination-memory",
                        "DuckDB has not enough memory for this", {});
        case DUCKDB_ERROR_CONSTRAINT:
        case DUCKDB_ERROR_CONVERSION:
        case DUCKDB_ERROR_OUT_OF_RANGE:
            return made(ErrorKind::Data, "row-refused", "the database refuses a row",
                        "see the constraints and types of the table");
        default:
            return made(ErrorKind::Failed, "duckdb", path_ + ": " + why.substr(0, why.find('\n')),
                        {});
    }
}

}  // namespace streams::duckdb
