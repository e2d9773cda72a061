#include "persisters/postgres/stage.h"

#include <algorithm>
#include <fmt/format.h>

#include "sql/delivery.h"
#include "sql/ledger_tables.h"
#include "sql/statements.h"

namespace streams::postgres {
namespace {

std::string range(std::int64_t begin, std::int64_t end) {
    return fmt::format("{0} >= {1} AND {0} < {2}", kRowColumn, begin, end);
}

std::string rows_of(const Stage& stage, const std::vector<std::string>& columns, std::int64_t begin,
                    std::int64_t end) {
    return fmt::format("SELECT {} FROM {} WHERE {}", sql::quoted_list(columns),
                       sql::quoted(stage.name), range(begin, end));
}

// `(one."a", one."b")`.
std::string tuple(std::string_view alias, const std::vector<std::string>& columns) {
    std::string text;
    for (const auto& column : columns) {
        if (!text.empty()) text += ", ";
        text.append(alias).append(".").append(sql::quoted(column));
    }
    return "(" + text + ")";
}

// Whether a row has other data than before: RETURNING sees the new row only, so the old one is
// looked up in the statement's snapshot.
std::string is_other(const sql::Upsert& upsert) {
    const bool is_always_other = upsert.tracked.empty() && upsert.cleared.empty();
    if (is_always_other) return "true";
    if (upsert.data.empty()) return "false";
    return fmt::format("EXISTS (SELECT FROM {} AS before WHERE {} = {} AND {} IS DISTINCT FROM {})",
                       sql::quoted(upsert.table), tuple("before", upsert.key),
                       tuple("kept", upsert.key), tuple("before", upsert.data),
                       tuple("kept", upsert.data));
}

}  // namespace

// Sources often send rows in the order of their key; then nothing has to be searched for doubles.
void note_keys(Stage& stage, const Stream& stream, const Batch& batch) {
    const bool is_number =
        stream.key.size() == 1 && stream.fields[stream.key.front()].type == Type::Integer;
    if (!is_number) stage.has_rising_keys = false;
    if (!stage.has_rising_keys) return;
    const auto& keys = batch.columns[stream.key.front()];
    for (std::size_t row = 0; row < batch.rows; ++row) {
        const auto key = keys.integer(row);
        if (stage.last_key && key <= *stage.last_key) {
            stage.has_rising_keys = false;
            return;
        }
        stage.last_key = key;
    }
}

std::string create_stage(const Stage& stage, const sql::Database& database,
                         const sql::OpenTable& table) {
    std::string columns;
    for (const auto& field : table.fields) {
        columns += fmt::format("{} {}, ", sql::quoted(field.name), database.type_of(field));
    }
    if (table.has_commit_column) columns += fmt::format("{} bigint, ", sql::kCommitColumn);
    if (stage.has_lines) columns += fmt::format("{} text, ", kLineColumn);
    return fmt::format(
        "CREATE TEMPORARY TABLE {} ({}{} bigint NOT NULL, {} bigint NOT NULL) ON COMMIT DROP",
        sql::quoted(stage.name), columns, kRowColumn, sql::kHashColumn);
}

std::string losers(const Stage& stage, const sql::Upsert& upsert, std::int64_t begin,
                   std::int64_t end) {
    const auto name = sql::quoted(stage.name);
    const auto key = sql::quoted_list(upsert.key);
    if (upsert.sequence.empty()) {
        return fmt::format(
            "{0} AS staged WHERE {3} AND EXISTS (SELECT FROM (SELECT {1}, max({2}) AS last FROM "
            "{0} WHERE {3} GROUP BY {1} HAVING count(*) > 1) AS doubled WHERE {4} = {5} AND "
            "staged.{2} < doubled.last)",
            name, key, kRowColumn, range(begin, end), tuple("staged", upsert.key),
            tuple("doubled", upsert.key));
    }
    return fmt::format(
        "{0} AS staged WHERE {1} IN (SELECT {1} FROM (SELECT {1}, row_number() OVER "
        "(PARTITION BY {2} ORDER BY {3} DESC NULLS LAST, {1} DESC) AS place FROM {0} WHERE {4}) "
        "AS placed WHERE place > 1)",
        name, kRowColumn, key, sql::quoted(upsert.sequence), range(begin, end));
}

std::string met(const Stage& stage, const sql::Upsert& upsert, std::int64_t begin,
                std::int64_t end) {
    return fmt::format("{} AS kept JOIN {} AS excluded ON {} = {} AND {}",
                       sql::quoted(upsert.table), sql::quoted(stage.name),
                       tuple("kept", upsert.key), tuple("excluded", upsert.key), range(begin, end));
}

std::string merge(const Stage& stage, const sql::Dialect& dialect, const sql::Upsert& upsert,
                  std::int64_t begin, std::int64_t end) {
    // A row that was there is locked before it is changed, which leaves its mark in xmax.
    return fmt::format(
        "WITH merged AS ({} RETURNING kept.xmax = 0 AS is_new, {} AS is_other) "
        "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new AND is_other) "
        "FROM merged",
        sql::upsert_from(dialect, upsert, rows_of(stage, upsert.columns, begin, end)),
        is_other(upsert));
}

std::uint64_t rows_within(const Stage& stage, std::int64_t begin, std::int64_t end) {
    const auto first = std::ranges::lower_bound(stage.gaps, begin);
    const auto last = std::ranges::lower_bound(stage.gaps, end);
    return static_cast<std::uint64_t>(end - begin - (last - first));
}

std::string append(const Stage& stage, const std::string& target,
                   const std::vector<std::string>& columns, std::int64_t begin, std::int64_t end) {
    return fmt::format("INSERT INTO {} ({}) {}", sql::quoted(target), sql::quoted_list(columns),
                       rows_of(stage, columns, begin, end));
}

}  // namespace streams::postgres
