#include "sql/owner.h"

#include <fmt/format.h>

#include "sql/table_name.h"

namespace streams::sql {
namespace {

std::unexpected<Error> owned(Database& database, const TableEntry& entry) {
    const auto whose = entry.schema.empty() ? fmt::format("pipeline \"{}\"", entry.pipeline)
                                            : fmt::format("pipeline \"{}\" in schema \"{}\"",
                                                          entry.pipeline, entry.schema);
    const auto owner = entry.pipeline.empty() ? fmt::format("schema \"{}\"", entry.schema) : whose;
    return std::unexpected(
        Error{ErrorKind::Config,
              "table-owned",
              fmt::format("table \"{}\" belongs to {}", entry.table, owner),
              database.place(),
              {},
              fmt::format(
                  "load as that pipeline: --pipeline {0}; or beside it: --schema NAME; or give it "
                  "another name: streams state rename {0} NEW",
                  entry.pipeline.empty() ? "NAME" : entry.pipeline)});
}

std::unexpected<Error> foreign(Database& database, const std::string& table,
                               const std::string& kind) {
    const bool is_table = kind == "table";
    return std::unexpected(
        Error{ErrorKind::Config,
              "table-foreign",
              is_table ? fmt::format("table \"{}\" was not made by Streams", table)
                       : fmt::format("\"{}\" is a {}, so no table can have that name", table, kind),
              database.place(),
              {},
              is_table ? "load into it all the same: --adopt; or beside it: --schema NAME"
                       : "load beside it: --schema NAME"});
}

bool may_write(const TableEntry& entry, const Context& context) {
    return entry.pipeline.empty() || entry.pipeline == context.pipeline;
}

Ownership known(TableEntry entry, const Context& context) {
    Ownership ownership{.entry = std::move(entry)};
    ownership.is_taken = ownership.entry.pipeline != context.pipeline;
    ownership.entry.pipeline = context.pipeline;
    return ownership;
}

Ownership unknown(const std::string& table, const Context& context, const Stream& stream) {
    Ownership ownership;
    ownership.entry = {.table = table,
                       .stream = stream.name,
                       .schema = context.schema,
                       .pipeline = context.pipeline,
                       .keys = key_names(stream),
                       .load = merges(stream) ? Load::Upsert : Load::Append,
                       .is_made = true};
    return ownership;
}

// The table has no entry; it may be there all the same.
Result<Ownership> first_met(Database& database, const Context& context, const Stream& stream,
                            const std::string& table) {
    auto ownership = unknown(table, context, stream);
    const auto kind = database.kind_of_object(table);
    if (!kind) return std::unexpected(kind.error());
    ownership.is_new = kind->empty();
    if (ownership.is_new) return ownership;
    if (*kind != "table" || !context.adopt) return foreign(database, table, *kind);
    ownership.is_adopted = true;
    ownership.entry.is_made = false;
    return ownership;
}

}  // namespace

bool merges(const Stream& stream) {
    return !stream.key.empty() && stream.load != Load::Append;
}

std::vector<std::string> key_names(const Stream& stream) {
    std::vector<std::string> names;
    names.reserve(stream.key.size());
    for (const auto position : stream.key) names.push_back(stream.fields[position].name);
    return names;
}

Result<Ownership> ownership_of(Database& database, const Context& context, const Stream& stream) {
    const Catalog catalog(database);
    auto of_stream = catalog.of_stream(context.schema, stream.name);
    if (!of_stream) return std::unexpected(std::move(of_stream).error());
    if (auto entry = *std::move(of_stream)) {
        if (!may_write(*entry, context)) return owned(database, *entry);
        return known(*std::move(entry), context);
    }
    auto table = table_name(database.dialect(), context.schema, stream.name);
    auto of_table = catalog.of_table(table);
    if (!of_table) return std::unexpected(std::move(of_table).error());
    if (const auto entry = *std::move(of_table)) {
        const bool is_ours = entry->schema == context.schema && may_write(*entry, context);
        if (!is_ours) return owned(database, *entry);
        // Another stream whose name folds to the same: it came first and keeps the table.
        table = distinct_table_name(database.dialect(), context.schema, stream.name);
    }
    return first_met(database, context, stream, table);
}

std::string hidden_prefix(const Context& context) {
    return fmt::format("_streams_new_{:016x}_",
                       name_hash(context.schema + '\0' + context.pipeline));
}

std::string hidden_table(const Dialect& dialect, const Context& context, const std::string& table) {
    auto name = hidden_prefix(context) + table;
    const bool fits = dialect.name_bytes_max == 0 || name.size() <= dialect.name_bytes_max;
    return fits ? name : fmt::format("{}{:016x}", hidden_prefix(context), name_hash(table));
}

}  // namespace streams::sql
