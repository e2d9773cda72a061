#pragma once

#include <optional>

#include "persisters/sqlite/pipeline_lock.h"
#include "persisters/sqlite/session.h"
#include "streams/persister.h"

namespace streams::sqlite {

/// `_streams_state` and `_streams_commits` of one (schema, pipeline), and its lock.
class SqliteLedger final : public Ledger {
 public:
    /// `session` outlives this.
    explicit SqliteLedger(Session& session) : session_(session) {}

    Result<> lock(std::chrono::milliseconds wait) override;
    Result<std::optional<LedgerEntry>> read() override;
    Result<bool> remembers(std::string_view state_hash) override;
    Result<LedgerEntry> claim(std::string_view source_print,
                              const std::optional<std::string>& first_state) override;
    Result<> settle() override;
    Result<> set_state(const std::optional<std::string>& state, std::string_view reason) override;
    Result<std::vector<PastCommit>> history() override;
    Result<> rename(std::string_view name) override;
    Result<std::vector<std::string>> pipelines() override;

    /// The number of the commit to come.
    std::int64_t next_commit() const { return entry_.commit + 1; }

    /// The last statements of a commit, in the session's transaction: the history, then the state,
    /// which only the newest epoch can change.
    /// **Errors.** Busy `fenced`.
    Result<> advance(const Commit& commit, const std::vector<Receipt>& receipts);
    /// That transaction was committed.
    void advanced(const Commit& commit);

 private:
    Result<Database*> begin_claim();
    Result<LedgerEntry> claim_row(std::string_view source_print,
                                  const std::optional<std::string>& first_state);
    Result<> store_state(const std::optional<std::string>& state, std::string_view reason);
    Result<std::optional<LedgerEntry>> read_row(const Database& database) const;
    Result<LedgerEntry> claimed_row(const Database& database) const;
    Result<std::vector<std::string>> missing(const Database& database) const;
    Result<> note_commit(const Database& database, const Commit& commit,
                         const std::vector<Receipt>& receipts, std::string_view reason) const;
    Result<> rename_rows(const Database& database, std::string_view name) const;
    Result<> put_name(const Database& database, std::string_view name) const;
    std::unexpected<Error> name_error(std::string id, std::string what) const;

    Session& session_;
    std::optional<PipelineLock> lock_;
    LedgerEntry entry_;
    bool is_claimed_ = false;
};

}  // namespace streams::sqlite
