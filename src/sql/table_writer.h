#pragma once

#include <cstdint>
#include <optional>

#include "sql/table.h"
#include "streams/batch.h"
#include "streams/error.h"

namespace streams::sql {

/// How many rows of a stream were written since the last commit, and what that did.
struct RowCounts {
    std::uint64_t rows = 0;
    std::uint64_t new_rows = 0;
    std::uint64_t changed = 0;
    std::uint64_t same = 0;
    std::uint64_t removed = 0;  ///< Rows of old versions.
    /// By how much the sum of the hashes of the rows that are there has risen; none once that is
    /// not known any more.
    std::optional<std::uint64_t> hash = 0;

    void add_hash(std::uint64_t more) {
        if (hash) *hash += more;
    }
    void subtract_hash(std::uint64_t less) { add_hash(0 - less); }
};

/// Puts the rows of one stream into its table, by the database's fastest way. Made by
/// `Database::writer` for a table that is open, and anew whenever the table was opened again.
///
/// Rows may be staged until `finish`, which comes before every commit. Whatever is staged outlives
/// the writer: it belongs to the transaction. The stream and the table outlive the writer.
class TableWriter {
 public:
    TableWriter() = default;
    TableWriter(const TableWriter&) = delete;
    TableWriter& operator=(const TableWriter&) = delete;
    virtual ~TableWriter() = default;

    /// `commit` is the number of the commit to come, for tables with `_streams_commit`; 0: none, in
    /// a bare pipe. The hashes of the rows are in `counts` already; where rows are merged, those of
    /// rows that change nothing, are replaced or refused are subtracted here or in `finish`.
    /// **Errors.** Data, where a row cannot be stored and no refusals are kept; then nothing can be
    /// committed any more.
    virtual Result<> write(const Batch& batch, std::int64_t commit, RowCounts& counts) = 0;

    /// Closes a full load: of the rows so far, those whose version is distinct from `version` are
    /// marked in `_sdc_deleted_at`, or removed. May give `table` that column; then the writer is
    /// stale. See `sql::activate`.
    virtual Result<> activate(OpenTable& table, std::int64_t version, bool removes,
                              RowCounts& counts) = 0;

    /// Merges what is staged, and counts it.
    virtual Result<> finish(RowCounts& counts) = 0;
};

/// The rows of a stream that are merged have a key.
/// **Errors.** Data `key-null`.
Result<> check_keys(const Stream& stream, const OpenTable& table, const Batch& batch);

}  // namespace streams::sql
