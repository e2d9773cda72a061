#include "persisters/duckdb/duckdb_database.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "base/file.h"
#include "persisters/duckdb/dialect.h"
#include "persisters/duckdb/row_writer.h"
#include "sql/catalog.h"
#include "sql/statements.h"

namespace streams::duckdb {
namespace {

using sql::quoted;

// As DuckDB folds names: only ASCII letters.
constexpr std::string_view kFold =
    "translate({}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')";

std::string folded(std::string_view expression) {
    return fmt::format(fmt::runtime(kFold), expression);
}

/// The lock is the connection, which lives as long.
class OpenFile final : public sql::PipelineLock {};

std::unexpected<Error> shared_key(const std::string& table, const std::vector<std::string>& key) {
    return std::unexpected(
        Error{ErrorKind::Config,
              "key-changed",
              fmt::format("table \"{}\" has rows that share a key, so it cannot be loaded by {}",
                          table, sql::quoted_list(key)),
              {},
              {},
              "load it again from the start with --refresh, or append: --load append"});
}

}  // namespace

const sql::Dialect& DuckdbDatabase::dialect() const {
    return duckdb::dialect();
}

Result<> DuckdbDatabase::connect(Connection::Access access, std::chrono::milliseconds wait) {
    auto opened = Connection::open(path_, access, wait);
    if (!opened) return std::unexpected(std::move(opened).error());
    connection_ = *std::move(opened);
    const auto there = has_schema();
    if (!there) return std::unexpected(there.error());
    if (!*there) return {};
    is_in_schema_ = true;
    return connection_->run("SET schema = " + quoted(schema_));
}

Result<bool> DuckdbDatabase::has_schema() {
    const auto found =
        ask("SELECT 1 FROM duckdb_schemas() WHERE database_name = current_database() AND " +
                folded("schema_name") + " = " + folded("$1"),
            {schema_});
    if (!found) return std::unexpected(found.error());
    return !found->rows.empty();
}

Result<bool> DuckdbDatabase::exists() {
    if (connection_ != nullptr) return true;
    if (!file_exists(path_)) return false;
    STREAMS_TRY(connect(may_write_ ? Connection::Access::Change : Connection::Access::Read, wait_));
    return true;
}

Result<> DuckdbDatabase::begin() {
    ensure(may_write_, "a dry run changes nothing");
    if (in_transaction_) return {};
    if (connection_ == nullptr) STREAMS_TRY(connect(Connection::Access::Create, wait_));
    STREAMS_TRY(connection_->run("BEGIN TRANSACTION"));
    in_transaction_ = true;
    ++transaction_;
    if (is_in_schema_) return {};
    STREAMS_TRY(connection_->run("CREATE SCHEMA IF NOT EXISTS " + quoted(schema_)));
    return connection_->run("SET schema = " + quoted(schema_));
}

Result<> DuckdbDatabase::commit() {
    ensure(in_transaction_, "begin comes before commit");
    STREAMS_TRY(connection_->run("COMMIT"));
    in_transaction_ = false;
    is_in_schema_ = true;
    staging_.clear();
    changed_.clear();
    return fsync_folder(folder_of(path_));
}

void DuckdbDatabase::roll_back() {
    staging_.clear();
    changed_.clear();
    unique_.clear();
    if (!in_transaction_) return;
    in_transaction_ = !connection_->run("ROLLBACK");
}

Result<sql::Answer> DuckdbDatabase::ask(std::string_view statement,
                                        std::initializer_list<sql::Value> values) {
    ensure(connection_ != nullptr, "exists or begin comes before ask");
    return connection_->ask(statement, {values.begin(), values.size()});
}

Result<> DuckdbDatabase::scan(std::string_view statement, const OnRow& on_row) {
    ensure(connection_ != nullptr, "exists or begin comes before scan");
    auto prepared =
        connection_->prepare(fmt::format("SELECT COLUMNS(*)::VARCHAR FROM ({})", statement));
    if (!prepared) return std::unexpected(std::move(prepared).error());
    return prepared->scan(on_row);
}

Result<std::string> DuckdbDatabase::kind_of_object(std::string_view name) {
    const auto found =
        ask(fmt::format("SELECT 'table' FROM duckdb_tables() WHERE database_name = "
                        "current_database() AND {0} = {1} AND {2} = {3} UNION ALL SELECT 'view' "
                        "FROM duckdb_views() WHERE database_name = current_database() AND {0} = "
                        "{1} AND {4} = {3}",
                        folded("schema_name"), folded("$1"), folded("table_name"), folded("$2"),
                        folded("view_name")),
            {schema_, name});
    if (!found) return std::unexpected(found.error());
    return found->rows.empty() ? std::string() : found->text(0, 0);
}

Result<std::vector<sql::PhysicalColumn>> DuckdbDatabase::physical_columns(std::string_view table) {
    const auto rows =
        ask(fmt::format("SELECT column_name, data_type, is_nullable::INTEGER, column_default FROM "
                        "duckdb_columns() WHERE database_name = current_database() AND {} = {} AND "
                        "{} = {} ORDER BY column_index",
                        folded("schema_name"), folded("$1"), folded("table_name"), folded("$2")),
            {schema_, table});
    if (!rows) return std::unexpected(rows.error());
    std::vector<sql::PhysicalColumn> columns;
    columns.reserve(rows->rows.size());
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
        columns.push_back({.name = rows->text(row, 0),
                           .type = rows->text(row, 1),
                           .is_nullable = rows->integer(row, 2) != 0,
                           .fallback = rows->text(row, 3)});
    }
    return columns;
}

