// How `PostgresDatabase` changes tables.

#include <algorithm>
#include <fmt/format.h>
#include <poll.h>

#include "persisters/postgres/postgres_database.h"
#include "sql/ledger_tables.h"
#include "sql/table_name.h"

namespace streams::postgres {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPauseMs = 200;

constexpr std::string_view kUniqueIndexes =
    "SELECT array_to_json(array_agg(attname))::text FROM pg_index "
    "JOIN pg_class ON pg_class.oid = indrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "CROSS JOIN LATERAL unnest(indkey::int2[]) WITH ORDINALITY AS place (number, position) "
    "JOIN pg_attribute ON attrelid = indrelid AND attnum = place.number "
    "WHERE nspname = $1 AND relname = $2 AND indisunique AND indisvalid AND indimmediate "
    "AND indpred IS NULL AND indexprs IS NULL AND position <= indnkeyatts GROUP BY indexrelid";

constexpr std::string_view kPrimaryKey =
    "SELECT conname, attname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid "
    "JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey) "
    "WHERE nspname = $1 AND relname = $2 AND contype = 'p' ORDER BY attnum";

constexpr std::string_view kHolder =
    "SELECT activity.application_name, activity.pid FROM pg_locks AS locks "
    "JOIN pg_stat_activity AS activity USING (pid) WHERE locks.relation = $1::regclass "
    "AND locks.granted AND locks.pid <> pg_backend_pid() LIMIT 1";

std::string key_index(const std::string& table) {
    return fmt::format("_streams_key_{:016x}", sql::name_hash(table));
}

std::vector<std::string> sorted(std::vector<std::string> names) {
    std::ranges::sort(names);
    return names;
}

// What a change refused to do, in words that fit.
Error change_error(Error error, const std::string& state, const std::string& table) {
    if (state == "0A000") {
        error = {ErrorKind::Config,
                 "table-used",
                 fmt::format("table \"{}\" has to be changed, and something depends on it", table),
                 {},
                 error.what,
                 "drop what depends on it (a view, say), and make it again after the run"};
    } else if (error.kind == ErrorKind::Data && state.starts_with("22")) {
        error.id = "widening-inexact";
        error.what = fmt::format(
            "a stored value of table \"{}\" has no equal in the column's new type", table);
    }
    return error;
}

}  // namespace

bool PostgresDatabase::is_private(const std::string& table) const {
    return created_.contains(table) || table.starts_with("_streams_");
}

Result<> PostgresDatabase::create_table(const sql::TableDefinition& definition) {
    STREAMS_TRY(run(sql::create_table(definition)));
    created_.insert(definition.table);
    return {};
}

Result<> PostgresDatabase::alter(const std::string& table, const sql::TableChange& change) {
    if (change.empty()) return {};
    std::string actions;
    const auto add = [&](const std::string& action) {
        actions += (actions.empty() ? "" : ", ") + action;
    };
    for (const auto& column : change.added) {
        add(fmt::format("ADD COLUMN {} {}", sql::quoted(column.name), column.type));
    }
    for (const auto& [name, conversion] : change.conversions) {
        add(fmt::format("ALTER COLUMN {} TYPE {} USING {}", sql::quoted(name), conversion.type,
                        conversion.expression));
    }
    auto altered = run(fmt::format("ALTER TABLE {} {}", sql::quoted(table), actions));
    if (altered) return {};
    return std::unexpected(change_error(std::move(altered).error(), connection_->state(), table));
}

Result<> PostgresDatabase::change_table(const std::string& table, const sql::TableChange& change) {
    if (const auto* stage = find_stage(table)) STREAMS_TRY(alter(stage->name, change));
    if (is_private(table)) return alter(table, change);
    // Of a column that is widened twice before the commit the stored type is the older one.
    const auto& earlier = pending_[table].change.conversions;
    const bool is_twice = std::ranges::any_of(
        change.conversions, [&](const auto& column) { return earlier.contains(column.first); });
    if (is_twice) {
        STREAMS_TRY(change_now(table));
        return alter(table, change);
    }
    auto& waiting = pending_[table].change;
    waiting.added.insert(waiting.added.end(), change.added.begin(), change.added.end());
    waiting.conversions.insert(change.conversions.begin(), change.conversions.end());
    return {};
}

