#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "streams/batch.h"
#include "streams/error.h"
#include "streams/persister.h"

namespace streams::sql {

/// The rows that the database itself refused since the last commit, where the run keeps such rows
/// as rejects.
class Refusals {
 public:
    explicit Refusals(const Context& context)
        : rows_max_(context.rejects_max), bytes_max_(context.memory / 8) {}

    bool keeps() const { return rows_max_ != 0; }
    std::size_t rows() const { return rejects_.size(); }
    /// The sum of the hashes of all rows of batches that were refused, modulo 2^64.
    std::uint64_t hashes() const { return hashes_; }

    /// Keeps the row of `batch` that `error` is about.
    /// **Errors.** `error` itself where nothing is kept, or it is no fault of the row; Data
    /// `rejects-max`.
    Result<> add(const Error& error, const Stream& stream, const Batch& batch, std::size_t row);
    Result<> add(Reject reject);

    /// Others that count with them.
    /// **Errors.** Data `rejects-max`.
    Result<> count(std::size_t others);

    /// What a commit has to keep; none are left.
    std::vector<Reject> take();

 private:
    std::size_t rows_max_;
    std::size_t bytes_max_;
    std::size_t seen_ = 0;  // In the whole run.
    std::size_t bytes_ = 0;
    std::uint64_t hashes_ = 0;
    std::vector<Reject> rejects_;
};

/// What a reject says of an error.
Reject reject_of(const Error& error, const std::string& stream);

}  // namespace streams::sql
