#include "pipeline/committer.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "state/state_hash.h"

namespace streams {
namespace {

std::unexpected<Error> busy(std::string id, std::string what, std::string why, std::string remedy) {
    return std::unexpected(Error{
        ErrorKind::Busy, std::move(id), std::move(what), {}, std::move(why), std::move(remedy)});
}

bool fits(const Stream& stream, const Batch& batch) {
    return batch.columns.empty() ||
           std::ranges::equal(stream.fields, batch.columns, {}, &Field::type, &Column::type);
}

std::uint64_t bytes_of(const Batch& batch) {
    std::uint64_t bytes = batch.records.bytes;
    for (const auto& column : batch.columns) {
        bytes += Column::has_bytes(column.type)
                     ? column.bytes
                     : (batch.rows - column.nulls) * sizeof(std::int64_t);
    }
    return bytes;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void warn_of(const std::vector<Reject>& refused) {
    if (refused.empty()) return;
    log_warning(
        fmt::format("{} rows were refused by the destination and are kept as rejects, the first, "
                    "of line {}: {}",
                    refused.size(), refused.front().line, refused.front().reason));
}

}  // namespace

Committer::Committer(MakePersister make, const RunOptions& options, const Reporter& reporter,
                     WorkClock& clock, int state_fd)
    : make_(std::move(make)),
      options_(options),
      reporter_(reporter),
      clock_(clock),
      state_fd_(state_fd) {}

Result<Beginning> Committer::begin() {
    auto made = make_(options_.context);
    if (!made) return std::unexpected(std::move(made).error());
    persister_ = *std::move(made);
    ledger_ = options_.named() ? persister_->ledger() : nullptr;
    if (ledger_ == nullptr) {
        reporter_.started(std::nullopt);
        return Beginning::Go;
    }
    // In a named pipe the streamer runs already: it cannot wait for the state of another run.
    const bool compares = !options_.state_path.empty();
    if (!options_.context.dry_run) {
        STREAMS_TRY(ledger_->lock(compares ? std::chrono::milliseconds(0) : options_.wait));
    }
    auto read = ledger_->read();
    if (!read) return std::unexpected(std::move(read).error());
    if (*read) {
        entry_ = **read;
        STREAMS_TRY(check_ledger(entry_));
        if (!options_.run.empty() && entry_.ended_run == options_.run)
            return Beginning::AlreadyDone;
    }
    if (compares) STREAMS_TRY(compare(*read));
    reporter_.started(options_.limit != 0 ? std::nullopt : entry_.state);
    return Beginning::Go;
}

Result<> Committer::check_ledger(const LedgerEntry& entry) const {
    const auto is_replaced = [this](const std::string& name) {
        return options_.load == Load::Overwrite || std::ranges::count(options_.refresh, name) != 0;
    };
    for (const auto& name : entry.missing) {
        if (is_replaced(name)) continue;
        return busy(
            "table-missing",
            fmt::format("\"{}\" is gone from the destination, but pipeline \"{}\" has stored "
                        "rows in it",
                        name, options_.context.pipeline),
            "somebody dropped it; going on would leave a hole that nothing shows",
            fmt::format("load it again from the start: --refresh {}", name));
    }
    if (entry.source_print.empty() || options_.source_print.empty() || options_.same_source ||
        entry.source_print == options_.source_print) {
        return {};
    }
    return std::unexpected(Error{
        ErrorKind::Config,
        "other-source",
        fmt::format("pipeline \"{}\" has always read another source", options_.context.pipeline),
        {},
        "a state of one source must not start another one",
        "give this source a pipeline of its own: --pipeline NAME; or, if it is the same source "
        "under a new name: --same-source"});
}

Result<> Committer::compare(const std::optional<LedgerEntry>& entry) {
    std::string given_hash;
    if (options_.given_state) {
        auto hash = state_hash(*options_.given_state);
        if (!hash) return while_doing("read " + options_.state_path, std::move(hash).error());
        given_hash = *std::move(hash);
    }
    const bool has_history = entry && (entry->commit != 0 || entry->state);
    if (!has_history) {
        first_state_ = options_.given_state;
        return {};
    }
    if (given_hash == entry->state_hash) return {};
    if (given_hash.empty()) return refuse_older(*entry);
    auto known = ledger_->remembers(given_hash);
    if (!known) return std::unexpected(std::move(known).error());
    if (*known) return refuse_older(*entry);
    return busy("state-unknown",
                fmt::format("{} holds a state that pipeline \"{}\" has never stored",
                            options_.state_path, options_.context.pipeline),
                "rows between that state and the stored one could be lost or come twice",
                "to go on from the stored state, empty the file and run again; to go on from the "
                "file's: the word state with --pipeline and --set");
}

// The file heals: the newer state is appended to it, and the next run starts from there.
Result<> Committer::refuse_older(const LedgerEntry& entry) {
    const auto what = fmt::format("{} is older than what pipeline \"{}\" has stored",
                                  options_.state_path, options_.context.pipeline);
    const std::string why = "the streamer started from an old state: its rows would come twice";
    if (!entry.state) {
        return busy(
            "state-older", what, why,
            fmt::format("the stored state is none: empty {} and run again", options_.state_path));
    }
    STREAMS_TRY(ledger_->settle());
    STREAMS_TRY(print(*entry.state));
    return busy("state-older", what, why,
                "run it again: the stored state was printed, so that >> has put it into the file");
}

Result<std::vector<Field>> Committer::stored(const std::string& stream) {
    return persister_->stored(stream);
}

Result<> Committer::claim() {
    if (claimed_ || ledger_ == nullptr) return {};
    const bool replaces_print = options_.same_source || entry_.source_print.empty();
    auto claimed =
        ledger_->claim(replaces_print ? options_.source_print : entry_.source_print, first_state_);
    if (!claimed) return std::unexpected(std::move(claimed).error());
    entry_ = *std::move(claimed);
    claimed_ = true;
    return {};
}

Result<> Committer::write(const Item& item) {
    const WorkScope writes(clock_, Work::Write);
    const auto began = std::chrono::steady_clock::now();
    auto written = write_rows(item);
    auto& stream = clock_.times.streams[item.stream->name];
    stream.seconds += seconds_since(began);
    stream.bytes += bytes_of(item.batch);
    return written;
}

Result<> Committer::write_rows(const Item& item) {
    if (!has_work_) commit_began_ = std::chrono::steady_clock::now();
    STREAMS_TRY(claim());
    auto& opened = opened_[item.stream->name];
    if (opened != item.stream) {
        STREAMS_TRY(persister_->open(*item.stream));
        opened = item.stream;
        has_work_ = true;
    }
    if (item.batch.rows == 0 && !item.batch.activate_version) return {};
    ensure(fits(*item.stream, item.batch), "rows are handed on with the stream they were made for");
    STREAMS_TRY(persister_->write(*item.stream, item.batch));
    has_work_ = true;
    rows_written_ += item.batch.rows;
    return {};
}

Result<> Committer::commit(CommitRequest request) {
    const WorkScope commits(clock_, Work::Commit);
    Commit commit;
    commit.state = std::move(request.state);
    if (commit.state) {
        auto hash = state_hash(*commit.state);
        if (!hash) return while_doing("read a STATE", std::move(hash).error());
        commit.state_hash = *std::move(hash);
    }
    const bool is_empty = !has_work_ && request.activations.empty() && request.rejects.empty();
    if (is_empty && !commit.state) return {};
    if (is_empty && (ledger_ == nullptr || commit.state_hash == entry_.state_hash)) {
        if (ledger_ != nullptr) STREAMS_TRY(ledger_->settle());
        return print(*commit.state);
    }
    if (!has_work_) commit_began_ = std::chrono::steady_clock::now();
    STREAMS_TRY(claim());
    commit.number = ledger_ != nullptr ? entry_.commit + 1 : 0;
    commit.run = options_.run;
    commit.ends_run = request.ends_run;
    commit.activations = std::move(request.activations);
    commit.rejects = std::move(request.rejects);
    auto receipts = persister_->commit(commit);
    if (!receipts) return after_failed_commit(commit, std::move(receipts).error());
    return conclude(commit, *receipts);
}

Result<> Committer::conclude(const Commit& commit, const std::vector<Receipt>& receipts) {
    const double seconds = seconds_since(commit_began_);
    entry_.commit = commit.number;
    if (commit.state) {
        entry_.state = commit.state;
        entry_.state_hash = commit.state_hash;
    }
    const auto refused = persister_->refused();
    rows_committed_ += std::exchange(rows_written_, 0) - refused.size();
    has_work_ = false;
    ++clock_.times.commits;
    warn_of(refused);
    for (const auto& receipt : receipts) {
        note(receipt);
        reporter_.wrote(receipt, seconds, commit.number);
        if (!options_.under_runner() && receipt.rows != 0) {
            log_info(
                fmt::format("Persisted batch of {} records to {}", receipt.rows, receipt.table));
        }
    }
    reporter_.committed(commit.number, entry_.state);
    return commit.state ? print(*commit.state) : Result<>();
}

void Committer::note(const Receipt& receipt) {
    auto& stream = clock_.times.streams[receipt.stream];
    stream.table = receipt.table;
    stream.rows += receipt.rows;
    stream.new_rows += receipt.new_rows;
    stream.changed += receipt.changed;
    stream.same += receipt.same;
}

// Nobody knows whether it happened. A ledger can be asked, by a new persister; and what it holds
// may be printed. The rows themselves are gone, so the run ends either way.
Result<> Committer::after_failed_commit(const Commit& commit, Error error) {
    const bool is_known = error.kind == ErrorKind::Busy || error.kind == ErrorKind::Data;
    persister_.reset();
    const bool asks = ledger_ != nullptr && !is_known;
    ledger_ = nullptr;
    if (!asks) {
        if (!options_.named() && !is_known) error.why += "; the last commit may be stored";
        return std::unexpected(std::move(error));
    }
    auto made = make_(options_.context);
    if (!made) return std::unexpected(std::move(error));
    persister_ = *std::move(made);
    auto* ledger = persister_->ledger();
    if (!ledger->lock(options_.wait)) return std::unexpected(std::move(error));
    // Who has claimed it since fences this run, whatever the fault was; its commits are not ours.
    const auto read = ledger->read();
    if (read && *read && (*read)->epoch != entry_.epoch) {
        return std::unexpected(Error{ErrorKind::Busy, "fenced",
                                     "another run of this pipeline has begun since", error.where,
                                     error.what, "let that one finish, and run again"});
    }
    const auto claimed = ledger->claim(entry_.source_print, std::nullopt);
    if (claimed && claimed->commit == commit.number &&
        claimed->state_hash == (commit.state ? commit.state_hash : entry_.state_hash)) {
        rows_committed_ += rows_written_;
        if (commit.state) STREAMS_TRY(print(*commit.state));
    }
    persister_.reset();
    return std::unexpected(std::move(error));
}

Result<> Committer::print(const std::string& state) {
    if (auto written = write_all(state_fd_, state + "\n", "standard output"); !written) {
        auto error = std::move(written).error();
        error.remedy = "the rows and the state are stored; run it again and the state is printed";
        return while_doing("print the state", std::move(error));
    }
    return {};
}

}  // namespace streams
