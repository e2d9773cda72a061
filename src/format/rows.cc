#include "format/rows.h"

#include <cstring>

namespace streams {
namespace {

constexpr std::size_t kSpareBytes = 64;

void set_bit(std::uint8_t* bits, std::size_t at) {
    bits[at >> 3] = static_cast<std::uint8_t>(bits[at >> 3] | (1U << (at & 7)));
}

void select_validity(const Column& from, std::span<const std::uint32_t> rows, Column& to) {
    if (from.nulls == 0) return;
    to.validity.reserve(rows.size() / 8 + kSpareBytes);
    std::memset(to.validity.data(), 0, rows.size() / 8 + kSpareBytes);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (from.is_null(rows[i])) {
            ++to.nulls;
        } else {
            set_bit(to.validity.data(), i);
        }
    }
}

void select_texts(const Column& from, std::span<const std::uint32_t> rows, Column& to) {
    std::size_t bytes = 0;
    for (const auto row : rows) bytes += from.text(row).size();
    to.values.reserve(bytes + kSpareBytes);
    to.offsets.reserve((rows.size() + 1) * 4);
    std::int32_t offset = 0;
    std::memcpy(to.offsets.data(), &offset, 4);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto text = from.text(rows[i]);
        std::memcpy(to.values.data() + offset, text.data(), text.size());
        offset += static_cast<std::int32_t>(text.size());
        std::memcpy(to.offsets.data() + (i + 1) * 4, &offset, 4);
    }
    to.bytes = bytes;
}

Column select(const Column& from, std::span<const std::uint32_t> rows) {
    Column to;
    to.type = from.type;
    to.rows = rows.size();
    select_validity(from, rows, to);
    if (Column::has_bytes(from.type)) {
        select_texts(from, rows, to);
    } else if (from.type == Type::Boolean) {
        to.values.reserve(rows.size() / 8 + kSpareBytes);
        std::memset(to.values.data(), 0, rows.size() / 8 + kSpareBytes);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (from.boolean(rows[i])) set_bit(to.values.data(), i);
        }
    } else {
        to.values.reserve(rows.size() * 8 + kSpareBytes);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::memcpy(to.values.data() + i * 8, from.values.data() + std::size_t{rows[i]} * 8, 8);
        }
    }
    return to;
}

}  // namespace

Batch select_rows(const Batch& batch, std::span<const std::uint32_t> rows) {
    Batch selected;
    selected.rows = rows.size();
    for (const auto& column : batch.columns) selected.columns.push_back(select(column, rows));
    if (batch.records.rows != 0) selected.records = select(batch.records, rows);
    return selected;
}

}  // namespace streams
