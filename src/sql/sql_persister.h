#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "sql/database.h"
#include "sql/ledger.h"
#include "streams/persister.h"

namespace streams::sql {

/// The persister of every SQL database: tables, rows, rejects and the ledger in one transaction.
/// Tier A.
class SqlPersister final : public Persister {
 public:
    /// `hard_delete`: removes the rows of old versions instead of marking them. The context's
    /// schema is the one that the database uses.
    SqlPersister(std::unique_ptr<Database> database, Context context, bool hard_delete);

    Result<std::vector<Field>> stored(const std::string& stream) override;
    Result<> open(const Stream& stream) override;
    Result<> write(const Stream& stream, const Batch& batch) override;
    Result<std::vector<Receipt>> commit(const Commit& commit) override;
    std::vector<Reject> refused() const override { return refused_; }
    Result<std::vector<KeptReject>> kept_rejects() override;
    Result<std::optional<std::vector<Verified>>> verify(
        const std::vector<std::string>& streams) override;
    Ledger* ledger() override;

 private:
    /// A stream, from its first `open` on.
    struct Opened {
        Stream stream;
        OpenTable table;
        std::unique_ptr<TableWriter> writer;  ///< None after a change of the table.
        RowCounts counts;                     ///< Since the last commit.
        bool is_replaced = false;             ///< Swapped in since the last commit.
        bool is_touched = false;              ///< Opened or written since the last commit.
        std::uint64_t transaction = 0;        ///< In which the ownership was checked last.
    };

    bool is_named() const { return !context_.pipeline.empty(); }
    void spoil(const Error& error);
    Result<> keep(Result<> result);
    Result<> open_stream(const Stream& stream);
    Result<> prepare(Opened& opened);
    Result<> write_rows(const Stream& stream, const Batch& batch);
    Result<std::vector<Receipt>> commit_all(const Commit& commit);
    void note_hashes(Opened& opened, const Batch& batch) const;
    Result<> finish_all();
    Result<> swap_all();
    Result<> keep_all(const Commit& commit);
    std::vector<Receipt> take_receipts();

    std::unique_ptr<Database> database_;
    Context context_;
    SqlLedger ledger_;
    bool hard_delete_;
    Refusals refusals_;
    std::vector<Reject> refused_;           // In the last commit.
    std::map<std::string, Opened> opened_;  // By stream; destroyed before database_.
    std::optional<Error> fault_;
};

}  // namespace streams::sql
