#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/schema.h"

namespace streams {

/// Bytes that grow without being filled with zeros first.
class Buffer {
 public:
    Buffer() = default;
    ~Buffer() = default;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    Buffer(Buffer&& other) noexcept
        : data_(std::move(other.data_)), capacity_(std::exchange(other.capacity_, 0)) {}
    Buffer& operator=(Buffer&& other) noexcept {
        data_ = std::move(other.data_);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }

    std::uint8_t* data() { return data_.get(); }
    const std::uint8_t* data() const { return data_.get(); }
    std::size_t capacity() const { return capacity_; }

    /// Makes room for `bytes` in all and keeps what is there. Grows at least by half.
    void reserve(std::size_t bytes) {
        if (bytes <= capacity_) return;
        const std::size_t wanted =
            bytes > capacity_ + capacity_ / 2 ? bytes : capacity_ + capacity_ / 2;
        auto* grown = static_cast<std::uint8_t*>(std::realloc(data_.release(), wanted));
        if (grown == nullptr) std::abort();
        data_.reset(grown);
        capacity_ = wanted;
    }

 private:
    struct Free {
        void operator()(std::uint8_t* bytes) const { std::free(bytes); }
    };
    std::unique_ptr<std::uint8_t[], Free> data_;
    std::size_t capacity_ = 0;
};

/// The values of one field, in Arrow's layout: a bitmap of what is there (bit 1, least significant
/// first), and values of fixed width, or 32-bit offsets into bytes.
///
/// | type                                   | values                                    |
/// |----------------------------------------|-------------------------------------------|
/// | Boolean                                | one bit each                              |
/// | Integer, Timestamp, Time, Date         | int64 (Date too: it is small)             |
/// | Double                                 | double                                    |
/// | Decimal, Text, Uuid, Binary, Json      | offsets (rows + 1 of them) and bytes      |
///
/// **Limits.** At most 2^31-1 bytes a column; the pipeline closes a batch long before.
struct Column {
    Type type = Type::Json;
    std::size_t rows = 0;
    std::size_t nulls = 0;
    Buffer validity;        ///< Without capacity while no value is null.
    Buffer values;          ///< Bits, int64s, doubles, or bytes.
    Buffer offsets;         ///< int32; of the types with bytes only.
    std::size_t bytes = 0;  ///< In use in `values`, of the types with bytes.

    bool is_null(std::size_t row) const {
        return nulls != 0 && (validity.data()[row >> 3] >> (row & 7) & 1) == 0;
    }
    bool boolean(std::size_t row) const { return (values.data()[row >> 3] >> (row & 7) & 1) != 0; }
    std::int64_t integer(std::size_t row) const { return load<std::int64_t>(values, row); }
    double real(std::size_t row) const { return load<double>(values, row); }

    /// Valid as long as the column is neither changed nor destroyed.
    std::string_view text(std::size_t row) const {
        const auto begin = static_cast<std::size_t>(load<std::int32_t>(offsets, row));
        const auto end = static_cast<std::size_t>(load<std::int32_t>(offsets, row + 1));
        return {reinterpret_cast<const char*>(values.data()) + begin, end - begin};
    }

    /// Whether values of `type` are bytes with offsets.
    static bool has_bytes(Type type) {
        return type == Type::Decimal || type == Type::Text || type == Type::Uuid ||
               type == Type::Binary || type == Type::Json;
    }

 private:
    template <typename T>
    static T load(const Buffer& from, std::size_t index) {
        T value;
        std::memcpy(&value, from.data() + index * sizeof(T), sizeof(T));
        return value;
    }
};

/// What the hash of a row takes a nested value of JSON for (receipt/row_hash.h).
enum class RowHashes : std::uint8_t {
    None,    ///< Rows are not hashed.
    Bytes,   ///< Its bytes: the destination keeps them.
    Values,  ///< What it says: the destination keeps that, in a spelling of its own.
};

/// Rows of one stream, in the order in which they came.
struct Batch {
    std::size_t rows = 0;
    std::vector<Column>
        columns;     ///< One per field of the stream; none if the persister takes records.
    Column records;  ///< Type Json: each record's own bytes; empty if it takes columns.
    Column lines;    ///< Type Json: each row's line as it came; empty unless rows may be rejected.
    Column line_numbers;           ///< Type Integer; with `lines`.
    std::uint64_t first_line = 0;  ///< Of the input, for messages; counted from 1.
    std::uint64_t last_line = 0;

    /// What each row says (receipt/row_hash.h); none unless the persister keeps receipts.
    std::vector<std::uint64_t> hashes;

    /// After these rows: the rows whose version is distinct from this one are no longer live.
    std::optional<std::int64_t> activate_version;
};

}  // namespace streams
