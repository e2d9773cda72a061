#include "persisters/duckdb/staging.h"

#include <algorithm>
#include <fmt/format.h>

#include "persisters/duckdb/dialect.h"
#include "sql/activation.h"
#include "sql/delivery.h"
#include "sql/table_name.h"

namespace streams::duckdb {
namespace {

using sql::quoted;
using sql::quoted_list;

// DuckDB limits how deep an expression may be, so a long chain is one of shorter chains.
constexpr std::size_t kChain = 32;

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::any_of(
        names, [&](const auto& other) { return sql::is_same_name(dialect(), other, name); });
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    return fmt::format("{}", fmt::join(parts, between));
}

std::string any_of(std::vector<std::string> conditions) {
    if (conditions.empty()) return "false";
    while (conditions.size() > 1) {
        std::vector<std::string> chains;
        for (std::size_t i = 0; i < conditions.size(); i += kChain) {
            const auto end = std::min(i + kChain, conditions.size());
            chains.push_back(fmt::format(
                "({})", fmt::join(conditions.begin() + static_cast<std::ptrdiff_t>(i),
                                  conditions.begin() + static_cast<std::ptrdiff_t>(end), " OR ")));
        }
        conditions = std::move(chains);
    }
    return conditions.front();
}

std::string differs(const std::vector<std::string>& columns,
                    const std::vector<std::string>& nulls) {
    std::vector<std::string> conditions;
    conditions.reserve(columns.size() + nulls.size());
    for (const auto& column : columns) {
        conditions.push_back(fmt::format("kept.{0} IS DISTINCT FROM staged.{0}", quoted(column)));
    }
    for (const auto& column : nulls) {
        conditions.push_back(fmt::format("kept.{} IS NOT NULL", quoted(column)));
    }
    return any_of(std::move(conditions));
}

/// One merge of staged rows into a table: names and texts of its statements.
class Merge {
 public:
    Merge(sql::Database& database, const StagedRows& staged)
        : database_(database),
          staged_(staged),
          upsert_(staged.upsert),
          source_(quoted(staged.table)),
          target_(quoted(upsert_.table)),
          row_(quoted(kRowColumn)),
          met_(quoted(staged.table + "_met")) {}

    Result<> run(sql::RowCounts& counts) {
        const auto winners = keep_winners(counts);
        if (!winners) return std::unexpected(winners.error());
        counts.same += staged_.rows - *winners;
        const auto is_empty =
            number(fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1)", target_));
        if (!is_empty) return std::unexpected(is_empty.error());
        if (*is_empty == 0) {
            counts.new_rows += *winners;
            return insert("");
        }
        return replace(*winners, counts);
    }

 private:
    Result<std::uint64_t> number(const std::string& statement) {
        const auto answer = database_.ask(statement);
        if (!answer) return std::unexpected(answer.error());
        return static_cast<std::uint64_t>(answer->integer(0, 0));
    }

    // Of rows with one key the last stays; where there is a sequence, the last of its greatest
    // value. Answers how many.
    Result<std::uint64_t> keep_winners(sql::RowCounts& counts) {
        const auto keys = quoted_list(upsert_.key);
        const auto distinct =
            number(fmt::format("SELECT count(*) FROM (SELECT DISTINCT {} FROM {})", keys, source_));
        if (!distinct || *distinct == staged_.rows) return distinct;
        const auto order = upsert_.sequence.empty()
                               ? std::string()
                               : quoted(upsert_.sequence) + " DESC NULLS LAST, ";
        const auto losers = fmt::format(
            "{0} WHERE {1} IN (SELECT {1} FROM (SELECT {1}, row_number() OVER "
            "(PARTITION BY {2} ORDER BY {3}{1} DESC) AS place FROM {0}) WHERE place > 1)",
            source_, row_, keys, order);
        STREAMS_TRY(sql::subtract_hashes(database_, sql::kHashColumn, losers, counts));
        STREAMS_TRY(database_.run("DELETE FROM " + losers));
        return distinct;
    }

    // Rows that are replaced, and those that change nothing, take their hashes with them.
    Result<> subtract_met(std::uint64_t all, std::uint64_t changed, sql::RowCounts& counts) {
        if (!counts.hash) return {};
        if (all > changed) {
            STREAMS_TRY(sql::subtract_hashes(database_, "streams_hash",
                                             met_ + " WHERE streams_change < 2", counts));
        }
        if (changed == 0) return {};
        STREAMS_TRY(sql::subtract_rows(database_, staged_.kept,
                                       fmt::format("{} AS kept JOIN {} ON kept.rowid = "
                                                   "streams_kept WHERE streams_change = 2",
                                                   target_, met_),
                                       "kept.", counts));
        return {};
    }

    // 2: a row of other data; 1: written for what is tracked alone; 0: not written.
    std::string change() const {
        auto text = std::string("CASE ");
        if (!upsert_.sequence.empty()) {
            text +=
                fmt::format("WHEN (kept.{0} IS NULL OR staged.{0} >= kept.{0}) IS NOT TRUE THEN 0 ",
                            quoted(upsert_.sequence));
        }
        text += fmt::format("WHEN {} THEN 2 ", differs(upsert_.data, upsert_.absent));
        if (!upsert_.tracked.empty() || !upsert_.cleared.empty()) {
            text += fmt::format("WHEN {} THEN 1 ", differs(upsert_.tracked, upsert_.cleared));
        }
        return text + "ELSE 0 END";
    }

