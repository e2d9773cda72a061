#include "sql/upsert.h"

#include <algorithm>

#include "sql/catalog.h"
#include "sql/ledger_tables.h"
#include "sql/table_name.h"

namespace streams::sql {
namespace {

bool is_sequence(const Dialect& dialect, const Field& field) {
    return is_same_name(dialect, field.name, kSequenceColumn);
}

// What is written even where the data is equal: it says which load brought the row.
bool is_tracked(const Dialect& dialect, const Field& field) {
    return field.origin == Origin::TableVersion || field.origin == Origin::Sequence ||
           is_sequence(dialect, field);
}

}  // namespace

Upsert upsert_of(const Dialect& dialect, const Stream& stream, const OpenTable& table) {
    Upsert upsert{.table = table.target, .noting_function = {}};
    for (std::size_t i = 0; i < stream.fields.size(); ++i) {
        const auto& field = stream.fields[i];
        upsert.columns.push_back(field.name);
        const bool is_key = std::ranges::find(stream.key, i) != stream.key.end();
        if (is_key) continue;
        if (is_tracked(dialect, field)) {
            upsert.tracked.push_back(field.name);
        } else if (field.origin == Origin::Record) {
            upsert.data.push_back(field.name);
        }
        if (is_sequence(dialect, field) && field.type == Type::Integer) {
            upsert.sequence = field.name;
        }
    }
    for (const auto position : stream.key) upsert.key.push_back(stream.fields[position].name);
    for (const auto& field : table.fields) {
        if (find_field(dialect, stream.fields, field.name) == nullptr) {
            upsert.absent.push_back(field.name);
        }
    }
    if (table.has_deleted_column) upsert.cleared.emplace_back(kDeletedColumn);
    return upsert;
}

std::vector<std::string> columns_of(const Stream& stream, const OpenTable& table) {
    std::vector<std::string> columns;
    columns.reserve(stream.fields.size() + 1);
    for (const auto& field : stream.fields) columns.push_back(field.name);
    if (table.has_commit_column) columns.emplace_back(kCommitColumn);
    return columns;
}

}  // namespace streams::sql
