#pragma once

#include <memory>
#include <optional>

#include "sql/database.h"
#include "streams/persister.h"

namespace streams::sql {

/// `_streams_state` and `_streams_commits` of one (schema, pipeline), and its lock.
class SqlLedger final : public Ledger {
 public:
    /// Both outlive this.
    SqlLedger(Database& database, const Context& context)
        : database_(database), context_(context) {}

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

    /// The last statements of a commit, in its transaction: the history, then the state, which only
    /// the newest epoch can change.
    /// **Errors.** Busy `fenced`.
    Result<> advance(const Commit& commit, const std::vector<Receipt>& receipts);
    /// That transaction was committed.
    void advanced(const Commit& commit);

 private:
    Result<bool> exists(std::string_view table);
    Result<> begin_claim();
    Result<LedgerEntry> claim_row(std::string_view source_print,
                                  const std::optional<std::string>& first_state);
    Result<> store_state(const std::optional<std::string>& state, std::string_view reason);
    Result<std::optional<LedgerEntry>> read_row();
    Result<LedgerEntry> claimed_row();
    Result<std::vector<std::string>> missing();
    Result<> note_commit(const Commit& commit, const std::vector<Receipt>& receipts,
                         std::string_view reason);
    Result<> rename_rows(std::string_view name);
    Result<> put_name(std::string_view name);
    std::unexpected<Error> name_error(std::string id, std::string what) const;

    Database& database_;
    const Context& context_;
    std::unique_ptr<PipelineLock> lock_;
    LedgerEntry entry_;
    bool is_claimed_ = false;
};

}  // namespace streams::sql
