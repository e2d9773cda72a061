#include "sql/delivery.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "receipt/row_hash.h"
#include "sql/catalog.h"
#include "sql/expected.h"
#include "sql/ledger_tables.h"
#include "sql/statements.h"

namespace streams::sql {
namespace {

// The columns of `fields` as RowHasher reads them: a list for a SELECT.
std::string text_columns(const Database& database, const std::vector<Field>& fields,
                         std::string_view prefix) {
    std::string columns;
    for (const auto& field : fields) {
        Field text = field;
        text.type = Type::Text;
        text.scale = -1;
        text.precision = 0;
        const auto column = std::string(prefix) + quoted(field.name);
        columns += (columns.empty() ? "" : ", ") +
                   database.conversion(field, text, column).value_or(column);
    }
    return columns;
}

/// How many rows, and the sum of their hashes.
struct RowSum {
    std::uint64_t rows = 0;
    std::uint64_t hash = 0;
};

/// One table that is read back.
class Reading {
 public:
    Reading(Database& database, TableEntry entry, const Expected& expected)
        : database_(database), entry_(std::move(entry)), expected_(expected) {
        verified_.stream = entry_.stream;
        verified_.table = entry_.table;
        verified_.commits = expected.commits;
    }

    Result<Verified> verify() {
        const Catalog catalog(database_);
        auto fields = catalog.columns(entry_.table);
        if (!fields) return std::unexpected(std::move(fields).error());
        const auto physical = database_.physical_columns(entry_.table);
        if (!physical) return std::unexpected(physical.error());
        const auto& dialect = database_.dialect();
        std::erase_if(*fields, [&](const Field& field) {
            if (find_column(dialect, *physical, field.name) != nullptr) return false;
            fault(0, verified_.rows, verified_.rows,
                  fmt::format("column \"{}\" is gone", field.name));
            return true;
        });
        const bool has_commits = find_column(dialect, *physical, kCommitColumn) != nullptr;
        const bool is_merged = entry_.load == Load::Upsert;
        STREAMS_TRY(read(*fields, !is_merged && has_commits));
        if (is_merged) {
            STREAMS_TRY(find_doubled_keys());
            compare_whole();
        } else if (expected_.is_thinned) {
            compare_whole();
        } else {
            compare_commits();
        }
        return std::move(verified_);
    }

 private:
    Result<> read(const std::vector<Field>& fields, bool has_commits) {
        const RowHasher hasher(fields, database_.dialect().row_hashes);
        const auto columns = text_columns(database_, fields, {});
        const auto commit = has_commits ? quoted(kCommitColumn) : std::string("0");
        const auto statement =
            fmt::format("SELECT {}{}{} FROM {}", commit, columns.empty() ? "" : ", ", columns,
                        quoted(entry_.table));
        return database_.scan(statement, [&](const auto& row) {
            const auto hash = hasher.of(row, 1);
            ++whole_.rows;
            whole_.hash += hash;
            if (!row[0]) return;  // Of a bare pipe, or of somebody else.
            auto& part = found_[std::strtoll(row[0]->c_str(), nullptr, 10)];
            ++part.rows;
            part.hash += hash;
        });
    }

    void fault(std::int64_t commit, std::uint64_t expected, std::uint64_t found, std::string what) {
        verified_.faults.push_back({commit, expected, found, std::move(what)});
    }

    // Of one key there is one row, even where the database itself does not say so.
    Result<> find_doubled_keys() {
        const auto keys = quoted_list(entry_.keys);
        const auto doubled = database_.ask(
            fmt::format("SELECT count(*) FROM (SELECT {} FROM {} GROUP BY {} HAVING count(*) > 1) "
                        "AS doubled",
                        keys, quoted(entry_.table), keys));
        if (!doubled) return std::unexpected(doubled.error());
        const auto count = static_cast<std::uint64_t>(doubled->integer(0, 0));
        if (count != 0) {
            fault(0, 0, count, fmt::format("{} keys have more than one row", count));
        }
        return {};
    }

    void compare_whole() {
        verified_.rows = whole_.rows;
        if (!expected_.is_whole) {
            verified_.notes.emplace_back(
                "the table was there before the first receipt, so its rows are not known");
            return;
        }
        compare(0, {expected_.rows, expected_.hash}, whole_, "the table");
    }