Result<> PostgresDatabase::change_now(const std::string& table) {
    const auto found = pending_.find(table);
    if (found == pending_.end()) return {};
    const auto pending = found->second;
    pending_.erase(found);
    STREAMS_TRY(lock_table(table));
    STREAMS_TRY(alter(table, pending.change));
    if (pending.unique_key.empty()) return {};
    return add_unique_index(table, pending.unique_key);
}

Result<bool> PostgresDatabase::try_lock_table(const std::string& table) {
    STREAMS_TRY(run("SAVEPOINT streams_lock"));
    STREAMS_TRY(run("SET LOCAL lock_timeout = '1s'"));
    const auto locked =
        run(fmt::format("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", sql::quoted(table)));
    if (!locked && connection_->state() != "55P03") return std::unexpected(locked.error());
    STREAMS_TRY(
        run(locked ? "RELEASE SAVEPOINT streams_lock" : "ROLLBACK TO SAVEPOINT streams_lock"));
    STREAMS_TRY(
        run(fmt::format("SET LOCAL lock_timeout = {}", std::max<std::int64_t>(1, wait_.count()))));
    return locked.has_value();
}

// In turns of a second, because whoever comes behind a lock that is waited for waits as well.
Result<> PostgresDatabase::lock_table(const std::string& table) {
    const auto end = Clock::now() + wait_;
    while (true) {
        const auto locked = try_lock_table(table);
        if (!locked) return std::unexpected(locked.error());
        if (*locked) return {};
        if (Clock::now() >= end) break;
        ::poll(nullptr, 0, kPauseMs);
    }
    const auto holder = holder_of(table);
    return std::unexpected(
        Error{ErrorKind::Busy,
              "destination-busy",
              fmt::format("table \"{}\" has to be changed, and another transaction uses it{}",
                          table, holder ? *holder : ""),
              place_,
              {},
              "let it end, or wait for it: --wait 10m"});
}

Result<std::string> PostgresDatabase::holder_of(const std::string& table) {
    const auto holder = ask(kHolder, {sql::quoted(table)});
    if (!holder) return std::unexpected(holder.error());
    if (holder->rows.empty()) return std::string();
    return fmt::format(": {} (server process {})",
                       holder->text(0, 0).empty() ? "unnamed" : holder->text(0, 0),
                       holder->text(0, 1));
}

Result<bool> PostgresDatabase::has_unique_index(const std::string& table,
                                                const std::vector<std::string>& key) {
    const auto indexes = ask(kUniqueIndexes, {schema_, table});
    if (!indexes) return std::unexpected(indexes.error());
    for (std::size_t row = 0; row < indexes->rows.size(); ++row) {
        if (sorted(sql::names_of_json(indexes->text(row, 0))) == sorted(key)) return true;
    }
    return false;
}

Result<> PostgresDatabase::add_unique_index(const std::string& table,
                                            const std::vector<std::string>& key) {
    auto made = run(fmt::format("CREATE UNIQUE INDEX {} ON {} ({})", sql::quoted(key_index(table)),
                                sql::quoted(table), sql::quoted_list(key)));
    if (made || connection_->state() != "23505") return made;
    auto error = std::move(made).error();
    error.kind = ErrorKind::Config;
    error.id = "key-changed";
    error.what = fmt::format("table \"{}\" has rows that share a key, so it cannot be loaded by {}",
                             table, sql::quoted_list(key));
    error.remedy = "load it again from the start with --refresh, or append: --load append";
    return std::unexpected(std::move(error));
}

