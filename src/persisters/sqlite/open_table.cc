#include "persisters/sqlite/open_table.h"

#include <algorithm>
#include <fmt/format.h>

#include "persisters/sqlite/evolution.h"
#include "persisters/sqlite/owner.h"
#include "persisters/sqlite/sqlite_dialect.h"
#include "persisters/sqlite/unique_key.h"
#include "sql/ledger_tables.h"
#include "sql/table_name.h"

namespace streams::sqlite {
namespace {

std::unexpected<Error> refused(ErrorKind kind, std::string id, std::string what,
                               std::string remedy) {
    return std::unexpected(Error{kind, std::move(id), std::move(what), {}, {}, std::move(remedy)});
}

std::vector<std::string> sorted(std::vector<std::string> names) {
    std::ranges::sort(names);
    return names;
}

std::string refresh(const Stream& stream) {
    return fmt::format("load it again from the start: --refresh {}; or beside it: --schema NAME",
                       stream.name);
}

// A table keeps the key that it was made with; one without may get one.
Result<> check_key(const TableEntry& entry, const Stream& stream) {
    if (entry.load != Load::Upsert) return {};
    if (!merges(stream)) {
        return refused(
            ErrorKind::Config, "load-changed",
            fmt::format("table \"{}\" keeps one row per key; rows cannot be appended to it",
                        entry.table),
            refresh(stream));
    }
    if (sorted(entry.keys) == sorted(key_names(stream))) return {};
    return refused(ErrorKind::Config, "key-changed",
                   fmt::format("the key of stream \"{}\" was {}, and is now {}", stream.name,
                               sql::quoted_list(entry.keys), sql::quoted_list(key_names(stream))),
                   refresh(stream));
}

sql::ColumnDefinition commit_column() {
    return {.name = std::string(sql::kCommitColumn),
            .type = std::string(sqlite_dialect().type_name(Type::Integer))};
}

sql::ColumnDefinition deleted_column() {
    return {.name = std::string(sql::kDeletedColumn),
            .type = std::string(sqlite_dialect().type_name(Type::Timestamp))};
}

Result<> create_target(const Database& database, const Stream& stream, const Evolution& evolution,
                       const std::string& target) {
    sql::TableDefinition definition{.table = target, .columns = evolution.added, .key = {}};
    if (merges(stream)) definition.key = key_names(stream);
    for (auto& column : definition.columns) {
        const auto is_key = std::ranges::find(definition.key, column.name) != definition.key.end();
        if (is_key) column.is_nullable = false;
    }
    if (!merges(stream)) definition.columns.push_back(commit_column());
    return database.run(sql::create_table(definition));
}

Result<> change_target(const Database& database, const OpenTable& table,
                       const Evolution& evolution) {
    if (!evolution.conversions.empty()) {
        if (!table.entry.is_made) {
            return refused(
                ErrorKind::Config, "table-adopted",
                fmt::format("column \"{}\" of table \"{}\" is too narrow, and a table that we did "
                            "not make is not rewritten",
                            evolution.conversions.columns.begin()->first, table.target),
                "widen the column yourself, or load beside it: --schema NAME");
        }
        return rebuild_table(database, table.target, evolution.conversions, evolution.added);
    }
    for (const auto& column : evolution.added) {
        STREAMS_TRY(database.run(sql::add_column(table.target, column)));
    }
    return {};
}

// Reads back which of our own columns there are, and makes those that are missing.
Result<> complete_target(const Database& database, const Stream& stream, OpenTable& table) {
    const auto columns = physical_columns(database, table.target);
    if (!columns) return std::unexpected(columns.error());
    table.has_commit_column = find_column(*columns, sql::kCommitColumn) != nullptr;
    table.has_deleted_column = find_column(*columns, sql::kDeletedColumn) != nullptr &&
                               find_field(table.fields, sql::kDeletedColumn) == nullptr;
    if (!table.is_merged && !table.has_commit_column) {
        STREAMS_TRY(database.run(sql::add_column(table.target, commit_column())));
        table.has_commit_column = true;
    }
    if (stream.versioned) STREAMS_TRY(add_deleted_column(database, table));
    if (table.is_merged) return ensure_unique_key(database, table.target, key_names(stream));
    return {};
}

// What the catalogue says of the target, made true.
Result<> evolve(const Database& database, const Stream& stream, OpenTable& table) {
    const Catalog catalog(database);
    const auto known = catalog.columns(table.target);
    if (!known) return std::unexpected(known.error());
    const auto physical = physical_columns(database, table.target);
    if (!physical) return std::unexpected(physical.error());
    table.is_created = table.is_created || physical->empty();
    auto evolution = plan_evolution(table.target, physical->empty() ? std::vector<Field>{} : *known,
                                    *physical, stream);
    if (!evolution) return std::unexpected(std::move(evolution).error());
    if (physical->empty()) {
        STREAMS_TRY(create_target(database, stream, *evolution, table.target));
    } else {
        STREAMS_TRY(change_target(database, table, *evolution));
    }
    if (evolution->changes_fields || physical->empty()) {
        auto entry = table.entry;
        entry.table = table.target;
        STREAMS_TRY(catalog.put_columns(entry, evolution->fields));
    }
    table.fields = std::move(evolution->fields);
    return complete_target(database, stream, table);
}

Result<> drop_hidden(const Database& database, const std::string& table) {
    STREAMS_TRY(database.run(sql::drop_table(table)));
    return database.run("DELETE FROM _streams_columns WHERE \"table\" = ?1", {table});
}

Result<OpenTable> open_hidden(const Database& database, const Context& context,
                              const Stream& stream, OpenTable table, const OpenTable* before) {
    table.target = hidden_table(context, table.entry.table);
    table.entry.keys = key_names(stream);
    table.entry.load = table.is_merged ? Load::Upsert : Load::Append;
    table.entry.is_made = true;
    if (before == nullptr) STREAMS_TRY(drop_hidden(database, table.target));
    STREAMS_TRY(evolve(database, stream, table));
    return table;
}

Result<> put_entry(const Catalog& catalog, const Ownership& ownership, const Stream& stream) {
    auto entry = ownership.entry;
    const auto load = merges(stream) ? Load::Upsert : Load::Append;
    const bool is_same = entry.load == load && sorted(entry.keys) == sorted(key_names(stream));
    if (is_same && !ownership.is_taken && !ownership.is_new && !ownership.is_adopted) return {};
    entry.load = load;
    entry.keys = key_names(stream);
    return catalog.put(entry);
}

// A table that the catalogue knows and that is gone: rows of earlier runs are missing.
Result<> check_present(const Database& database, const Ownership& ownership,
                       const Context& context) {
    if (ownership.is_new || ownership.is_adopted || context.pipeline.empty()) return {};
    const auto kind = kind_of_object(database, ownership.entry.table);
    if (!kind) return std::unexpected(kind.error());
    if (!kind->empty()) return {};
    return refused(
        ErrorKind::Busy, "table-missing",
        fmt::format("table \"{}\" is gone from {}, but pipeline \"{}\" has stored rows in it",
                    ownership.entry.table, database.path(), context.pipeline),
        fmt::format("load it again from the start: --refresh {}", ownership.entry.stream));
}

}  // namespace

Result<std::vector<Field>> stored_fields(const Database& database, const Context& context,
                                         const std::string& stream) {
    const auto ownership = ownership_of(database, context, Stream{.name = stream});
    if (!ownership) return std::unexpected(ownership.error());
    const Catalog catalog(database);
    const auto physical = physical_columns(database, ownership->entry.table);
    if (!physical) return std::unexpected(physical.error());
    if (physical->empty()) return std::vector<Field>{};
    auto known = catalog.columns(ownership->entry.table);
    if (!known) return known;
    const auto derived = derived_fields(*known, *physical);
    std::erase_if(
        *known, [&](const Field& field) { return find_column(*physical, field.name) == nullptr; });
    known->insert(known->end(), derived.begin(), derived.end());
    return known;
}

Result<OpenTable> open_table(Session& session, const Stream& stream, const OpenTable* before) {
    const auto begun = session.begin();
    if (!begun) return std::unexpected(begun.error());
    const Database& database = **begun;
    const Catalog catalog(database);
    STREAMS_TRY(catalog.create());
    auto ownership = ownership_of(database, session.context(), stream);
    if (!ownership) return std::unexpected(std::move(ownership).error());
    OpenTable table;
    table.entry = ownership->entry;
    table.target = ownership->entry.table;
    table.is_merged = merges(stream);
    table.is_created = before != nullptr && before->is_created;
    if (stream.load == Load::Overwrite) {
        return open_hidden(database, session.context(), stream, std::move(table), before);
    }
    STREAMS_TRY(check_present(database, *ownership, session.context()));
    STREAMS_TRY(check_key(ownership->entry, stream));
    STREAMS_TRY(evolve(database, stream, table));
    STREAMS_TRY(put_entry(catalog, *ownership, stream));
    return table;
}

Result<> check_still_owned(const Database& database, const Context& context,
                           const OpenTable& table) {
    const auto ownership = ownership_of(database, context, Stream{.name = table.entry.stream});
    if (!ownership) return std::unexpected(ownership.error());
    return {};
}

Result<> add_deleted_column(const Database& database, OpenTable& table) {
    const bool is_there =
        table.has_deleted_column || find_field(table.fields, sql::kDeletedColumn) != nullptr;
    if (is_there) return {};
    STREAMS_TRY(database.run(sql::add_column(table.target, deleted_column())));
    table.has_deleted_column = true;
    return {};
}

Result<> swap_in(Session& session, const Stream& stream, OpenTable& table) {
    const auto begun = session.begin();
    if (!begun) return std::unexpected(begun.error());
    const Database& database = **begun;
    const Catalog catalog(database);
    const auto ownership = ownership_of(database, session.context(), stream);
    if (!ownership) return std::unexpected(ownership.error());
    table.is_created = ownership->is_new;
    table.entry.table = ownership->entry.table;
    STREAMS_TRY(replace_table(database, table.target, table.entry.table));
    STREAMS_TRY(catalog.move_columns(table.target, table.entry.table));
    STREAMS_TRY(catalog.put(table.entry));
    table.target = table.entry.table;
    return {};
}

Result<> drop_hidden_tables(const Database& database, const Context& context) {
    const auto prefix = hidden_prefix(context);
    auto rows = database.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, ?1) = ?2");
    if (!rows) return std::unexpected(std::move(rows).error());
    rows->bind({static_cast<std::int64_t>(prefix.size()), prefix});
    std::vector<std::string> tables;
    while (true) {
        const auto has_row = rows->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) break;
        tables.push_back(rows->text(0));
    }
    for (const auto& table : tables) STREAMS_TRY(drop_hidden(database, table));
    return {};
}

}  // namespace streams::sqlite
