#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "streams/batch.h"

namespace streams::postgres {

/// A value that PostgreSQL cannot hold.
struct Unfit {
    std::size_t row = 0;
    std::size_t column = 0;
    std::string id;      ///< `text-nul`.
    std::string reason;  ///< `a text holds NUL, which PostgreSQL cannot store`.
};

/// What every row gets behind its own columns.
struct RowTail {
    std::optional<std::int64_t> commit;      ///< `_streams_commit`; 0: null.
    std::optional<std::int64_t> row_number;  ///< Of the first row, `_streams_row`; then it rises.
    const std::vector<std::uint64_t>* hashes = nullptr;  ///< Of the batch, with `row_number`.
    const Batch* lines = nullptr;  ///< Whose lines `_streams_line` gets; null: none.
};

/// Rows of a batch as PostgreSQL's binary COPY wants them.
class CopyEncoder {
 public:
    /// `columns` are the batch's, in its order.
    CopyEncoder(const std::vector<Column>& columns, RowTail tail);

    /// Bytes that begin, and end, a COPY.
    static std::vector<std::uint8_t> header();
    static std::vector<std::uint8_t> trailer();

    /// Appends rows from `row` on, before `end`, until `bytes_max` are reached; answers the next
    /// row. Stops at a row with a value that does not fit, of which nothing is appended, and sets
    /// `unfit` until the next call.
    std::size_t encode(std::size_t row, std::size_t end, std::size_t bytes_max);

    const std::vector<std::uint8_t>& bytes() const { return bytes_; }
    void clear() { bytes_.clear(); }
    const std::optional<Unfit>& unfit() const { return unfit_; }

 private:
    bool encode_row(std::size_t row);
    bool encode_value(std::size_t position, std::size_t row);
    bool encode_bytes(std::size_t position, std::size_t row);
    void put_line(std::size_t row);
    bool refuse(std::size_t position, std::size_t row, const char* id, const char* reason);
    std::uint8_t* grow(std::size_t bytes);
    void put_null();
    void put_number(std::int64_t value);

    const std::vector<Column>& columns_;
    RowTail tail_;
    std::vector<std::uint8_t> bytes_;
    std::optional<Unfit> unfit_;
};

}  // namespace streams::postgres
