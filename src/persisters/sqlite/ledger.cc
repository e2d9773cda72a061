#include "persisters/sqlite/ledger.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "base/file.h"
#include "persisters/sqlite/catalog.h"
#include "persisters/sqlite/open_table.h"
#include "persisters/sqlite/sqlite_dialect.h"
#include "sql/ledger_tables.h"
#include "state/state_hash.h"

namespace streams::sqlite {
namespace {

constexpr std::string_view kRead =
    "SELECT epoch, \"commit\", state, state_hash, source_print, ended_run "
    "FROM _streams_state WHERE schema = ?1 AND pipeline = ?2";

constexpr std::string_view kInsert =
    "INSERT INTO _streams_state (schema, pipeline, epoch, \"commit\", state, state_hash, "
    "source_print, ended_run) VALUES (?1, ?2, 0, 0, NULL, '', '', '') ON CONFLICT DO NOTHING";

constexpr std::string_view kClaim =
    "UPDATE _streams_state SET epoch = epoch + 1, "
    "source_print = CASE ?3 WHEN '' THEN source_print ELSE ?3 END "
    "WHERE schema = ?1 AND pipeline = ?2";

constexpr std::string_view kFirstState =
    "UPDATE _streams_state SET state = ?3, state_hash = ?4 "
    "WHERE schema = ?1 AND pipeline = ?2 AND \"commit\" = 0";

constexpr std::string_view kNote =
    "INSERT INTO _streams_commits (schema, pipeline, number, run, time, state, state_hash, "
    "receipts, reason) VALUES (?1, ?2, ?3, ?4, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), ?5, ?6, "
    "?7, ?8) ON CONFLICT (schema, pipeline, number) DO UPDATE SET state = ?5, state_hash = ?6";

constexpr std::string_view kHistory =
    "SELECT number, time, run, reason, state, receipts FROM _streams_commits "
    "WHERE schema = ?1 AND pipeline = ?2 ORDER BY number";

constexpr std::string_view kAdvance =
    "UPDATE _streams_state SET \"commit\" = ?5, state = CASE ?6 WHEN 1 THEN ?7 ELSE state END, "
    "state_hash = CASE ?6 WHEN 1 THEN ?8 ELSE state_hash END, ended_run = ?9 "
    "WHERE schema = ?1 AND pipeline = ?2 AND epoch = ?3 AND \"commit\" = ?4";

Result<bool> exists(const Database& database, std::string_view table) {
    const auto kind = kind_of_object(database, table);
    if (!kind) return std::unexpected(kind.error());
    return !kind->empty();
}

Value text_or_null(const std::optional<std::string>& text) {
    return text ? Value(std::string_view(*text)) : Value();
}

}  // namespace

Result<> SqliteLedger::lock(std::chrono::milliseconds wait) {
    if (lock_) return {};
    auto taken = PipelineLock::take(session_.path(), session_.context(), wait);
    if (!taken) return std::unexpected(std::move(taken).error());
    lock_ = *std::move(taken);
    return {};
}

Result<std::optional<LedgerEntry>> SqliteLedger::read_row(const Database& database) const {
    const auto there = exists(database, sql::kStateTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return std::nullopt;
    auto row = database.prepare(kRead);
    if (!row) return std::unexpected(std::move(row).error());
    row->bind({session_.context().schema, session_.context().pipeline});
    const auto has_row = row->step();
    if (!has_row) return std::unexpected(has_row.error());
    if (!*has_row) return std::nullopt;
    LedgerEntry entry;
    entry.epoch = row->integer(0);
    entry.commit = row->integer(1);
    if (!row->is_null(2)) entry.state = row->text(2);
    entry.state_hash = row->text(3);
    entry.source_print = row->text(4);
    entry.ended_run = row->text(5);
    return entry;
}

Result<std::vector<std::string>> SqliteLedger::missing(const Database& database) const {
    const auto tables = Catalog(database).all();
    if (!tables) return std::unexpected(tables.error());
    std::vector<std::string> streams;
    for (const auto& table : *tables) {
        const bool is_ours = table.schema == session_.context().schema &&
                             table.pipeline == session_.context().pipeline;
        if (!is_ours) continue;
        const auto there = exists(database, table.table);
        if (!there) return std::unexpected(there.error());
        if (!*there) streams.push_back(table.stream);
    }
    return streams;
}

Result<std::optional<LedgerEntry>> SqliteLedger::read() {
    const auto database = session_.existing();
    if (!database) return std::unexpected(database.error());
    if (*database == nullptr) return std::nullopt;
    auto read = read_row(**database);
    if (!read) return read;
    auto entry = *std::move(read);
    if (!entry) return std::nullopt;
    auto absent = missing(**database);
    if (!absent) return std::unexpected(std::move(absent).error());
    entry->missing = *std::move(absent);
    return entry;
}

Result<bool> SqliteLedger::remembers(std::string_view state_hash) {
    const auto database = session_.existing();
    if (!database) return std::unexpected(database.error());
    if (*database == nullptr) return false;
    const auto there = exists(**database, sql::kCommitsTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return false;
    const auto found = (*database)->integer(
        "SELECT 1 FROM _streams_commits WHERE schema = ?1 AND pipeline = ?2 AND state_hash = ?3",
        {session_.context().schema, session_.context().pipeline, state_hash}, 0);
    if (!found) return std::unexpected(found.error());
    return *found == 1;
}

Result<Database*> SqliteLedger::begin_claim() {
    ensure(!session_.in_transaction(), "a claim is an act of its own");
    auto database = session_.begin();
    if (!database) return database;
    const auto& context = session_.context();
    STREAMS_TRY((*database)->run(sql::create_state_table(sqlite_dialect())));
    STREAMS_TRY((*database)->run(sql::create_commits_table(sqlite_dialect())));
    STREAMS_TRY((*database)->run(kInsert, {context.schema, context.pipeline}));
    return database;
}

Result<LedgerEntry> SqliteLedger::claim(std::string_view source_print,
                                        const std::optional<std::string>& first_state) {
    auto entry = claim_row(source_print, first_state);
    if (!entry) session_.roll_back();
    return entry;
}

Result<LedgerEntry> SqliteLedger::claimed_row(const Database& database) const {
    auto read = read_row(database);
    if (!read) return std::unexpected(std::move(read).error());
    auto entry = *std::move(read);
    ensure(entry.has_value(), "a claimed pipeline has a row");
    return std::move(entry).value_or(LedgerEntry{});
}

Result<LedgerEntry> SqliteLedger::claim_row(std::string_view source_print,
                                            const std::optional<std::string>& first_state) {
    const auto begun = begin_claim();
    if (!begun) return std::unexpected(begun.error());
    const Database& database = **begun;
    const auto& context = session_.context();
    STREAMS_TRY(database.run(kClaim, {context.schema, context.pipeline, source_print}));
    STREAMS_TRY(drop_hidden_tables(database, context));
    auto entry = claimed_row(database);
    if (!entry) return entry;
    if (first_state && entry->commit == 0) {
        const auto hash = state_hash(*first_state);
        if (!hash) return std::unexpected(hash.error());
        STREAMS_TRY(
            database.run(kFirstState, {context.schema, context.pipeline, *first_state, *hash}));
        STREAMS_TRY(note_commit(database, {.state = first_state, .state_hash = *hash}, {},
                                "given by --state"));
        entry->state = first_state;
        entry->state_hash = *hash;
    }
    STREAMS_TRY(session_.commit());
    entry_ = *entry;
    is_claimed_ = true;
    return entry_;
}

// A commit of a run that was killed before its fsync can be read and is not yet durable.
Result<> SqliteLedger::settle() {
    const auto log = session_.path() + "-wal";
    if (!file_exists(log)) return {};
    const auto file = open_file(log, O_RDONLY);
    if (!file) return std::unexpected(file.error());
    return fsync_file(file->get(), log);
}

Result<> SqliteLedger::note_commit(const Database& database, const Commit& commit,
                                   const std::vector<Receipt>& receipts,
                                   std::string_view reason) const {
    const auto& context = session_.context();
    return database.run(kNote, {context.schema, context.pipeline, commit.number, commit.run,
                                text_or_null(commit.state), commit.state_hash,
                                sql::receipts_json(receipts), reason});
}

Result<> SqliteLedger::advance(const Commit& commit, const std::vector<Receipt>& receipts) {
    ensure(is_claimed_, "claim comes before commit");
    const auto begun = session_.begin();
    if (!begun) return std::unexpected(begun.error());
    const Database& database = **begun;
    const auto& context = session_.context();
    STREAMS_TRY(note_commit(database, commit, receipts, {}));
    STREAMS_TRY(database.run(
        kAdvance, {context.schema, context.pipeline, entry_.epoch, commit.number - 1, commit.number,
                   std::int64_t{commit.state ? 1 : 0}, text_or_null(commit.state),
                   commit.state_hash, commit.ends_run ? commit.run : std::string()}));
    if (sqlite3_changes64(database.handle()) == 1) return {};
    return std::unexpected(
        Error{ErrorKind::Busy,
              "fenced",
              fmt::format("another run of pipeline \"{}\" has taken over", context.pipeline),
              session_.path(),
              {},
              "nothing of this run is stored since its last commit; let the other run end"});
}

void SqliteLedger::advanced(const Commit& commit) {
    entry_.commit = commit.number;
    if (!commit.state) return;
    entry_.state = commit.state;
    entry_.state_hash = commit.state_hash;
}

Result<> SqliteLedger::set_state(const std::optional<std::string>& state, std::string_view reason) {
    auto stored = store_state(state, reason);
    if (!stored) session_.roll_back();
    return stored;
}

Result<> SqliteLedger::store_state(const std::optional<std::string>& state,
                                   std::string_view reason) {
    std::string hash;
    if (state) {
        auto hashed = state_hash(*state);
        if (!hashed) return std::unexpected(std::move(hashed).error());
        hash = *std::move(hashed);
    }
    const auto begun = begin_claim();
    if (!begun) return std::unexpected(begun.error());
    const Database& database = **begun;
    const auto& context = session_.context();
    STREAMS_TRY(database.run(
        "UPDATE _streams_state SET epoch = epoch + 1, \"commit\" = \"commit\" + 1, state = ?3, "
        "state_hash = ?4, ended_run = '' WHERE schema = ?1 AND pipeline = ?2",
        {context.schema, context.pipeline, text_or_null(state), hash}));
    auto entry = claimed_row(database);
    if (!entry) return std::unexpected(std::move(entry).error());
    // In the history NULL is a state that stayed as it was, and the value null one forgotten.
    STREAMS_TRY(note_commit(
        database, {.number = entry->commit, .state = state.value_or("null"), .state_hash = hash},
        {}, reason));
    STREAMS_TRY(session_.commit());
    entry_ = *entry;
    is_claimed_ = true;
    return {};
}

Result<std::vector<PastCommit>> SqliteLedger::history() {
    const auto database = session_.existing();
    if (!database) return std::unexpected(database.error());
    std::vector<PastCommit> commits;
    if (*database == nullptr) return commits;
    const auto there = exists(**database, sql::kCommitsTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return commits;
    auto row = (*database)->prepare(kHistory);
    if (!row) return std::unexpected(std::move(row).error());
    row->bind({session_.context().schema, session_.context().pipeline});
    std::optional<std::string> state;
    while (true) {
        const auto has_row = row->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return commits;
        if (!row->is_null(4)) state = row->text(4);
        if (state == "null") state.reset();
        commits.push_back({.number = row->integer(0),
                           .time = row->text(1),
                           .run = row->text(2),
                           .reason = row->text(3),
                           .state = state,
                           .receipts = sql::receipts_of_json(row->text(5))});
    }
}

std::unexpected<Error> SqliteLedger::name_error(std::string id, std::string what) const {
    return std::unexpected(Error{ErrorKind::Config,
                                 std::move(id),
                                 std::move(what),
                                 session_.path(),
                                 {},
                                 "name another one"});
}

Result<> SqliteLedger::put_name(const Database& database, std::string_view name) const {
    const auto& context = session_.context();
    for (const auto table :
         {sql::kStateTable, sql::kCommitsTable, sql::kTablesTable, sql::kRejectsTable}) {
        const auto there = exists(database, table);
        if (!there) return std::unexpected(there.error());
        if (!*there) continue;
        STREAMS_TRY(database.run(
            fmt::format("UPDATE {} SET pipeline = ?3 WHERE schema = ?1 AND pipeline = ?2", table),
            {context.schema, context.pipeline, name}));
    }
    return {};
}

// Every table that the pipeline has goes with it; whoever writes under the old name is fenced.
Result<> SqliteLedger::rename_rows(const Database& database, std::string_view name) const {
    const auto entry = read_row(database);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) {
        return name_error("pipeline-unknown",
                          fmt::format("there is no pipeline \"{}\"", session_.context().pipeline));
    }
    if (name.empty()) return name_error("pipeline-name", "a pipeline has a name");
    const auto count =
        database.integer("SELECT count(*) FROM _streams_state WHERE schema = ?1 AND pipeline = ?2",
                         {session_.context().schema, name}, 0);
    if (!count) return std::unexpected(count.error());
    if (*count != 0) {
        return name_error("pipeline-exists",
                          fmt::format("there is a pipeline \"{}\" already", name));
    }
    STREAMS_TRY(drop_hidden_tables(database, session_.context()));
    return put_name(database, name);
}

Result<> SqliteLedger::rename(std::string_view name) {
    const auto begun = session_.begin();
    if (!begun) return std::unexpected(begun.error());
    auto renamed = rename_rows(**begun, name);
    if (renamed) renamed = session_.commit();
    if (!renamed) session_.roll_back();
    return renamed;
}

Result<std::vector<std::string>> SqliteLedger::pipelines() {
    std::vector<std::string> names;
    const auto database = session_.existing();
    if (!database) return std::unexpected(database.error());
    if (*database == nullptr) return names;
    const auto there = exists(**database, sql::kStateTable);
    if (!there) return std::unexpected(there.error());
    if (!*there) return names;
    auto rows = (*database)->prepare(
        "SELECT pipeline FROM _streams_state WHERE schema = ?1 ORDER BY pipeline");
    if (!rows) return std::unexpected(std::move(rows).error());
    rows->bind({session_.context().schema});
    while (true) {
        const auto has_row = rows->step();
        if (!has_row) return std::unexpected(has_row.error());
        if (!*has_row) return names;
        names.push_back(rows->text(0));
    }
}

}  // namespace streams::sqlite