Result<std::vector<std::string>> DuckdbDatabase::tables() {
    const auto rows =
        ask("SELECT table_name FROM duckdb_tables() WHERE database_name = "
            "current_database() AND " +
                folded("schema_name") + " = " + folded("$1") + " ORDER BY 1",
            {schema_});
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> names;
    names.reserve(rows->rows.size());
    for (std::size_t row = 0; row < rows->rows.size(); ++row) names.push_back(rows->text(row, 0));
    return names;
}

std::string DuckdbDatabase::type_of(const Field& field) const {
    return duckdb::type_of(field);
}

bool DuckdbDatabase::holds(const sql::PhysicalColumn& column, const Field& field) const {
    return duckdb::holds(column, field);
}

std::optional<Field> DuckdbDatabase::field_of(const sql::PhysicalColumn& column) const {
    return duckdb::field_of(column);
}

std::optional<std::string> DuckdbDatabase::conversion(const Field& from, const Field& to,
                                                      const std::string& column) const {
    return duckdb::conversion(from, to, column);
}

Result<> DuckdbDatabase::create_table(const sql::TableDefinition& definition) {
    auto without_index = definition;
    without_index.key.clear();
    unique_.insert(definition.table);
    return connection_->run(sql::create_table(without_index));
}

Result<> DuckdbDatabase::change_table(const std::string& table, const sql::TableChange& change) {
    for (const auto& column : change.added) {
        STREAMS_TRY(connection_->run(sql::add_column(table, column)));
    }
    return change.conversions.empty() ? Result<>() : convert(table, change.conversions, {});
}

// Rows that are staged for the table change with it.
Result<> DuckdbDatabase::convert(const std::string& table, Conversions conversions,
                                 const Digits& least) {
    for (auto& [column, conversion] : conversions) {
        if (is_flexible_type(conversion.type)) {
            const auto type = fitting_type(table, column, conversion, least);
            if (!type) return std::unexpected(type.error());
            conversion.type = *type;
        }
        for (const auto& staged : staging_.tables_with(table, column)) {
            STREAMS_TRY(connection_->run(fmt::format(
                "ALTER TABLE {} ALTER {} TYPE {} USING ({})::{}", quoted(staged), quoted(column),
                conversion.type, conversion.expression, conversion.type)));
        }
    }
    return rebuild(table, conversions);
}

Result<std::string> DuckdbDatabase::fitting_type(const std::string& table,
                                                 const std::string& column,
                                                 const sql::TableChange::Conversion& conversion,
                                                 Digits digits) {
    digits.add({0, decimal_type(conversion.type).scale});
    auto tables = staging_.tables_with(table, column);
    tables.push_back(table);
    for (const auto& one : tables) {
        const auto found = digits_in(one, conversion.expression);
        if (!found) return std::unexpected(found.error());
        digits.add(*found);
    }
    return flexible_type(digits);
}

// Never ALTER ... USING: DuckDB keeps the expression in its log, and a log with a function in an
// expression cannot be replayed: after a crash nobody could open the database again.
Result<> DuckdbDatabase::rebuild(const std::string& table, const Conversions& conversions) {
    const auto columns = physical_columns(table);
    if (!columns) return std::unexpected(columns.error());
    const auto indexes =
        ask("SELECT sql FROM duckdb_indexes() WHERE database_name = current_database() AND "
            "schema_name = current_schema() AND table_name = $1 AND sql IS NOT NULL",
            {table});
    if (!indexes) return std::unexpected(indexes.error());
    sql::TableDefinition wider{.table = "_streams_rebuilt", .columns = {}, .key = {}};
    std::vector<std::string> values;
    for (const auto& column : *columns) {
        const auto found = conversions.find(column.name);
        const bool is_same = found == conversions.end();
        const auto& type = is_same ? column.type : found->second.type;
        wider.columns.push_back({column.name, type, column.is_nullable, column.fallback});
        values.push_back(is_same ? quoted(column.name)
                                 : fmt::format("({})::{}", found->second.expression, type));
    }
    STREAMS_TRY(connection_->run(sql::create_table(wider)));
    STREAMS_TRY(
        connection_->run(fmt::format("INSERT INTO {} SELECT {} FROM {}", quoted(wider.table),
                                     fmt::join(values, ", "), quoted(table))));
    STREAMS_TRY(connection_->run(sql::drop_table(table)));
    STREAMS_TRY(connection_->run(sql::rename_table(wider.table, table)));
    for (std::size_t row = 0; row < indexes->rows.size(); ++row) {
        STREAMS_TRY(connection_->run(indexes->text(row, 0)));
    }
    return {};
}

