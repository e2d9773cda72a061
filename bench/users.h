#pragma once

#include <cstring>
#include <ctime>

#include "streams/batch.h"
#include "streams/schema.h"

// Batches of users (11 fields, about 300 bytes), for benches that begin behind the parser.
namespace streams::bench {

constexpr std::size_t kBatchRows = 20'000;
constexpr std::size_t kTextBytes = 40;

inline double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

inline Stream users(Load load) {
    Stream stream{.name = "users", .fields = {}, .key = {0}, .load = load};
    const auto add = [&](const char* name, Type type) {
        stream.fields.push_back({.name = name, .path = name, .type = type});
    };
    add("id", Type::Integer);
    add("name", Type::Text);
    add("email", Type::Text);
    add("age", Type::Integer);
    add("balance", Type::Double);
    add("active", Type::Boolean);
    add("created_at", Type::Timestamp);
    add("updated_at", Type::Timestamp);
    add("bio", Type::Text);
    add("country", Type::Text);
    add("score", Type::Double);
    return stream;
}

inline std::int64_t value_of(std::size_t row, std::size_t column) {
    return static_cast<std::int64_t>((row * 2654435761U + column * 40503U) % 1'000'003U);
}

inline void fill_numbers(Column& column, std::size_t position) {
    column.values.reserve(kBatchRows * 8);
    for (std::size_t row = 0; row < kBatchRows; ++row) {
        std::int64_t bits = value_of(row, position);
        if (column.type == Type::Timestamp) bits = 1'485'734'400'000'000 + bits * 7'000'123;
        if (column.type == Type::Double) {
            const double real = static_cast<double>(bits) / 100;
            std::memcpy(&bits, &real, 8);
        }
        std::memcpy(column.values.data() + row * 8, &bits, 8);
    }
}

inline void fill_texts(Column& column, std::size_t position, std::size_t bytes) {
    column.values.reserve(kBatchRows * bytes);
    column.offsets.reserve((kBatchRows + 1) * 4);
    for (std::size_t row = 0; row <= kBatchRows; ++row) {
        const auto offset = static_cast<std::int32_t>(row * bytes);
        std::memcpy(column.offsets.data() + row * 4, &offset, 4);
    }
    for (std::size_t i = 0; i < kBatchRows * bytes; ++i) {
        column.values.data()[i] = static_cast<std::uint8_t>('a' + value_of(i, position) % 26);
    }
    column.bytes = kBatchRows * bytes;
}

inline Batch make_batch(const Stream& stream) {
    Batch batch;
    batch.rows = kBatchRows;
    batch.columns.resize(stream.fields.size());
    for (std::size_t i = 0; i < stream.fields.size(); ++i) {
        auto& column = batch.columns[i];
        column.type = stream.fields[i].type;
        column.rows = kBatchRows;
        const auto& name = stream.fields[i].name;
        if (column.type == Type::Text) {
            fill_texts(column, i, name == "country" ? 2 : name == "bio" ? 110 : kTextBytes / 2);
        } else if (column.type == Type::Boolean) {
            column.values.reserve(kBatchRows / 8 + 1);
            std::memset(column.values.data(), 0x5A, column.values.capacity());
        } else {
            fill_numbers(column, i);
        }
    }
    return batch;
}

inline void number_rows(Batch& batch, std::size_t first) {
    for (std::size_t row = 0; row < kBatchRows; ++row) {
        const auto id = static_cast<std::int64_t>(first + row);
        std::memcpy(batch.columns[0].values.data() + row * 8, &id, 8);
    }
}

}  // namespace streams::bench
