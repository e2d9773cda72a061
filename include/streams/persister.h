#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/batch.h"
#include "streams/error.h"
#include "streams/receipt.h"

namespace streams {

/// A record that was refused and is kept beside the data.
struct Reject {
    std::string stream;
    std::uint64_t line = 0;  ///< Of the input, counted from 1.
    std::string id;          ///< Of the error: `record-type`.
    std::string reason;      ///< One sentence.
    std::string record;      ///< The line as it came.
};

/// A reject as the destination has kept it.
struct KeptReject {
    Reject reject;
    std::string pipeline;  ///< Empty: of a bare pipe.
    std::string run;
    std::string time;
    std::string place;             ///< How the destination finds it again.
    std::vector<std::string> key;  ///< Of the table of its stream; empty where nothing is merged.
    std::uint64_t fed_line = 0;    ///< In a replay: where it stands in what is fed in.
};

/// An ACTIVATE_VERSION that a commit contains.
struct Activation {
    std::string stream;
    std::int64_t version = 0;
};

/// What becomes durable in one act, besides the rows written since the commit before.
struct Commit {
    std::int64_t number = 0;  ///< One more than the last of the pipeline; 0 in a bare pipe.
    std::optional<std::string> state;  ///< JSON, byte for byte as it came; none: it stays as it is.
    std::string state_hash;            ///< Of `state` (state/state_hash.h); empty without one.
    std::string run;                   ///< The run's id.
    bool ends_run = false;             ///< END's commit: swaps in what `Load::Overwrite` filled.
    std::vector<Activation>
        activations;  ///< In order; already done by `write`, noted here for journals.
    std::vector<Reject> rejects;
    std::vector<KeptReject> replayed;  ///< Their records were written again: they are kept no more.
};

/// What a destination remembers of a pipeline.
struct LedgerEntry {
    std::int64_t epoch = 0;
    std::int64_t commit = 0;           ///< The number of the last commit; 0: none yet.
    std::optional<std::string> state;  ///< JSON, byte for byte.
    std::string state_hash;
    std::string source_print;          ///< Empty: none yet.
    std::string ended_run;             ///< The run whose END made the last commit; else empty.
    std::vector<std::string> missing;  ///< Tables or files that it lists and the destination lacks.
};

/// The second face of a tier A destination: what it remembers of the pipeline that the persister
/// was made for. Driven by the persister's thread, before and between its commits.
class Ledger {
 public:
    Ledger() = default;
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;
    virtual ~Ledger() = default;

    /// Takes the lock of the pipeline for the life of this object, waiting up to `wait`.
    /// **Errors.** Busy `pipeline-locked`, naming the holder where that can be known. Makes the
    /// lock and nothing else.
    virtual Result<> lock(std::chrono::milliseconds wait) = 0;

    /// Reads what is remembered; none for a new pipeline. Creates nothing.
    virtual Result<std::optional<LedgerEntry>> read() = 0;

    /// Whether a commit of this pipeline ever stored a state with this hash.
    virtual Result<bool> remembers(std::string_view state_hash) = 0;

    /// Raises the epoch, durably and in an act of its own, and removes what dead writers of lower
    /// epochs left. Stores `source_print` where none is, and `first_state` where no commit is.
    /// From then on `commit` is fenced by the new epoch.
    virtual Result<LedgerEntry> claim(std::string_view source_print,
                                      const std::optional<std::string>& first_state) = 0;

    /// Makes sure that the stored state is durable, so that it may be printed: a no-op for
    /// databases, an fsync of the journal's folder for files.
    virtual Result<> settle() = 0;

    /// A commit without rows: the state becomes `state` (none: forgotten), and `reason` is kept
    /// beside it. Claims first.
    virtual Result<> set_state(const std::optional<std::string>& state,
                               std::string_view reason) = 0;

    /// Every commit of this pipeline, in order. Creates nothing; needs no lock.
    virtual Result<std::vector<PastCommit>> history() = 0;

