#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/batch.h"
#include "streams/schema.h"

namespace streams {

/// The hash of a row: of what its columns say, not of how they are stored.
///
/// - A cell is its column's name and its value; null says nothing, as a column that is not there.
/// - Numbers are the same where their decimal values are: 5, 5.0 and the decimal 5.00.
/// - A time, a date, a uuid or bytes are the same as the text that a wider column would hold.
/// - A text, a number or a boolean is the same in a column of JSON.
/// - Only what comes from the record counts: no column of ours.
///
/// Receipts of all releases are compared: nothing here may change without another name for it.
/// **Threads.** Any; nothing changes after the constructor.
class RowHasher {
 public:
    RowHasher(const std::vector<Field>& fields, RowHashes how);

    /// The hashes of the rows of `batch`, which has a column per field.
    std::vector<std::uint64_t> of(const Batch& batch) const;

    /// The hash of a row that was read back: one text per field, as a column of texts (or of JSON,
    /// for JSON) would hold the value; booleans as `true` and `false`.
    std::uint64_t of(const std::vector<std::optional<std::string>>& row, std::size_t first) const;

    /// The same a value at a time: the hash of a row is `whole` of the sum of its values'. Booleans
    /// may be numbers, bytes are base64.
    std::uint64_t value(std::size_t field, std::string_view text) const;
    std::uint64_t value(std::size_t field, std::int64_t number) const;
    std::uint64_t value(std::size_t field, double number) const;
    static std::uint64_t whole(std::uint64_t sum);

    Type type(std::size_t field) const { return cells_[field].type; }

 private:
    struct Cell {
        std::uint64_t seed = 0;  // Of its column's name.
        Type type = Type::Json;
        bool counts = true;
    };

    void add(const Cell& cell, const Column& column, std::vector<std::uint64_t>& sums) const;
    std::uint64_t json(std::uint64_t seed, std::string_view text) const;

    std::vector<Cell> cells_;
    RowHashes how_;
};

/// Gives each row of `batch` its hash.
void add_hashes(Batch& batch, const std::vector<Field>& fields, RowHashes how);

/// 16 hexadecimal digits, and back; none where it is something else.
std::string hash_text(std::uint64_t hash);
std::optional<std::uint64_t> hash_of_text(std::string_view text);

}  // namespace streams
