#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "format/encoder.h"

/// Columns for tests, from values that one can read.
namespace streams::testing_batch {

inline void mark(Column& column, bool is_null) {
    const auto row = column.rows++;
    if (!is_null && column.nulls == 0) return;
    if (column.nulls == 0) {
        column.validity.reserve(4096);
        std::memset(column.validity.data(), 0xFF, 4096);
    }
    if (!is_null) return;
    ++column.nulls;
    column.validity.data()[row >> 3] &= static_cast<std::uint8_t>(~(1U << (row & 7)));
}

inline Column of_numbers(Type type, const std::vector<std::optional<std::int64_t>>& values) {
    Column column;
    column.type = type;
    column.values.reserve((values.size() + 1) * 8);
    for (const auto& value : values) {
        const std::int64_t stored = value.value_or(0);
        std::memcpy(column.values.data() + column.rows * 8, &stored, 8);
        mark(column, !value);
    }
    return column;
}

inline Column of_reals(const std::vector<std::optional<double>>& values) {
    Column column;
    column.type = Type::Double;
    column.values.reserve((values.size() + 1) * 8);
    for (const auto& value : values) {
        const double stored = value.value_or(0);
        std::memcpy(column.values.data() + column.rows * 8, &stored, 8);
        mark(column, !value);
    }
    return column;
}

inline Column of_booleans(const std::vector<std::optional<bool>>& values) {
    Column column;
    column.type = Type::Boolean;
    column.values.reserve(values.size() / 8 + 64);
    std::memset(column.values.data(), 0, values.size() / 8 + 64);
    for (const auto& value : values) {
        const auto row = column.rows;
        if (value.value_or(false)) {
            column.values.data()[row >> 3] |= static_cast<std::uint8_t>(1U << (row & 7));
        }
        mark(column, !value);
    }
    return column;
}

inline Column of_texts(Type type, const std::vector<std::optional<std::string>>& values) {
    Column column;
    column.type = type;
    const auto put_offset = [&](std::size_t index) {
        const auto offset = static_cast<std::int32_t>(column.bytes);
        column.offsets.reserve((index + 1) * 4);
        std::memcpy(column.offsets.data() + index * 4, &offset, 4);
    };
    column.values.reserve(64);
    put_offset(0);
    for (const auto& value : values) {
        const std::string text = value.value_or("");
        column.values.reserve(column.bytes + text.size() + 64);
        std::memcpy(column.values.data() + column.bytes, text.data(), text.size());
        column.bytes += text.size();
        put_offset(column.rows + 1);
        mark(column, !value);
    }
    return column;
}

template <typename... Columns>
Batch batch_of(Columns... columns) {
    Batch batch;
    (batch.columns.push_back(std::move(columns)), ...);
    batch.rows = batch.columns.empty() ? 0 : batch.columns.front().rows;
    return batch;
}

inline Batch batch_of_records(const std::vector<std::string>& records) {
    Batch batch;
    batch.rows = records.size();
    batch.records = of_texts(Type::Json, {records.begin(), records.end()});
    return batch;
}

inline Field field(std::string name, Type type) {
    Field made;
    made.path = name;
    made.name = std::move(name);
    made.type = type;
    return made;
}

/// A sink that keeps what it gets.
inline ByteSink into(std::string& all) {
    return [&all](std::string_view piece) -> Result<> {
        all += piece;
        return {};
    };
}

}  // namespace streams::testing_batch
