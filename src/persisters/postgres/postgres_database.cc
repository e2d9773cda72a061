#include "persisters/postgres/postgres_database.h"

#include <algorithm>
#include <fmt/format.h>

#include "persisters/postgres/advisory_lock.h"
#include "persisters/postgres/conversion.h"
#include "persisters/postgres/copy_writer.h"
#include "persisters/postgres/postgres_dialect.h"
#include "sql/ledger_tables.h"
#include "sql/table_name.h"

namespace streams::postgres {
namespace {

constexpr std::string_view kKind =
    "SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view' "
    "WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' "
    "WHEN 'c' THEN 'type' ELSE 'index' END FROM pg_class "
    "JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1 AND relname = $2";

constexpr std::string_view kColumns =
    "SELECT attname, format_type(atttypid, atttypmod), attnotnull, "
    "attgenerated <> '' OR attidentity = 'a' FROM pg_attribute "
    "JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "WHERE nspname = $1 AND relname = $2 AND relkind IN ('r', 'p') AND attnum > 0 "
    "AND NOT attisdropped ORDER BY attnum";

constexpr std::string_view kTables =
    "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "WHERE nspname = $1 AND relkind IN ('r', 'p') ORDER BY relname";

// A commit counts only once it is on the disk; a server whose client is gone stops working for it.
constexpr std::string_view kSettings =
    "SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
    "WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true), "
    "set_config(name, '2s', true) FROM (SELECT 1) AS one LEFT JOIN pg_settings "
    "ON name = 'client_connection_check_interval'";

bool is_of_text(const std::string& type) {
    return type == "text" || type.starts_with("character varying");
}

}  // namespace

Result<> PostgresDatabase::connect() {
    auto opened = Connection::open(address_);
    if (!opened) return std::unexpected(std::move(opened).error());
    connection_ = *std::move(opened);
    if (!schema_.empty()) return {};
    const auto schema = connection_->ask("SELECT current_schema()");
    if (!schema) return std::unexpected(schema.error());
    schema_ = schema->text(0, 0);
    if (!schema_.empty()) return {};
    return std::unexpected(Error{ErrorKind::Config,
                                 "schema-unknown",
                                 "this user has no schema in " + place_,
                                 {},
                                 "no schema of its search_path exists",
                                 "name one: --schema NAME"});
}

const sql::Dialect& PostgresDatabase::dialect() const {
    return postgres_dialect();
}

Result<bool> PostgresDatabase::exists() {
    if (connection_ == nullptr) STREAMS_TRY(connect());
    return true;
}

Result<> PostgresDatabase::begin_local() {
    return connection_->run(fmt::format(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL search_path = {}; "
        "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL "
        "extra_float_digits = 1; "
        "SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = 0; "
        "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL work_mem = '32MB'; {}",
        sql::quoted(schema_), std::max<std::int64_t>(1, wait_.count()), kSettings));
}

Result<> PostgresDatabase::begin() {
    if (in_transaction_) return {};
    const auto there = exists();
    if (!there) return std::unexpected(there.error());
    STREAMS_TRY(begin_local());
    in_transaction_ = true;
    ++transaction_;
    return transaction_ == 1 ? guard_creation() : Result<>();
}

// Two runs that make the same schema or table at once would both fail.
Result<> PostgresDatabase::guard_creation() {
    const auto kind = kind_of_object(sql::kTablesTable);
    if (!kind) return std::unexpected(kind.error());
    if (!kind->empty()) return {};
    const auto key = static_cast<std::int64_t>(sql::name_hash("streams schema " + schema_) >> 1);
    STREAMS_TRY(run("SELECT pg_advisory_xact_lock($1)", {key}));
    const auto schema = ask("SELECT 1 FROM pg_namespace WHERE nspname = $1", {schema_});
    if (!schema) return std::unexpected(schema.error());
    if (!schema->rows.empty()) return {};
    return run("CREATE SCHEMA IF NOT EXISTS " + sql::quoted(schema_));
}

void PostgresDatabase::forget_transaction() {
    in_transaction_ = false;
    created_.clear();
    pending_.clear();
    stages_.clear();
}

Result<> PostgresDatabase::commit() {
    ensure(in_transaction_, "begin comes before commit");
    ensure(pending_.empty() && stages_.empty(), "finish comes before commit");
    STREAMS_TRY(connection_->run("COMMIT"));
    forget_transaction();
    return {};
}

void PostgresDatabase::roll_back() {
    if (!in_transaction_) return;
    // Where the connection is lost, the server has done so, or will.
    [[maybe_unused]] const auto rolled_back = connection_->run("ROLLBACK");
    forget_transaction();
}

Result<sql::Answer> PostgresDatabase::ask(std::string_view statement,
                                          std::initializer_list<sql::Value> values) {
    const std::string text(statement);
    if (in_transaction_) return connection_->ask(text, values);
    STREAMS_TRY(begin_local());
    auto answer = connection_->ask(text, values);
    auto ended = connection_->run(answer ? "COMMIT" : "ROLLBACK");
    if (answer && !ended) return std::unexpected(std::move(ended).error());
    return answer;
}

Result<> PostgresDatabase::scan(std::string_view statement, const OnRow& on_row) {
    if (in_transaction_) return fetch(statement, on_row);
    STREAMS_TRY(begin_local());
    auto fetched = fetch(statement, on_row);
    auto ended = connection_->run(fetched ? "COMMIT" : "ROLLBACK");
    return fetched ? ended : fetched;
}

Result<> PostgresDatabase::fetch(std::string_view statement, const OnRow& on_row) {
    STREAMS_TRY(
        connection_->run(fmt::format("DECLARE streams_rows NO SCROLL CURSOR FOR {}", statement)));
    while (true) {
        const auto answer = connection_->ask("FETCH 1000 FROM streams_rows");
        if (!answer) return std::unexpected(answer.error());
        if (answer->rows.empty()) return connection_->run("CLOSE streams_rows");
        for (const auto& row : answer->rows) on_row(row);
    }
}

Result<std::string> PostgresDatabase::kind_of_object(std::string_view name) {
    const auto kind = ask(kKind, {schema_, name});
    if (!kind) return std::unexpected(kind.error());
    return kind->rows.empty() ? std::string() : kind->text(0, 0);
}

Result<std::vector<sql::PhysicalColumn>> PostgresDatabase::read_columns(std::string_view table) {
    const auto rows = ask(kColumns, {schema_, table});
    if (!rows) return std::unexpected(rows.error());
    std::vector<sql::PhysicalColumn> columns;
    columns.reserve(rows->rows.size());
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
        columns.push_back({.name = rows->text(row, 0),
                           .type = rows->text(row, 1),
                           .is_nullable = rows->text(row, 2) != "t",
                           .fallback = {},
                           .is_generated = rows->text(row, 3) == "t"});
    }
    return columns;
}