    void compare_commits() {
        verified_.rows = whole_.rows;
        for (const auto& [commit, part] : expected_.parts) {
            compare(commit, part, found_[commit], fmt::format("commit {}", commit));
            found_.erase(commit);
        }
        const auto last = expected_.parts.empty() ? 0 : expected_.parts.rbegin()->first;
        for (const auto& [commit, sum] : found_) {
            if (!expected_.is_whole && commit < last) continue;  // Older than the receipts.
            fault(commit, 0, sum.rows,
                  fmt::format("{} rows say that they are of commit {}, which stored none here",
                              sum.rows, commit));
        }
    }

    void compare(std::int64_t commit, const Expected::Part& part, const RowSum& found,
                 const std::string& whose) {
        if (found.rows < part.rows) {
            return fault(commit, part.rows, found.rows,
                         fmt::format("{} should have {} rows and has {}: {} lost", whose, part.rows,
                                     found.rows, part.rows - found.rows));
        }
        if (found.rows > part.rows) {
            return fault(commit, part.rows, found.rows,
                         fmt::format("{} should have {} rows and has {}: {} doubled or not ours",
                                     whose, part.rows, found.rows, found.rows - part.rows));
        }
        if (!part.hash) {
            verified_.notes.push_back(
                fmt::format("{}: only its rows are counted; its receipt has no hash", whose));
        } else if (found.hash != *part.hash) {
            fault(commit, part.rows, found.rows,
                  fmt::format("{} has its {} rows, and values in them were changed", whose,
                              part.rows));
        }
    }

    Database& database_;
    TableEntry entry_;
    const Expected& expected_;
    Verified verified_;
    RowSum whole_;
    std::map<std::int64_t, RowSum> found_;
};

bool is_named(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

Result<> subtract_hashes(Database& database, std::string_view column, std::string_view from,
                         RowCounts& counts) {
    if (!counts.hash) return {};
    const auto answer =
        database.ask(fmt::format("SELECT CAST(sum({}) AS VARCHAR) FROM {}", column, from));
    if (!answer) return std::unexpected(answer.error());
    const auto text = answer->text(0, 0);  // Whole, of any length; empty: no rows.
    std::uint64_t sum = 0;
    for (const char digit : text) {
        if (digit != '-') sum = sum * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    counts.subtract_hash(text.starts_with('-') ? 0 - sum : sum);
    return {};
}

Result<std::uint64_t> subtract_rows(Database& database, const std::vector<Field>& fields,
                                    std::string_view from, std::string_view prefix,
                                    RowCounts& counts) {
    std::uint64_t rows = 0;
    if (!counts.hash) return rows;
    const RowHasher hasher(fields, database.dialect().row_hashes);
    const auto columns = text_columns(database, fields, prefix);
    STREAMS_TRY(
        database.scan(fmt::format("SELECT {} FROM {}", columns.empty() ? "1" : columns, from),
                      [&](const auto& row) {
                          ++rows;
                          counts.subtract_hash(hasher.of(row, 0));
                      }));
    return rows;
}

Result<std::vector<Verified>> verify_tables(Database& database, const Context& context,
                                            const std::vector<PastCommit>& past,
                                            const std::vector<std::string>& missing,
                                            const std::vector<std::string>& streams) {
    std::vector<Verified> tables;
    auto entries = Catalog(database).all();
    if (!entries) return std::unexpected(std::move(entries).error());
    const auto expected = expected_of(past);
    for (const auto& entry : *entries) {
        const bool is_meant = entry.pipeline == context.pipeline &&
                              entry.schema == context.schema &&
                              (streams.empty() || is_named(streams, entry.stream));
        const auto found = expected.find(entry.table);
        if (!is_meant || found == expected.end()) continue;
        if (is_named(missing, entry.table) || is_named(missing, entry.stream)) {
            tables.push_back({.stream = entry.stream,
                              .table = entry.table,
                              .commits = found->second.commits,
                              .rows = 0,
                              .faults = {{0, found->second.rows, 0, "the table is gone"}},
                              .notes = {}});
            continue;
        }
        auto verified = Reading(database, entry, found->second).verify();
        if (!verified) return while_doing("verify \"" + entry.table + "\"", verified.error());
        tables.push_back(*std::move(verified));
    }
    return tables;
}

}  // namespace streams::sql