    // Columns that somebody else gave the table keep their values.
    Result<std::vector<std::string>> carried() {
        const auto columns = database_.physical_columns(upsert_.table);
        if (!columns) return std::unexpected(columns.error());
        std::vector<std::string> names;
        for (const auto& column : *columns) {
            const bool is_ours = contains(upsert_.columns, column.name) ||
                                 contains(upsert_.absent, column.name) ||
                                 contains(upsert_.cleared, column.name);
            if (!is_ours && !column.is_generated) names.push_back(column.name);
        }
        return names;
    }

    Result<> find_met(const std::vector<std::string>& carried_columns) {
        std::vector<std::string> keys;
        keys.reserve(upsert_.key.size());
        for (const auto& key : upsert_.key) {
            keys.push_back(fmt::format("kept.{0} = staged.{0}", quoted(key)));
        }
        std::string more;
        for (const auto& column : carried_columns) more += ", kept." + quoted(column);
        return database_.run(fmt::format(
            "CREATE TEMP TABLE {} AS SELECT staged.{} AS streams_staged, kept.rowid AS "
            "streams_kept, staged.{} AS streams_hash, {} AS streams_change{} FROM {} AS staged "
            "JOIN {} AS kept ON {}",
            met_, row_, sql::kHashColumn, change(), more, source_, target_, joined(keys, " AND ")));
    }

    // Rows that were there and differ go; they and the new ones come. MERGE would hold far more in
    // memory, and leaves rows of one key that came twice.
    Result<> replace(std::uint64_t winners, sql::RowCounts& counts) {
        const auto more = carried();
        if (!more) return std::unexpected(more.error());
        STREAMS_TRY(find_met(*more));
        const auto met =
            database_.ask(fmt::format("SELECT count(*), count(*) FILTER (streams_change = 2), "
                                      "count(*) FILTER (streams_change > 0) FROM {}",
                                      met_));
        if (!met) return std::unexpected(met.error());
        const auto all = static_cast<std::uint64_t>(met->integer(0, 0));
        const auto changed = static_cast<std::uint64_t>(met->integer(0, 1));
        const auto written = static_cast<std::uint64_t>(met->integer(0, 2));
        counts.new_rows += winners > all ? winners - all : 0;
        counts.changed += changed;
        counts.same += all - changed;
        STREAMS_TRY(subtract_met(all, changed, counts));
        if (written > 0) {
            STREAMS_TRY(database_.run(
                fmt::format("DELETE FROM {} WHERE rowid IN (SELECT streams_kept FROM {} WHERE "
                            "streams_change > 0)",
                            target_, met_)));
        }
        if (written > 0 || winners > all) STREAMS_TRY(put(*more, written < all));
        return database_.run(sql::drop_table(staged_.table + "_met"));
    }

    Result<> put(const std::vector<std::string>& carried_columns, bool leaves_some) {
        if (!carried_columns.empty()) return insert_with(carried_columns);
        if (!leaves_some) return insert("");
        return insert(fmt::format(
            "ANTI JOIN (SELECT streams_staged FROM {} WHERE streams_change = 0) ON streams_staged "
            "= {}",
            met_, row_));
    }

    Result<> insert(const std::string& join) {
        const auto columns = quoted_list(upsert_.columns);
        return database_.run(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} {}", target_,
                                         columns, columns, source_, join));
    }

    // Rows that were there keep what somebody else's columns hold; new ones get its defaults.
    Result<> insert_with(const std::vector<std::string>& carried_columns) {
        const auto columns = quoted_list(upsert_.columns);
        STREAMS_TRY(database_.run(fmt::format(
            "INSERT INTO {0} ({1}, {2}) SELECT {1}, {2} FROM {3} JOIN (SELECT streams_staged, {2} "
            "FROM {4} WHERE streams_change > 0) ON streams_staged = {5}",
            target_, columns, quoted_list(carried_columns), source_, met_, row_)));
        return insert(fmt::format(
            "ANTI JOIN (SELECT streams_staged FROM {}) ON streams_staged = {}", met_, row_));
    }

    sql::Database& database_;
    const StagedRows& staged_;
    const sql::Upsert& upsert_;
    std::string source_;
    std::string target_;
    std::string row_;
    std::string met_;
};

Result<> append(sql::Database& database, const std::string& table, const StagedRows& staged,
                sql::RowCounts& counts) {
    counts.new_rows += staged.rows;
    const auto columns = quoted_list(staged.columns);
    return database.run(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", quoted(table), columns,
                                    columns, quoted(staged.table)));
}

}  // namespace

std::vector<std::string> Staging::tables_with(const std::string& table,
                                              const std::string& column) const {
    std::vector<std::string> tables;
    const auto found = steps_.find(table);
    if (found == steps_.end()) return tables;
    for (const auto& step : found->second) {
        const auto* staged = std::get_if<StagedRows>(&step);
        if (staged != nullptr && contains(staged->columns, column)) {
            tables.push_back(staged->table);
        }
    }
    return tables;
}

Result<> merge(sql::Database& database, const std::string& table, const Steps& steps,
               sql::RowCounts& counts) {
    for (const auto& step : steps) {
        if (const auto* activation = std::get_if<StagedActivation>(&step)) {
            STREAMS_TRY(sql::activate(database, activation->stream, activation->table,
                                      activation->version, activation->removes, counts));
            continue;
        }
        const auto& staged = std::get<StagedRows>(step);
        STREAMS_TRY(staged.is_merged ? Merge(database, staged).run(counts)
                                     : append(database, table, staged, counts));
        STREAMS_TRY(database.run(sql::drop_table(staged.table)));
    }
    return {};
}

}  // namespace streams::duckdb