Result<Digits> DuckdbDatabase::digits_in(const std::string& table, const std::string& expression) {
    const auto found = ask(fmt::format(
        "SELECT coalesce(max(CASE WHEN contains(text, 'e') THEN 1000 WHEN text[1] = '0' THEN 0 "
        "ELSE length(split_part(text, '.', 1)) END), 0), "
        "coalesce(max(length(split_part(text, '.', 2))), 0) "
        "FROM (SELECT ltrim({}, '-') AS text FROM {})",
        expression, quoted(table)));
    if (!found) return std::unexpected(found.error());
    return Digits{static_cast<int>(found->integer(0, 0)), static_cast<int>(found->integer(0, 1))};
}

Result<> DuckdbDatabase::widen_decimal(const std::string& table, const std::string& column,
                                       const Digits& digits) {
    return convert(table, {{column, {flexible_type({}), decimal_text(quoted(column))}}}, digits);
}

Result<> DuckdbDatabase::ensure_unique_key(const std::string& table,
                                           const std::vector<std::string>& key) {
    if (unique_.contains(table)) return {};
    const auto entry = sql::Catalog(*this).of_table(table);
    if (!entry) return std::unexpected(entry.error());
    const auto& known = *entry;
    const bool was_merged = known.has_value() && known->load == Load::Upsert;
    if (!was_merged) {
        const auto shared =
            ask(fmt::format("SELECT 1 FROM {} GROUP BY {} HAVING count(*) > 1 LIMIT 1",
                            quoted(table), sql::quoted_list(key)));
        if (!shared) return std::unexpected(shared.error());
        if (!shared->rows.empty()) return shared_key(table, key);
    }
    unique_.insert(table);
    return {};
}

// Rows that were deleted and a table that was renamed in one transaction are a log that DuckDB
// replays wrongly: after a crash the rows of the table would be gone. Such a table is copied.
Result<> DuckdbDatabase::replace_table(const std::string& from, const std::string& to) {
    STREAMS_TRY(connection_->run(sql::drop_table(to)));
    unique_.erase(from);
    if (!changed_.contains(from)) return connection_->run(sql::rename_table(from, to));
    const auto columns = physical_columns(from);
    if (!columns) return std::unexpected(columns.error());
    sql::TableDefinition definition{.table = to, .columns = {}, .key = {}};
    for (const auto& column : *columns) {
        definition.columns.push_back(
            {column.name, column.type, column.is_nullable, column.fallback});
    }
    STREAMS_TRY(connection_->run(sql::create_table(definition)));
    STREAMS_TRY(
        connection_->run(fmt::format("INSERT INTO {} SELECT * FROM {}", quoted(to), quoted(from))));
    return connection_->run(sql::drop_table(from));
}

// A failed statement ends DuckDB's transaction: it goes on after no refusal.
Result<std::unique_ptr<sql::TableWriter>> DuckdbDatabase::writer(const Stream& stream,
                                                                 const sql::OpenTable& table,
                                                                 sql::Refusals& /*refusals*/) {
    columns_[table.target] = stream.fields.size();
    std::size_t columns = 0;
    for (const auto& [target, count] : columns_) columns += count;
    STREAMS_TRY(connection_->make_room(columns));
    return RowWriter::make(*this, *connection_, stream, table);
}

// There is nothing to lock but the file, and whoever has it open has it locked.
Result<std::unique_ptr<sql::PipelineLock>> DuckdbDatabase::lock(const Context& /*context*/,
                                                                std::chrono::milliseconds wait) {
    if (connection_ == nullptr) STREAMS_TRY(connect(Connection::Access::Create, wait));
    return std::make_unique<OpenFile>();
}

// A commit of a run that was killed before its fsync can be read and is not yet durable. The
// database itself was synced before its log was cut.
Result<> DuckdbDatabase::settle() {
    const auto log = path_ + ".wal";
    if (file_exists(log)) {
        const auto file = open_file(log, O_RDONLY);
        if (!file) return std::unexpected(file.error());
        STREAMS_TRY(fsync_file(file->get(), log));
    }
    return fsync_folder(folder_of(path_));
}

}  // namespace streams::duckdb
