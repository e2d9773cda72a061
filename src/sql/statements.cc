#include "sql/statements.h"

#include <algorithm>
#include <fmt/format.h>

namespace streams::sql {
namespace {

std::string definition_text(const ColumnDefinition& column) {
    auto text = quoted(column.name);
    if (!column.type.empty()) text += " " + column.type;
    if (!column.is_nullable) text += " NOT NULL";
    if (!column.fallback.empty()) text += " DEFAULT " + column.fallback;
    return text;
}

std::string kept(const std::string& column) {
    return "kept." + quoted(column);
}
std::string excluded(const std::string& column) {
    return "excluded." + quoted(column);
}

void append(std::string& list, std::string_view text, std::string_view between) {
    if (!list.empty()) list += between;
    list += text;
}

// One comparison of two rows of values: a chain of ORs over 2 000 columns would be deeper than
// databases let an expression be. Empty: nothing to compare.
std::string differs(const Dialect& dialect, const std::vector<std::string>& columns,
                    const std::vector<std::string>& nulls) {
    std::string left;
    std::string right;
    for (const auto& column : columns) {
        append(left, kept(column), ", ");
        append(right, excluded(column), ", ");
    }
    for (const auto& column : nulls) {
        append(left, kept(column), ", ");
        append(right, "NULL", ", ");
    }
    if (left.empty()) return {};
    return fmt::format("({}) {} ({})", left, dialect.differs, right);
}

std::string assignments(const Upsert& upsert) {
    std::string text;
    for (const auto& column : upsert.columns) {
        if (std::ranges::find(upsert.key, column) != upsert.key.end()) continue;
        append(text, quoted(column) + " = " + excluded(column), ", ");
    }
    for (const auto* nulls : {&upsert.absent, &upsert.cleared}) {
        for (const auto& column : *nulls) append(text, quoted(column) + " = NULL", ", ");
    }
    return text;
}

// Whether the row that is there is replaced.
std::string condition_of(const Dialect& dialect, const Upsert& upsert) {
    auto data = differs(dialect, upsert.data, upsert.absent);
    const auto tracked = differs(dialect, upsert.tracked, upsert.cleared);
    if (data.empty()) data = "false";
    auto text = data;
    if (!tracked.empty()) {
        const auto noted = upsert.noting_function.empty()
                               ? data
                               : fmt::format("{}({})", upsert.noting_function, data);
        // CASE, because OR promises no order and might leave the first part out.
        text = fmt::format("CASE WHEN {} THEN true ELSE ({}) END", noted, tracked);
    }
    if (upsert.sequence.empty()) return text;
    return fmt::format("({} IS NULL OR {} >= {}) AND {}", kept(upsert.sequence),
                       excluded(upsert.sequence), kept(upsert.sequence), text);
}

std::string condition(const Dialect& dialect, const Upsert& upsert) {
    const auto text = condition_of(dialect, upsert);
    if (upsert.leaving.empty()) return text;
    return fmt::format("CASE WHEN {} THEN {} ELSE false END", text, upsert.leaving);
}

std::string parameters(std::size_t count) {
    std::string values;
    for (std::size_t i = 1; i <= count; ++i) append(values, fmt::format("${}", i), ", ");
    return fmt::format("VALUES ({})", values);
}

}  // namespace

std::string replaces(const Dialect& dialect, const Upsert& upsert) {
    return condition_of(dialect, upsert);
}

std::string create_table(const TableDefinition& definition, bool if_not_exists) {
    std::string columns;
    for (const auto& column : definition.columns) append(columns, definition_text(column), ", ");
    if (!definition.key.empty()) {
        append(columns, fmt::format("PRIMARY KEY ({})", quoted_list(definition.key)), ", ");
    }
    return fmt::format("CREATE TABLE {}{} ({})", if_not_exists ? "IF NOT EXISTS " : "",
                       quoted(definition.table), columns);
}

std::string add_column(std::string_view table, const ColumnDefinition& column, bool if_not_exists) {
    return fmt::format("ALTER TABLE {} ADD COLUMN {}{}", quoted(table),
                       if_not_exists ? "IF NOT EXISTS " : "", definition_text(column));
}

std::string drop_table(std::string_view table) {
    return fmt::format("DROP TABLE IF EXISTS {}", quoted(table));
}

std::string rename_table(std::string_view from, std::string_view to) {
    return fmt::format("ALTER TABLE {} RENAME TO {}", quoted(from), quoted(to));
}

std::string insert_row(std::string_view table, const std::vector<std::string>& columns) {
    return fmt::format("INSERT INTO {} ({}) {}", quoted(table), quoted_list(columns),
                       parameters(columns.size()));
}

std::string upsert_from(const Dialect& dialect, const Upsert& upsert, std::string_view source) {
    const auto sets = assignments(upsert);
    const auto insert =
        fmt::format("INSERT INTO {} AS kept ({}) {} ON CONFLICT ({})", quoted(upsert.table),
                    quoted_list(upsert.columns), source, quoted_list(upsert.key));
    if (sets.empty()) return insert + " DO NOTHING";
    return fmt::format("{} DO UPDATE SET {} WHERE {}", insert, sets, condition(dialect, upsert));
}

std::string upsert_row(const Dialect& dialect, const Upsert& upsert) {
    return upsert_from(dialect, upsert, parameters(upsert.columns.size()));
}

}  // namespace streams::sql