Result<> PostgresDatabase::ensure_unique_key(const std::string& table,
                                             const std::vector<std::string>& key) {
    const auto there = has_unique_index(table, key);
    if (!there) return std::unexpected(there.error());
    if (*there) return {};
    if (is_private(table)) return add_unique_index(table, key);
    pending_[table].unique_key = key;
    return {};
}

Result<std::vector<std::string>> PostgresDatabase::primary_key(const std::string& table) {
    const auto rows = ask(kPrimaryKey, {schema_, table});
    if (!rows) return std::unexpected(rows.error());
    return rows->texts(1);
}

// Ours, and the primary key, which may be that of an older load.
Result<> PostgresDatabase::drop_keys(const std::string& table) {
    STREAMS_TRY(run("DROP INDEX IF EXISTS " + sql::quoted(key_index(table))));
    const auto rows = ask(kPrimaryKey, {schema_, table});
    if (!rows) return std::unexpected(rows.error());
    if (rows->rows.empty()) return {};
    return run(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", sql::quoted(table),
                           sql::quoted(rows->text(0, 0))));
}

// `to`, which is empty, gets every column of `from`, and may leave the others null.
Result<> PostgresDatabase::make_alike(const std::string& from, const std::string& to) {
    const auto wanted = read_columns(from);
    if (!wanted) return std::unexpected(wanted.error());
    const auto there = read_columns(to);
    if (!there) return std::unexpected(there.error());
    const auto find = [](const auto& columns, const std::string& name) {
        return std::ranges::find(columns, name, &sql::PhysicalColumn::name);
    };
    sql::TableChange change;
    for (const auto& column : *wanted) {
        const auto old = find(*there, column.name);
        if (old == there->end()) {
            change.added.push_back({.name = column.name, .type = column.type, .fallback = {}});
        } else if (old->type != column.type) {
            change.conversions[column.name] = {column.type, "NULL::" + column.type};
        }
    }
    STREAMS_TRY(alter(to, change));
    for (const auto& old : *there) {
        const auto column = find(*wanted, old.name);
        const bool may_be_null = column == wanted->end() || column->is_nullable;
        if (old.is_nullable || !may_be_null || old.is_generated) continue;
        STREAMS_TRY(run(fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL", sql::quoted(to),
                                    sql::quoted(old.name))));
    }
    return {};
}

Result<> PostgresDatabase::replace_table(const std::string& from, const std::string& to) {
    const auto kind = kind_of_object(to);
    if (!kind) return std::unexpected(kind.error());
    if (kind->empty()) {
        created_.insert(to);
        return run(sql::rename_table(from, to));
    }
    pending_.erase(to);
    STREAMS_TRY(lock_table(to));
    auto emptied = run("TRUNCATE TABLE " + sql::quoted(to));
    if (!emptied) {
        return std::unexpected(change_error(std::move(emptied).error(), connection_->state(), to));
    }
    const auto key = primary_key(from);
    if (!key) return std::unexpected(key.error());
    const auto old_key = primary_key(to);
    if (!old_key) return std::unexpected(old_key.error());
    if (*key != *old_key) STREAMS_TRY(drop_keys(to));
    STREAMS_TRY(make_alike(from, to));
    const auto columns = read_columns(from);
    if (!columns) return std::unexpected(columns.error());
    std::vector<std::string> names;
    names.reserve(columns->size());
    for (const auto& column : *columns) names.push_back(column.name);
    STREAMS_TRY(run(fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2}", sql::quoted(to),
                                sql::quoted_list(names), sql::quoted(from))));
    STREAMS_TRY(run(sql::drop_table(from)));
    if (key->empty()) return {};
    const auto unique = has_unique_index(to, *key);
    if (!unique) return std::unexpected(unique.error());
    return *unique ? Result<>() : add_unique_index(to, *key);
}

}  // namespace streams::postgres
