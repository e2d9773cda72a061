#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "message/message_parser.h"
#include "schema/shape.h"
#include "streams/batch.h"
#include "streams/error.h"

namespace streams {

/// What became of a record.
enum class Verdict : std::uint8_t {
    None,     ///< The line held no record, or is not finished.
    Stored,   ///< It is a row.
    Unknown,  ///< Its stream has no builder: make one and parse the line again.
    Stale,    ///< Its stream lacks columns: grow the shape and parse the line again.
    Refused,  ///< It cannot be stored faithfully.
};

/// Why a record was refused, and where in it.
struct Refusal {
    Error error;             ///< Data; `where` and `safe` are the pipeline's to add.
    std::string field;       ///< The member; empty if it is none.
    std::size_t offset = 0;  ///< Of the value, in the record's bytes.
    std::size_t length = 0;  ///< 0: the whole record.
};

/// What a persister wants to be given.
struct Takes {
    bool columns = true;
    bool records = false;  ///< Each record's own bytes; without columns records are still judged.
    bool lines = false;    ///< Each row's whole line and its number, to reject it by.
    bool values = true;    ///< False, in a dry run: columns are found and stay empty.
    RowHashes hashes = RowHashes::None;  ///< Added by the pipeline when rows are taken.
};

/// What was changed on the way into a column, for the report.
struct Changes {
    std::uint64_t cut_digits = 0;   ///< Times with more than microseconds.
    std::uint64_t local_times = 0;  ///< Times without a zone, taken as UTC.

    bool operator==(const Changes&) const = default;
};

/// Turns the records of one stream into columns.
///
/// **Order.** `begin`, then one `append`, then `finish` or `discard`; any number of times; `take`.
/// **Limits.** A column holds less than 2^31 bytes: close batches long before.
class BatchBuilder {
 public:
    /// `shape` outlives this. After each change of it comes `reshape`.
    BatchBuilder(const Shape& shape, Takes takes);
    ~BatchBuilder();
    BatchBuilder(const BatchBuilder&) = delete;
    BatchBuilder& operator=(const BatchBuilder&) = delete;

    /// Adds `record` as a row that counts after `finish`. Answers Stored, Stale or Refused; walks
    /// on to the end in each case, so that bad JSON is found.
    /// **Errors.** Data `json-syntax`.
    Result<Verdict> append(simdjson::ondemand::object& record, simdjson::ondemand::parser& parser);

    /// The message around the record is whole: its row counts, unless the answer is Stale or
    /// Refused.
    Verdict finish(const Message& message, std::uint64_t line, std::int64_t received_us,
                   std::int64_t sequence);

    /// Forgets the row of the last `append`.
    void discard();

    /// What the last record needs, after Stale. Valid until the next `append`.
    const std::vector<Growth>& growths() const;

    /// Why the last record was refused, after Refused. Valid until the next `append`.
    const Refusal& refusal() const;

    const std::string& stream() const;
    std::size_t rows() const;
    std::size_t bytes() const;  ///< In use by the columns and records.
    std::uint64_t first_line() const;
    std::uint64_t last_line() const;

    /// The rows so far; the builder is empty afterwards.
    Batch take();

    /// Follows the shape in place where it has only new columns, whose earlier values are null.
    /// Answers whether it could; else the rows have to be taken first.
    bool reshape();

    /// Of each column since the start, in the order of the stream's fields.
    const std::vector<Changes>& changes() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace streams