    /// Gives the pipeline, with its tables, state and history, another name.
    virtual Result<> rename(std::string_view name) = 0;

    /// The names of all pipelines of this destination (and schema), in order. Needs no lock.
    virtual Result<std::vector<std::string>> pipelines() = 0;
};

/// The end of a pipeline: puts rows where they outlive the process.
///
/// One thread makes, drives and destroys a persister, in this order:
///
///     stored(stream)         before the first `open` of a stream
///     open(stream)           once per stream, and again whenever its fields have changed
///     write(stream, batch)   any number of times, for streams as they were last opened
///     commit(commit)         any number of times
///
/// **Promise.** When `commit` succeeds, every row given to `write` before it, and the state in
/// `commit`, are durable; if the program dies before, none of them is. The pipeline passes a STATE
/// on only after that. Destroying without `commit` discards.
///
/// **Errors.** `Transient` from `open` asks for the call again. After a failed `write` the
/// persister can only be destroyed. After a failed `commit` nobody knows what happened: the
/// pipeline makes a new persister, claims again and reads the ledger. Busy `fenced`: another run
/// has taken over.
///
/// **Limits.** A persister holds no more than one batch in memory; the pipeline does the batching.
class Persister {
 public:
    Persister() = default;
    Persister(const Persister&) = delete;
    Persister& operator=(const Persister&) = delete;
    virtual ~Persister() = default;

    /// The columns that the destination has for `stream`, so that new ones can be chosen beside
    /// them; none where there is no table. Nothing is created.
    virtual Result<std::vector<Field>> stored(const std::string& /*stream*/) {
        return std::vector<Field>{};
    }

    /// Makes the destination ready for rows of `stream`: creates the table, adds its new columns,
    /// widens those whose type has grown. Part of the next commit.
    virtual Result<> open(const Stream& stream) = 0;

    /// Takes the rows of `batch`, then does its activation. They may still be lost until `commit`.
    virtual Result<> write(const Stream& stream, const Batch& batch) = 0;

    /// Makes every row written so far durable, and `commit.state` with them, in one act.
    /// Answers with one receipt per stream written or opened since the commit before.
    virtual Result<std::vector<Receipt>> commit(const Commit& commit) = 0;

    /// Rows that the destination itself refused, and kept as rejects with the last commit.
    virtual std::vector<Reject> refused() const { return {}; }

    /// What was rejected and is kept, oldest first: of this pipeline; of all, in a bare pipe.
    /// Creates nothing.
    virtual Result<std::vector<KeptReject>> kept_rejects() { return std::vector<KeptReject>{}; }

    /// Reads back what is stored of the pipeline's streams, or of those named, and compares it with
    /// the receipts of its commits. Changes nothing. None: it keeps no receipts.
    virtual Result<std::optional<std::vector<Verified>>> verify(
        const std::vector<std::string>& /*streams*/) {
        return std::optional<std::vector<Verified>>();
    }

    /// The ledger, for tier A with a pipeline's name; owned by this persister. Else null.
    virtual Ledger* ledger() { return nullptr; }
};

/// What the pipeline tells every persister, whatever its own settings are.
struct Context {
    std::string pipeline;  ///< Empty: a bare pipe, which has no ledger, owner or lock.
    std::string schema;    ///< Empty: the destination's default.
    bool adopt = false;    ///< Take over tables that we did not make.
    bool dry_run = false;  ///< Store nothing, create nothing.
    std::size_t memory = std::size_t{128} << 20;  ///< `--memory`: of the whole program.
    /// More rows than this that the destination itself refuses, with those of `Commit::rejects`,
    /// end the run; up to then they are kept as rejects. 0: the first ends it. Batches have
    /// `lines`.
    std::size_t rejects_max = 0;
    std::chrono::milliseconds wait{10'000};  ///< For a destination that another program holds.
};

}  // namespace streams
