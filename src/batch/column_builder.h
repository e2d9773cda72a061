#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "streams/batch.h"
#include "streams/error.h"

namespace streams {

/// Adds values to a column. Rows without a value cost nothing: they are made up for as nulls when
/// the next value or the end of the batch comes.
class ColumnBuilder {
 public:
    explicit ColumnBuilder(Type type) : has_bytes_(Column::has_bytes(type)) { column_.type = type; }

    Type type() const { return column_.type; }
    std::size_t rows() const { return column_.rows; }
    std::size_t bytes() const { return column_.bytes; }

    /// Bytes that a row takes besides its text.
    double row_width() const {
        if (column_.type == Type::Boolean) return 0.25;
        return has_bytes_ ? 4.125 : 8.125;
    }

    void integer(std::size_t row, std::int64_t value) { fixed(row, value); }
    void real(std::size_t row, double value) { fixed(row, value); }

    void boolean(std::size_t row, bool value) {
        prepare(row);
        std::uint8_t& byte = column_.values.data()[row >> 3];
        const auto mask = static_cast<std::uint8_t>(1U << (row & 7));
        byte = static_cast<std::uint8_t>(value ? byte | mask : byte & ~mask);
        column_.rows = row + 1;
    }

    /// Where up to `size` bytes of the next text, and kSpare more, may be written. `commit` ends
    /// it.
    std::uint8_t* room(std::size_t row, std::size_t size) {
        prepare(row);
        if (column_.values.capacity() - column_.bytes < size + kSpare) [[unlikely]] {
            ensure(column_.bytes + size < kBytesMax, "a batch is closed before a column is full");
            column_.values.reserve(std::max(column_.bytes + size, bytes_before_) + kSpare);
        }
        return column_.values.data() + column_.bytes;
    }
    void commit(std::size_t row, std::size_t size) {
        column_.bytes += size;
        store(column_.offsets, row + 1, static_cast<std::int32_t>(column_.bytes));
        column_.rows = row + 1;
    }
    void bytes(std::size_t row, const char* data, std::size_t size) {
        std::memcpy(room(row, size), data, size);
        commit(row, size);
    }

    /// Takes the value of `row` back, if there is one.
    void pop(std::size_t row) {
        if (column_.rows != row + 1) return;
        --column_.rows;
        if (has_bytes_) {
            std::int32_t bytes = 0;
            std::memcpy(&bytes, column_.offsets.data() + row * sizeof bytes, sizeof bytes);
            column_.bytes = static_cast<std::size_t>(bytes);
        }
    }

    /// The column with `rows` rows; empty afterwards.
    Column take(std::size_t rows) {
        if (column_.rows != rows) pad(rows);
        Column taken = std::exchange(column_, Column{});
        column_.type = taken.type;
        capacity_ = 0;
        rows_before_ = rows;
        bytes_before_ = taken.bytes + taken.bytes / 16;
        return taken;
    }

    static constexpr std::size_t kSpare = 64;
    static constexpr std::size_t kBytesMax = std::size_t{1} << 31;

 private:
    template <typename T>
    void fixed(std::size_t row, T value) {
        prepare(row);
        store(column_.values, row, value);
        column_.rows = row + 1;
    }

    void prepare(std::size_t row) {
        if (row >= capacity_) [[unlikely]]
            grow(row + 1);
        if (column_.rows != row) [[unlikely]]
            pad(row);
    }

    template <typename T>
    static void store(Buffer& to, std::size_t index, T value) {
        std::memcpy(to.data() + index * sizeof(T), &value, sizeof(T));
    }

    void grow(std::size_t rows) {
        const std::size_t capacity =
            std::max({rows, capacity_ + capacity_ / 2, rows_before_, std::size_t{64}});
        if (column_.type == Type::Boolean) {
            grow_bits(column_.values, capacity, 0);
        } else if (has_bytes_) {
            const bool is_new = column_.offsets.capacity() == 0;
            column_.offsets.reserve((capacity + 1) * sizeof(std::int32_t));
            if (is_new) store(column_.offsets, 0, std::int32_t{0});
        } else {
            column_.values.reserve(capacity * sizeof(std::int64_t));
        }
        if (column_.validity.capacity() != 0) grow_bits(column_.validity, capacity, 0xFF);
        capacity_ = capacity;
    }

    static void grow_bits(Buffer& bits, std::size_t count, int fill) {
        const std::size_t before = bits.capacity();
        bits.reserve((count + 7) / 8);
        std::memset(bits.data() + before, fill, bits.capacity() - before);
    }

    void set_validity(std::size_t row, bool valid) {
        std::uint8_t& byte = column_.validity.data()[row >> 3];
        const auto mask = static_cast<std::uint8_t>(1U << (row & 7));
        byte = static_cast<std::uint8_t>(valid ? byte | mask : byte & ~mask);
    }

    // Nulls up to, and without, `row`.
    void pad(std::size_t row) {
        if (row > capacity_) grow(row);
        if (column_.validity.capacity() == 0) grow_bits(column_.validity, capacity_, 0xFF);
        const std::size_t first = column_.rows;
        for (std::size_t i = first; i < row; ++i) set_validity(i, false);
        if (has_bytes_) {
            const auto bytes = static_cast<std::int32_t>(column_.bytes);
            for (std::size_t i = first; i < row; ++i) store(column_.offsets, i + 1, bytes);
        } else if (column_.type != Type::Boolean) {
            std::memset(column_.values.data() + first * sizeof(std::int64_t), 0,
                        (row - first) * sizeof(std::int64_t));
        }
        column_.nulls += row - first;
        column_.rows = row;
    }

    Column column_;
    std::size_t capacity_ = 0;  // In rows.

    // Of the batch before: the next one is likely to be as large, and need not be copied as it
    // grows (4 % of the whole, bench/columns_bench.cc).
    std::size_t rows_before_ = 0;
    std::size_t bytes_before_ = 0;
    bool has_bytes_;
};

}  // namespace streams
