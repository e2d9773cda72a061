#include "sql/open_table.h"

#include <algorithm>
#include <fmt/format.h>

#include "sql/catalog.h"
#include "sql/evolution.h"
#include "sql/ledger_tables.h"
#include "sql/owner.h"

namespace streams::sql {
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
                               quoted_list(entry.keys), quoted_list(key_names(stream))),
                   refresh(stream));
}

ColumnDefinition our_column(const Database& database, std::string_view name, Type type) {
    return {.name = std::string(name), .type = std::string(database.dialect().type_name(type))};
}

Result<> add_column(Database& database, const OpenTable& table, std::string_view name, Type type) {
    return database.change_table(table.target,
                                 {.added = {our_column(database, name, type)}, .conversions = {}});
}

Result<> create_target(Database& database, const Stream& stream, const Evolution& evolution,
                       const std::string& target) {
    TableDefinition definition{.table = target, .columns = evolution.change.added, .key = {}};
    if (merges(stream)) definition.key = key_names(stream);
    for (auto& column : definition.columns) {
        const auto is_key = std::ranges::find(definition.key, column.name) != definition.key.end();
        if (is_key) column.is_nullable = false;
    }
    if (!merges(stream)) {
        definition.columns.push_back(our_column(database, kCommitColumn, Type::Integer));
    }
    return database.create_table(definition);
}

Result<> change_target(Database& database, const OpenTable& table, const TableChange& change) {
    if (change.empty()) return {};
    if (change.conversions.empty() || table.entry.is_made) {
        return database.change_table(table.target, change);
    }
    return refused(
        ErrorKind::Config, "table-adopted",
        fmt::format("column \"{}\" of table \"{}\" is too narrow, and a table that we did not make "
                    "is not rewritten",
                    change.conversions.begin()->first, table.target),
        "widen the column yourself, or load beside it: --schema NAME");
}

// Reads back which of our own columns there are, and makes those that are missing.
Result<> complete_target(Database& database, const Stream& stream, OpenTable& table) {
    const auto& dialect = database.dialect();
    const auto columns = database.physical_columns(table.target);
    if (!columns) return std::unexpected(columns.error());
    table.has_commit_column = find_column(dialect, *columns, kCommitColumn) != nullptr;
    table.has_deleted_column = find_column(dialect, *columns, kDeletedColumn) != nullptr &&
                               find_field(dialect, table.fields, kDeletedColumn) == nullptr;
    if (!table.is_merged && !table.has_commit_column) {
        STREAMS_TRY(add_column(database, table, kCommitColumn, Type::Integer));
        table.has_commit_column = true;
    }
    if (stream.versioned) STREAMS_TRY(add_deleted_column(database, table));
    if (table.is_merged) return database.ensure_unique_key(table.target, key_names(stream));
    return {};
}

// Somebody may have dropped a column that the catalogue knows.
void erase_dropped(const Dialect& dialect, const std::vector<PhysicalColumn>& physical,
                   std::vector<Field>& known) {
    std::erase_if(known, [&](const Field& field) {
        return find_column(dialect, physical, field.name) == nullptr;
    });
}

// What the catalogue says of the target, made true.
Result<> evolve(Database& database, const Stream& stream, OpenTable& table) {
    const Catalog catalog(database);
    auto known = catalog.columns(table.target);
    if (!known) return std::unexpected(std::move(known).error());
    const auto physical = database.physical_columns(table.target);
    if (!physical) return std::unexpected(physical.error());
    erase_dropped(database.dialect(), *physical, *known);
    table.is_created = table.is_created || physical->empty();
    auto evolution = plan_evolution(database, table.target, *known, *physical, stream);
    if (!evolution) return std::unexpected(std::move(evolution).error());
    if (physical->empty()) {
        STREAMS_TRY(create_target(database, stream, *evolution, table.target));
    } else {
        STREAMS_TRY(change_target(database, table, evolution->change));
    }
    if (evolution->changes_fields || physical->empty()) {
        auto entry = table.entry;
        entry.table = table.target;
        STREAMS_TRY(catalog.put_columns(entry, evolution->fields));
    }
    table.fields = std::move(evolution->fields);
    return complete_target(database, stream, table);
}

