#include "sql/sql_persister.h"

#include <utility>

#include "sql/delivery.h"
#include "sql/open_table.h"
#include "sql/rejects.h"

namespace streams::sql {
SqlPersister::SqlPersister(std::unique_ptr<Database> database, Context context, bool hard_delete)
    : database_(std::move(database)),
      context_(std::move(context)),
      ledger_(*database_, context_),
      hard_delete_(hard_delete),
      refusals_(context_) {}

Ledger* SqlPersister::ledger() {
    return is_named() ? &ledger_ : nullptr;
}

Result<std::vector<Field>> SqlPersister::stored(const std::string& stream) {
    const auto there = database_->exists();
    if (!there) return std::unexpected(there.error());
    if (!*there) return std::vector<Field>{};
    return stored_fields(*database_, context_, stream);
}

Result<std::vector<KeptReject>> SqlPersister::kept_rejects() {
    return sql::kept_rejects(*database_, context_);
}

Result<> SqlPersister::open(const Stream& stream) {
    return keep(open_stream(stream));
}

Result<> SqlPersister::write(const Stream& stream, const Batch& batch) {
    return keep(write_rows(stream, batch));
}

Result<std::vector<Receipt>> SqlPersister::commit(const Commit& commit) {
    auto receipts = commit_all(commit);
    if (!receipts) spoil(receipts.error());
    return receipts;
}

// After a fault nothing can be committed any more: the database may have rolled back by itself.
void SqlPersister::spoil(const Error& error) {
    database_->roll_back();
    if (!fault_) fault_ = error;
}

Result<> SqlPersister::keep(Result<> result) {
    if (!result) spoil(result.error());
    return result;
}

Result<> SqlPersister::open_stream(const Stream& stream) {
    if (fault_) return std::unexpected(*fault_);
    const auto found = opened_.find(stream.name);
    auto table = open_table(*database_, context_, stream,
                            found == opened_.end() ? nullptr : &found->second.table);
    if (!table) return while_doing("open table of \"" + stream.name + "\"", table.error());
    auto& opened = opened_[stream.name];
    opened.stream = stream;
    opened.table = *std::move(table);
    opened.writer.reset();
    opened.is_touched = true;
    opened.transaction = database_->transaction();
    return {};
}

Result<> SqlPersister::prepare(Opened& opened) {
    STREAMS_TRY(database_->begin());
    if (opened.transaction != database_->transaction()) {
        STREAMS_TRY(check_still_owned(*database_, context_, opened.table));
        opened.transaction = database_->transaction();
    }
    opened.is_touched = true;
    if (opened.writer != nullptr) return {};
    auto writer = database_->writer(opened.stream, opened.table, refusals_);
    if (!writer) return std::unexpected(std::move(writer).error());
    opened.writer = *std::move(writer);
    return {};
}

Result<> SqlPersister::write_rows(const Stream& stream, const Batch& batch) {
    if (fault_) return std::unexpected(*fault_);
    const auto found = opened_.find(stream.name);
    ensure(found != opened_.end(), "open(stream) comes before write(stream, batch)");
    auto& opened = found->second;
    STREAMS_TRY(prepare(opened));
    STREAMS_TRY(check_keys(opened.stream, opened.table, batch));
    note_hashes(opened, batch);
    STREAMS_TRY(opened.writer->write(batch, is_named() ? ledger_.next_commit() : 0, opened.counts));
    if (!batch.activate_version) return {};
    const bool had_column = opened.table.has_deleted_column;
    STREAMS_TRY(opened.writer->activate(opened.table, *batch.activate_version, hard_delete_,
                                        opened.counts));
    if (opened.table.has_deleted_column != had_column) opened.writer.reset();
    return {};
}

// Of rows that are merged the writer subtracts those that they replace, or that change nothing.
void SqlPersister::note_hashes(Opened& opened, const Batch& batch) const {
    if (batch.hashes.size() != batch.rows || !is_named()) {
        opened.counts.hash.reset();
        return;
    }
    for (const auto hash : batch.hashes) opened.counts.add_hash(hash);
}

Result<std::optional<std::vector<Verified>>> SqlPersister::verify(
    const std::vector<std::string>& streams) {
    const auto there = database_->exists();
    if (!there) return std::unexpected(there.error());
    if (!*there) return std::vector<Verified>();
    const auto past = ledger_.history();
    if (!past) return std::unexpected(past.error());
    const auto entry = ledger_.read();
    if (!entry) return std::unexpected(entry.error());
    const auto missing = *entry ? (*entry)->missing : std::vector<std::string>();
    auto tables = verify_tables(*database_, context_, *past, missing, streams);
    if (!tables) return std::unexpected(std::move(tables).error());
    return *std::move(tables);
}

Result<std::vector<Receipt>> SqlPersister::commit_all(const Commit& commit) {
    if (fault_) return std::unexpected(*fault_);
    ensure(!is_named() || commit.number == ledger_.next_commit(), "commits are numbered in order");
    STREAMS_TRY(finish_all());
    STREAMS_TRY(keep_all(commit));
    if (commit.ends_run) STREAMS_TRY(swap_all());
    auto receipts = take_receipts();
    if (is_named()) STREAMS_TRY(ledger_.advance(commit, receipts));
    if (database_->in_transaction()) STREAMS_TRY(database_->commit());
    if (is_named()) ledger_.advanced(commit);
    return receipts;
}

Result<> SqlPersister::finish_all() {
    for (auto& [name, opened] : opened_) {
        if (!opened.is_touched) continue;
        STREAMS_TRY(prepare(opened));
        STREAMS_TRY(opened.writer->finish(opened.counts));
    }
    return {};
}

// Rows of a replay that are refused again stay as they are.
Result<> SqlPersister::keep_all(const Commit& commit) {
    STREAMS_TRY(refusals_.count(commit.rejects.size()));
    refused_ = refusals_.take();
    if (refused_.empty()) return keep_rejects(*database_, context_, commit);
    Commit with = commit;
    for (const auto& reject : refused_) {
        const auto again = std::erase_if(
            with.replayed, [&](const KeptReject& kept) { return kept.fed_line == reject.line; });
        if (again == 0) with.rejects.push_back(reject);
    }
    return keep_rejects(*database_, context_, with);
}

Result<> SqlPersister::swap_all() {
    for (auto& [name, opened] : opened_) {
        if (!opened.table.is_hidden()) continue;
        opened.writer.reset();
        STREAMS_TRY(swap_in(*database_, context_, opened.stream, opened.table));
        opened.is_replaced = opened.is_touched = true;
    }
    return {};
}

std::vector<Receipt> SqlPersister::take_receipts() {
    std::vector<Receipt> receipts;
    for (auto& [name, opened] : opened_) {
        if (!opened.is_touched) continue;
        Receipt receipt{.stream = name,
                        .table = opened.table.entry.table,
                        .created = opened.table.is_created && !opened.table.is_hidden()};
        if (opened.table.is_merged) receipt.key = opened.table.entry.keys;
        receipt.rows = opened.counts.rows;
        receipt.new_rows = opened.counts.new_rows;
        receipt.changed = opened.counts.changed;
        receipt.same = opened.counts.same;
        receipt.removed = opened.counts.removed;
        if (is_named()) receipt.hash = opened.counts.hash;
        receipt.is_hidden = opened.table.is_hidden();
        receipt.is_replaced = std::exchange(opened.is_replaced, false);
        receipts.push_back(std::move(receipt));
        opened.counts = {};
        opened.is_touched = false;
        if (!opened.table.is_hidden()) opened.table.is_created = false;
    }
    return receipts;
}

}  // namespace streams::sql