Result<std::vector<sql::PhysicalColumn>> PostgresDatabase::physical_columns(
    std::string_view table) {
    auto columns = read_columns(table);
    const auto waiting = pending_.find(std::string(table));
    if (!columns || waiting == pending_.end()) return columns;
    const auto& change = waiting->second.change;
    for (auto& column : *columns) {
        const auto converted = change.conversions.find(column.name);
        if (converted != change.conversions.end()) column.type = converted->second.type;
    }
    for (const auto& column : change.added) {
        columns->push_back({.name = column.name, .type = column.type, .fallback = {}});
    }
    return columns;
}

Result<std::vector<std::string>> PostgresDatabase::tables() {
    const auto rows = ask(kTables, {schema_});
    if (!rows) return std::unexpected(rows.error());
    return rows->texts(0);
}

// COPY in binary sends the column's own type. A limited text refuses what it cannot hold; a limited
// number or time would round.
bool PostgresDatabase::holds(const sql::PhysicalColumn& column, const Field& field) const {
    return column.type == type_of(field) || (field.type == Type::Text && is_of_text(column.type));
}

std::optional<Field> PostgresDatabase::field_of(const sql::PhysicalColumn& column) const {
    Field field{.name = column.name, .path = column.name};
    const auto& types = postgres_dialect().type_names;
    const auto found = std::ranges::find(types, column.type);
    if (found == types.end() && !is_of_text(column.type)) return std::nullopt;
    field.type = found == types.end() ? Type::Text : static_cast<Type>(found - types.begin());
    switch (field.type) {
        case Type::Boolean:
            field.kind = Kind::Boolean;
            break;
        case Type::Integer:
        case Type::Double:
        case Type::Decimal:
            field.kind = Kind::Number;
            break;
        case Type::Json:
            field.kind = Kind::Any;
            break;
        default:
            field.kind = Kind::Text;
    }
    return field;
}

std::optional<std::string> PostgresDatabase::conversion(const Field& from, const Field& to,
                                                        const std::string& column) const {
    return postgres::conversion(from.type, to.type, column);
}

Result<std::unique_ptr<sql::TableWriter>> PostgresDatabase::writer(const Stream& stream,
                                                                   const sql::OpenTable& table,
                                                                   sql::Refusals& refusals) {
    return std::make_unique<CopyWriter>(*this, stream, table, refusals);
}

Result<std::unique_ptr<sql::PipelineLock>> PostgresDatabase::lock(const Context& context,
                                                                  std::chrono::milliseconds wait) {
    return AdvisoryLock::take(address_, context, wait);
}

Stage* PostgresDatabase::find_stage(const std::string& table) {
    const auto found = stages_.find(table);
    return found == stages_.end() ? nullptr : &found->second;
}

Result<Stage*> PostgresDatabase::stage_for(const sql::OpenTable& table, bool with_lines) {
    if (auto* stage = find_stage(table.target)) return stage;
    Stage stage{.name = fmt::format("_streams_stage_{}", ++stage_number_), .has_lines = with_lines};
    STREAMS_TRY(run(create_stage(stage, *this, table)));
    return &stages_.emplace(table.target, std::move(stage)).first->second;
}

Result<> PostgresDatabase::drop_stage(const std::string& table) {
    const auto found = stages_.find(table);
    if (found == stages_.end()) return {};
    STREAMS_TRY(run(sql::drop_table(found->second.name)));
    stages_.erase(found);
    return {};
}

}  // namespace streams::postgres