Result<> drop_hidden(Database& database, const std::string& table) {
    STREAMS_TRY(database.run(drop_table(table)));
    return Catalog(database).forget_columns(table);
}

Result<OpenTable> open_hidden(Database& database, const Context& context, const Stream& stream,
                              OpenTable table, const OpenTable* before) {
    table.target = hidden_table(database.dialect(), context, table.entry.table);
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
Result<> check_present(Database& database, const Ownership& ownership, const Context& context) {
    if (ownership.is_new || ownership.is_adopted || context.pipeline.empty()) return {};
    const auto kind = database.kind_of_object(ownership.entry.table);
    if (!kind) return std::unexpected(kind.error());
    if (!kind->empty()) return {};
    return refused(
        ErrorKind::Busy, "table-missing",
        fmt::format("table \"{}\" is gone from {}, but pipeline \"{}\" has stored rows in it",
                    ownership.entry.table, database.place(), context.pipeline),
        fmt::format("load it again from the start: --refresh {}", ownership.entry.stream));
}

}  // namespace

Result<std::vector<Field>> stored_fields(Database& database, const Context& context,
                                         const std::string& stream) {
    const auto ownership = ownership_of(database, context, Stream{.name = stream});
    if (!ownership) return std::unexpected(ownership.error());
    const Catalog catalog(database);
    const auto physical = database.physical_columns(ownership->entry.table);
    if (!physical) return std::unexpected(physical.error());
    if (physical->empty()) return std::vector<Field>{};
    auto known = catalog.columns(ownership->entry.table);
    if (!known) return known;
    const auto derived = derived_fields(database, *known, *physical);
    erase_dropped(database.dialect(), *physical, *known);
    known->insert(known->end(), derived.begin(), derived.end());
    return known;
}

Result<OpenTable> open_table(Database& database, const Context& context, const Stream& stream,
                             const OpenTable* before) {
    STREAMS_TRY(database.begin());
    const Catalog catalog(database);
    STREAMS_TRY(catalog.create());
    auto ownership = ownership_of(database, context, stream);
    if (!ownership) return std::unexpected(std::move(ownership).error());
    OpenTable table;
    table.entry = ownership->entry;
    table.target = ownership->entry.table;
    table.is_merged = merges(stream);
    table.is_created = before != nullptr && before->is_created;
    if (stream.load == Load::Overwrite) {
        return open_hidden(database, context, stream, std::move(table), before);
    }
    STREAMS_TRY(check_present(database, *ownership, context));
    STREAMS_TRY(check_key(ownership->entry, stream));
    STREAMS_TRY(evolve(database, stream, table));
    STREAMS_TRY(put_entry(catalog, *ownership, stream));
    return table;
}

Result<> check_still_owned(Database& database, const Context& context, const OpenTable& table) {
    const auto ownership = ownership_of(database, context, Stream{.name = table.entry.stream});
    if (!ownership) return std::unexpected(ownership.error());
    return {};
}

Result<> add_deleted_column(Database& database, OpenTable& table) {
    const bool is_there = table.has_deleted_column ||
                          find_field(database.dialect(), table.fields, kDeletedColumn) != nullptr;
    if (is_there) return {};
    STREAMS_TRY(add_column(database, table, kDeletedColumn, Type::Timestamp));
    table.has_deleted_column = true;
    return {};
}

Result<> swap_in(Database& database, const Context& context, const Stream& stream,
                 OpenTable& table) {
    STREAMS_TRY(database.begin());
    const Catalog catalog(database);
    const auto ownership = ownership_of(database, context, stream);
    if (!ownership) return std::unexpected(ownership.error());
    table.is_created = ownership->is_new;
    table.entry.table = ownership->entry.table;
    STREAMS_TRY(database.replace_table(table.target, table.entry.table));
    STREAMS_TRY(catalog.move_columns(table.target, table.entry.table));
    STREAMS_TRY(catalog.put(table.entry));
    table.target = table.entry.table;
    return {};
}

Result<> drop_hidden_tables(Database& database, const Context& context) {
    const auto tables = database.tables();
    if (!tables) return std::unexpected(tables.error());
    for (const auto& table : *tables) {
        if (table.starts_with(hidden_prefix(context))) STREAMS_TRY(drop_hidden(database, table));
    }
    return {};
}

}  // namespace streams::sql
