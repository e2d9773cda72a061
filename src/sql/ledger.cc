#include "sql/ledger.h"

#include <fmt/format.h>

#include "sql/catalog.h"
#include "sql/ledger_tables.h"
#include "sql/open_table.h"
#include "state/state_hash.h"

namespace streams::sql {
namespace {

constexpr std::string_view kRead =
    "SELECT epoch, \"commit\", state, state_hash, source_print, ended_run "
    "FROM _streams_state WHERE \"schema\" = $1 AND pipeline = $2";

constexpr std::string_view kInsert =
    "INSERT INTO _streams_state (\"schema\", pipeline, epoch, \"commit\", state, state_hash, "
    "source_print, ended_run) VALUES ($1, $2, 0, 0, NULL, '', '', '') ON CONFLICT DO NOTHING";

constexpr std::string_view kClaim =
    "UPDATE _streams_state SET epoch = epoch + 1, "
    "source_print = CASE $3 WHEN '' THEN source_print ELSE $3 END "
    "WHERE \"schema\" = $1 AND pipeline = $2";

constexpr std::string_view kFirstState =
    "UPDATE _streams_state SET state = $3, state_hash = $4 "
    "WHERE \"schema\" = $1 AND pipeline = $2 AND \"commit\" = 0";

constexpr std::string_view kSetState =
    "UPDATE _streams_state SET epoch = epoch + 1, \"commit\" = \"commit\" + 1, state = $3, "
    "state_hash = $4, ended_run = '' WHERE \"schema\" = $1 AND pipeline = $2";

constexpr std::string_view kNote =
    "INSERT INTO _streams_commits (\"schema\", pipeline, \"number\", run, \"time\", state, "
    "state_hash, receipts, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "ON CONFLICT (\"schema\", pipeline, \"number\") DO UPDATE SET state = $6, state_hash = $7";

constexpr std::string_view kAdvance =
    "UPDATE _streams_state SET \"commit\" = $5, state = CASE WHEN $6 = 1 THEN $7 ELSE state END, "
    "state_hash = CASE WHEN $6 = 1 THEN $8 ELSE state_hash END, ended_run = $9 "
    "WHERE \"schema\" = $1 AND pipeline = $2 AND epoch = $3 AND \"commit\" = $4";

}  // namespace

Result<> SqlLedger::lock(std::chrono::milliseconds wait) {
    if (lock_ != nullptr) return {};
    auto taken = database_.lock(context_, wait);
    if (!taken) return std::unexpected(std::move(taken).error());
    lock_ = *std::move(taken);
    return {};
}

Result<bool> SqlLedger::exists(std::string_view table) {
    const auto there = database_.exists();
    if (!there || !*there) return there;
    const auto kind = database_.kind_of_object(table);
    if (!kind) return std::unexpected(kind.error());
    return !kind->empty();
}

Result<std::optional<LedgerEntry>> SqlLedger::read_row() {
    const auto there = exists(kStateTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return std::nullopt;
    const auto row = database_.ask(kRead, {context_.schema, context_.pipeline});
    if (!row) return std::unexpected(row.error());
    if (row->rows.empty()) return std::nullopt;
    LedgerEntry entry;
    entry.epoch = row->integer(0, 0);
    entry.commit = row->integer(0, 1);
    entry.state = row->rows[0][2];
    entry.state_hash = row->text(0, 3);
    entry.source_print = row->text(0, 4);
    entry.ended_run = row->text(0, 5);
    return entry;
}

Result<std::vector<std::string>> SqlLedger::missing() {
    const auto tables = Catalog(database_).all();
    if (!tables) return std::unexpected(tables.error());
    std::vector<std::string> streams;
    for (const auto& table : *tables) {
        const bool is_ours = table.schema == context_.schema && table.pipeline == context_.pipeline;
        if (!is_ours) continue;
        const auto there = exists(table.table);
        if (!there) return std::unexpected(there.error());
        if (!*there) streams.push_back(table.stream);
    }
    return streams;
}

Result<std::optional<LedgerEntry>> SqlLedger::read() {
    auto read = read_row();
    if (!read) return read;
    auto entry = *std::move(read);
    if (!entry) return std::nullopt;
    auto absent = missing();
    if (!absent) return std::unexpected(std::move(absent).error());
    entry->missing = *std::move(absent);
    return entry;
}

Result<bool> SqlLedger::remembers(std::string_view state_hash) {
    const auto there = exists(kCommitsTable);
    if (!there || !*there) return there;
    const auto found = database_.ask(
        "SELECT 1 FROM _streams_commits WHERE \"schema\" = $1 AND pipeline = $2 "
        "AND state_hash = $3 LIMIT 1",
        {context_.schema, context_.pipeline, state_hash});
    if (!found) return std::unexpected(found.error());
    return !found->rows.empty();
}

// Makes all of our tables but the rarest: a claim is short, and who makes a table may keep others
// from making theirs until the transaction's end.
Result<> SqlLedger::begin_claim() {
    ensure(!database_.in_transaction(), "a claim is an act of its own");
    STREAMS_TRY(database_.begin());
    STREAMS_TRY(bring_up_to_date(database_, state_table(database_.dialect())));
    STREAMS_TRY(bring_up_to_date(database_, commits_table(database_.dialect())));
    STREAMS_TRY(Catalog(database_).create());
    return database_.run(kInsert, {context_.schema, context_.pipeline});
}

Result<LedgerEntry> SqlLedger::claim(std::string_view source_print,
                                     const std::optional<std::string>& first_state) {
    auto entry = claim_row(source_print, first_state);
    if (!entry) database_.roll_back();
    return entry;
}

Result<LedgerEntry> SqlLedger::claimed_row() {
    auto read = read_row();
    if (!read) return std::unexpected(std::move(read).error());
    auto entry = *std::move(read);
    ensure(entry.has_value(), "a claimed pipeline has a row");
    return std::move(entry).value_or(LedgerEntry{});
}

Result<LedgerEntry> SqlLedger::claim_row(std::string_view source_print,
                                         const std::optional<std::string>& first_state) {
    STREAMS_TRY(begin_claim());
    STREAMS_TRY(database_.run(kClaim, {context_.schema, context_.pipeline, source_print}));
    STREAMS_TRY(drop_hidden_tables(database_, context_));
    auto entry = claimed_row();
    if (!entry) return entry;
    if (first_state && entry->commit == 0) {
        const auto hash = state_hash(*first_state);
        if (!hash) return std::unexpected(hash.error());
        STREAMS_TRY(
            database_.run(kFirstState, {context_.schema, context_.pipeline, *first_state, *hash}));
        STREAMS_TRY(
            note_commit({.state = first_state, .state_hash = *hash}, {}, "given by --state"));
        entry->state = first_state;
        entry->state_hash = *hash;
    }
    STREAMS_TRY(database_.commit());
    entry_ = *entry;
    is_claimed_ = true;
    return entry_;
}

Result<> SqlLedger::settle() {
    return database_.settle();
}

Result<> SqlLedger::note_commit(const Commit& commit, const std::vector<Receipt>& receipts,
                                std::string_view reason) {
    return database_.run(
        kNote, {context_.schema, context_.pipeline, commit.number, commit.run, now_text(),
                text_or_null(commit.state), commit.state_hash, receipts_json(receipts), reason});
}

Result<> SqlLedger::advance(const Commit& commit, const std::vector<Receipt>& receipts) {
    ensure(is_claimed_, "claim comes before commit");
    STREAMS_TRY(database_.begin());
    STREAMS_TRY(note_commit(commit, receipts, {}));
    const auto advanced = database_.ask(
        kAdvance, {context_.schema, context_.pipeline, entry_.epoch, commit.number - 1,
                   commit.number, std::int64_t{commit.state ? 1 : 0}, text_or_null(commit.state),
                   commit.state_hash, commit.ends_run ? commit.run : std::string()});
    if (!advanced) return std::unexpected(advanced.error());
    if (advanced->changed == 1) return {};
    return std::unexpected(
        Error{ErrorKind::Busy,
              "fenced",
              fmt::format("another run of pipeline \"{}\" has taken over", context_.pipeline),
              database_.place(),
              {},
              "nothing of this run is stored since its last commit; let the other run end"});
}

void SqlLedger::advanced(const Commit& commit) {
    entry_.commit = commit.number;
    if (!commit.state) return;
    entry_.state = commit.state;
    entry_.state_hash = commit.state_hash;
}

Result<> SqlLedger::set_state(const std::optional<std::string>& state, std::string_view reason) {
    auto stored = store_state(state, reason);
    if (!stored) database_.roll_back();
    return stored;
}

Result<> SqlLedger::store_state(const std::optional<std::string>& state, std::string_view reason) {
    std::string hash;
    if (state) {
        auto hashed = state_hash(*state);
        if (!hashed) return std::unexpected(std::move(hashed).error());
        hash = *std::move(hashed);
    }
    STREAMS_TRY(begin_claim());
    STREAMS_TRY(
        database_.run(kSetState, {context_.schema, context_.pipeline, text_or_null(state), hash}));
    auto entry = claimed_row();
    if (!entry) return std::unexpected(std::move(entry).error());
    // In the history NULL is a state that stayed as it was, and the value null one forgotten.
    STREAMS_TRY(
        note_commit({.number = entry->commit, .state = state.value_or("null"), .state_hash = hash},
                    {}, reason));
    STREAMS_TRY(database_.commit());
    entry_ = *entry;
    is_claimed_ = true;
    return {};
}

Result<std::vector<PastCommit>> SqlLedger::history() {
    std::vector<PastCommit> commits;
    const auto there = exists(kCommitsTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return commits;
    const auto columns = readable_columns(database_, kCommitsTable,
                                          {"number", "time", "run", "reason", "state", "receipts"});
    if (!columns) return std::unexpected(columns.error());
    const auto rows = database_.ask(
        fmt::format("SELECT {} FROM _streams_commits WHERE \"schema\" = $1 AND pipeline = $2 "
                    "ORDER BY \"number\"",
                    *columns),
        {context_.schema, context_.pipeline});
    if (!rows) return std::unexpected(rows.error());
    std::optional<std::string> state;
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
        if (rows->rows[row][4]) state = rows->rows[row][4];
        if (state == "null") state.reset();
        commits.push_back({.number = rows->integer(row, 0),
                           .time = rows->text(row, 1),
                           .run = rows->text(row, 2),
                           .reason = rows->text(row, 3),
                           .state = state,
                           .receipts = receipts_of_json(rows->text(row, 5))});
    }
    return commits;
}

std::unexpected<Error> SqlLedger::name_error(std::string id, std::string what) const {
    return std::unexpected(Error{ErrorKind::Config,
                                 std::move(id),
                                 std::move(what),
                                 database_.place(),
                                 {},
                                 "name another one"});
}

Result<> SqlLedger::put_name(std::string_view name) {
    for (const auto table : {kStateTable, kCommitsTable, kTablesTable, kRejectsTable}) {
        const auto there = exists(table);
        if (!there) return std::unexpected(there.error());
        if (!*there) continue;
        STREAMS_TRY(database_.run(
            fmt::format("UPDATE {} SET pipeline = $3 WHERE \"schema\" = $1 AND pipeline = $2",
                        table),
            {context_.schema, context_.pipeline, name}));
    }
    return {};
}

// Every table that the pipeline has goes with it; whoever writes under the old name is fenced.
Result<> SqlLedger::rename_rows(std::string_view name) {
    const auto entry = read_row();
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) {
        return name_error("pipeline-unknown",
                          fmt::format("there is no pipeline \"{}\"", context_.pipeline));
    }
    if (name.empty()) return name_error("pipeline-name", "a pipeline has a name");
    const auto taken = database_.ask(kRead, {context_.schema, name});
    if (!taken) return std::unexpected(taken.error());
    if (!taken->rows.empty()) {
        return name_error("pipeline-exists",
                          fmt::format("there is a pipeline \"{}\" already", name));
    }
    STREAMS_TRY(drop_hidden_tables(database_, context_));
    return put_name(name);
}

Result<> SqlLedger::rename(std::string_view name) {
    STREAMS_TRY(database_.begin());
    auto renamed = rename_rows(name);
    if (renamed) renamed = database_.commit();
    if (!renamed) database_.roll_back();
    return renamed;
}

Result<std::vector<std::string>> SqlLedger::pipelines() {
    const auto there = exists(kStateTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return std::vector<std::string>{};
    const auto rows =
        database_.ask("SELECT pipeline FROM _streams_state WHERE \"schema\" = $1 ORDER BY pipeline",
                      {context_.schema});
    if (!rows) return std::unexpected(rows.error());
    return rows->texts(0);
}

}  // namespace streams::sql
