#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/batch_in_flight.h"
#include "pipeline/reporter.h"
#include "pipeline/run_options.h"
#include "pipeline/work_clock.h"
#include "streams/persister.h"

namespace streams {

/// How a run begins.
enum class Beginning {
    Go,
    AlreadyDone,  ///< END's commit of this very run is stored: a retry has nothing to do.
};

/// What a commit is asked to contain besides the rows.
struct CommitRequest {
    std::optional<std::string> state;  ///< The value of the last STATE before; none: no new one.
    bool ends_run = false;
    std::vector<Activation> activations;
    std::vector<Reject> rejects;
};

/// Drives one persister and its ledger: lock, comparison, claim, rows, commit, and the STATE that a
/// commit sets free. Nothing here knows where a segment ends; that is the pipeline's.
///
/// **Order.** `begin` once, then any number of `write` and `commit`. After an error only
/// `last_state_printed` and the counts may be asked.
class Committer {
 public:
    using MakePersister = std::function<Result<std::unique_ptr<Persister>>(const Context&)>;

    /// `state_fd` takes the STATE values. All references outlive this object.
    Committer(MakePersister make, const RunOptions& options, const Reporter& reporter,
              WorkClock& clock, int state_fd);

    /// Makes the persister; for a named pipeline takes the lock, reads the ledger and compares
    /// (rules 7 and 9 of docs/PROMISES.md). Creates nothing at the destination but the lock.
    Result<Beginning> begin();

    Result<std::vector<Field>> stored(const std::string& stream);

    /// Hands `item` to the persister, which is claimed and opened as needed.
    Result<> write(const Item& item);

    /// Makes everything written durable, then prints the state. A state equal to the stored one,
    /// with nothing written, is printed without a commit.
    Result<> commit(CommitRequest request);

    /// Throws away what was written since the last commit.
    void discard() { persister_.reset(); }

    std::uint64_t rows_committed() const { return rows_committed_; }
    bool has_uncommitted_rows() const { return rows_written_ != 0; }

 private:
    Result<> check_ledger(const LedgerEntry& entry) const;
    Result<> compare(const std::optional<LedgerEntry>& entry);
    Result<> refuse_older(const LedgerEntry& entry);
    Result<> claim();
    Result<> write_rows(const Item& item);
    void note(const Receipt& receipt);
    Result<> conclude(const Commit& commit, const std::vector<Receipt>& receipts);
    Result<> after_failed_commit(const Commit& commit, Error error);
    Result<> print(const std::string& state);

    MakePersister make_;
    const RunOptions& options_;
    const Reporter& reporter_;
    WorkClock& clock_;
    int state_fd_;

    std::unique_ptr<Persister> persister_;
    Ledger* ledger_ = nullptr;  // Owned by persister_.
    bool claimed_ = false;
    LedgerEntry entry_;                       // As it was read, claimed or committed last.
    std::optional<std::string> first_state_;  // For a pipeline without history.
    std::map<std::string, std::shared_ptr<const Stream>> opened_;
    std::uint64_t rows_written_ = 0;  // Since the last commit.
    bool has_work_ = false;           // Anything since the last commit, rows or not.
    std::uint64_t rows_committed_ = 0;
    std::chrono::steady_clock::time_point commit_began_;
};

}  // namespace streams
