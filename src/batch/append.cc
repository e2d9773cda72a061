#include "batch/append.h"

#include <cstring>

#include "streams/error.h"

namespace streams {
namespace {

bool bit_at(const Buffer& bits, std::size_t index) {
    return (bits.data()[index >> 3] >> (index & 7) & 1) != 0;
}

void set_bit(Buffer& bits, std::size_t index, bool value) {
    std::uint8_t& byte = bits.data()[index >> 3];
    const auto mask = static_cast<std::uint8_t>(1U << (index & 7));
    byte = static_cast<std::uint8_t>(value ? byte | mask : byte & ~mask);
}

// Room for `count` bits; the bytes that are new are `fill`.
void reserve_bits(Buffer& bits, std::size_t count, int fill) {
    const std::size_t before = bits.capacity();
    bits.reserve((count + 7) / 8);
    std::memset(bits.data() + before, fill, bits.capacity() - before);
}

std::int32_t offset_at(const Column& column, std::size_t row) {
    std::int32_t offset = 0;
    if (column.offsets.capacity() != 0) {
        std::memcpy(&offset, column.offsets.data() + row * sizeof offset, sizeof offset);
    }
    return offset;
}

void append_bytes(Column& to, const Column& from, std::size_t first, std::size_t count) {
    const std::int32_t begin = offset_at(from, first);
    const auto size = static_cast<std::size_t>(offset_at(from, first + count) - begin);
    ensure(to.bytes + size < std::size_t{1} << 31, "a batch is closed before a column is full");
    to.values.reserve(to.bytes + size);
    if (size != 0) std::memcpy(to.values.data() + to.bytes, from.values.data() + begin, size);
    const bool is_new = to.offsets.capacity() == 0;
    to.offsets.reserve((to.rows + count + 1) * sizeof(std::int32_t));
    if (is_new) std::memset(to.offsets.data(), 0, sizeof(std::int32_t));
    const auto shift = static_cast<std::int32_t>(to.bytes) - begin;
    for (std::size_t i = 1; i <= count; ++i) {
        const std::int32_t offset = offset_at(from, first + i) + shift;
        std::memcpy(to.offsets.data() + (to.rows + i) * sizeof offset, &offset, sizeof offset);
    }
    to.bytes += size;
}

void append_validity(Column& to, const Column& from, std::size_t first, std::size_t count) {
    const bool was_whole = to.nulls == 0;
    std::size_t nulls = 0;
    if (from.nulls != 0) {
        for (std::size_t i = 0; i < count; ++i) nulls += bit_at(from.validity, first + i) ? 0U : 1U;
    }
    if (was_whole && nulls == 0 && to.validity.capacity() == 0) return;
    reserve_bits(to.validity, to.rows + count, 0xFF);
    for (std::size_t i = 0; i < count; ++i) {
        set_bit(to.validity, to.rows + i, nulls == 0 || bit_at(from.validity, first + i));
    }
    to.nulls += nulls;
}

void append_values(Column& to, const Column& from, std::size_t first, std::size_t count) {
    append_validity(to, from, first, count);
    if (Column::has_bytes(from.type)) {
        append_bytes(to, from, first, count);
    } else if (from.type == Type::Boolean) {
        reserve_bits(to.values, to.rows + count, 0);
        for (std::size_t i = 0; i < count; ++i) {
            set_bit(to.values, to.rows + i, bit_at(from.values, first + i));
        }
    } else {
        constexpr std::size_t kWidth = sizeof(std::int64_t);
        to.values.reserve((to.rows + count) * kWidth);
        std::memcpy(to.values.data() + to.rows * kWidth, from.values.data() + first * kWidth,
                    count * kWidth);
    }
    to.rows += count;
}

}  // namespace

void append_rows(Batch& to, const Batch& from, std::size_t first, std::size_t count) {
    if (count == 0) return;
    if (to.rows == 0) {
        to.columns.resize(from.columns.size());
        for (std::size_t i = 0; i < from.columns.size(); ++i) {
            to.columns[i].type = from.columns[i].type;
        }
    }
    ensure(to.columns.size() == from.columns.size(), "rows are added to rows of the same columns");
    for (std::size_t i = 0; i < to.columns.size(); ++i) {
        append_values(to.columns[i], from.columns[i], first, count);
    }
    if (from.records.rows != 0) append_values(to.records, from.records, first, count);
    if (!from.hashes.empty()) {
        const auto begin = from.hashes.begin() + static_cast<std::ptrdiff_t>(first);
        to.hashes.insert(to.hashes.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
    }
    if (from.lines.rows != 0) {
        to.lines.type = from.lines.type;
        to.line_numbers.type = from.line_numbers.type;
        append_values(to.lines, from.lines, first, count);
        append_values(to.line_numbers, from.line_numbers, first, count);
    }
    to.rows += count;
}

}  // namespace streams
