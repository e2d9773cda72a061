#pragma once

#include <string>

#include "persisters/postgres/copy_encoder.h"
#include "persisters/postgres/postgres_database.h"
#include "sql/table_writer.h"

namespace streams::postgres {

/// Sends rows by COPY in binary: straight into the table where they are appended, into its stage
/// where they are merged, or wait for a change of the table.
class CopyWriter final : public sql::TableWriter {
 public:
    CopyWriter(PostgresDatabase& database, const Stream& stream, const sql::OpenTable& table,
               sql::Refusals& refusals)
        : database_(database), stream_(stream), table_(table), refusals_(refusals) {}

    /// **Errors.** Data `text-nul`, `number-room`, `row-refused`, naming the row: a batch that is
    /// refused is halved until the bad row is alone. Where refusals are kept, the others go on.
    Result<> write(const Batch& batch, std::int64_t commit, sql::RowCounts& counts) override;
    Result<> activate(sql::OpenTable& table, std::int64_t version, bool removes,
                      sql::RowCounts& counts) override;
    Result<> finish(sql::RowCounts& counts) override;

 private:
    /// Where and how rows go.
    struct Target {
        std::string statement;
        RowTail tail;
    };

    /// A row that did not go.
    struct Refused {
        std::size_t row = 0;
        Error error;
    };

    Result<Target> target_of(std::int64_t commit, const Batch& batch);
    Result<> load(const Batch& batch, std::size_t begin, std::size_t end, const Target& target);
    Result<> copy(const Batch& batch, std::size_t begin, std::size_t end, const Target& target);
    Result<> subtract_met(const Stage& stage, const sql::Upsert& upsert, std::int64_t begin,
                          std::int64_t end, sql::RowCounts& counts);
    Result<std::size_t> send(CopyEncoder& encoder, const Batch& batch, std::size_t row,
                             std::size_t end);
    Result<> refuse(const Batch& batch, const Refused& refused);
    Result<> refuse_staged(const Stage& stage, std::int64_t row, const Error& error,
                           sql::RowCounts& counts);
    Result<> merge_kept(const Stage& stage, std::int64_t begin, std::int64_t end,
                        sql::RowCounts& counts);
    Result<> merge_range(const Stage& stage, std::int64_t begin, std::int64_t end,
                         sql::RowCounts& counts);
    Error at_row(Error error, const Batch& batch, std::size_t row) const;

    PostgresDatabase& database_;
    const Stream& stream_;
    const sql::OpenTable& table_;
    sql::Refusals& refusals_;
    std::vector<Refused> unfit_;  // Of the COPY under way.
};

}  // namespace streams::postgres
