#pragma once

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

#include "streams/batch.h"
#include "streams/persister.h"
#include "streams/schema.h"

namespace streams::sql::testing {

/// The history of commits as the first builds made it, with a commit in it.
inline const char* old_commits() {
    return R"(CREATE TABLE _streams_commits ("schema" TEXT NOT NULL, pipeline TEXT NOT NULL,
        "number" BIGINT NOT NULL, run TEXT NOT NULL, "time" TEXT NOT NULL, state TEXT,
        state_hash TEXT NOT NULL, receipts TEXT NOT NULL,
        PRIMARY KEY ("schema", pipeline, "number"));
        INSERT INTO _streams_commits VALUES ('', 'other', 1, 'r', 't', '1', 'h', '[]');)";
}

/// A commit by hand behind one of a run: both tell their reasons, also in a ledger that had none.
inline void expect_reasons_are_kept(Ledger& ledger) {
    EXPECT_TRUE(ledger.set_state("2", "by hand"));
    const auto history = ledger.history();
    ASSERT_TRUE(history);
    EXPECT_EQ(history->front().reason + "," + history->back().reason, ",by hand");
}

/// A value of a test's row; an `int` would be ambiguous.
using Cell = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string>;

inline Cell number(std::int64_t value) {
    return value;
}
inline Cell text(std::string value) {
    return value;
}

inline Field field(const std::string& name, Type type, Kind kind = Kind::Any) {
    return {.name = name, .path = name, .kind = kind, .type = type, .declared = true};
}

inline Field version_field() {
    return {.name = "_sdc_table_version",
            .path = {},
            .kind = Kind::Number,
            .type = Type::Integer,
            .origin = Origin::TableVersion};
}

/// A stream keyed by its first field, or appended to if `load` says so.
inline Stream stream(std::string name, std::vector<Field> fields, Load load = Load::Upsert) {
    Stream made{.name = std::move(name), .fields = std::move(fields), .key = {}, .load = load};
    if (load == Load::Upsert) made.key = {0};
    return made;
}

/// Puts values behind each other, as batch.h says.
class ColumnFiller {
 public:
    ColumnFiller(Column& column, std::size_t rows) : column_(column) {
        column.rows = rows;
        column.values.reserve((rows + 1) * 8);
        std::memset(column.values.data(), 0, column.values.capacity());
        column.validity.reserve(rows / 8 + 1);
        std::memset(column.validity.data(), 0xFF, column.validity.capacity());
        if (Column::has_bytes(column.type)) column.offsets.reserve((rows + 1) * 4);
    }

    void put(std::size_t row, const Cell& cell) {
        if (std::holds_alternative<std::nullptr_t>(cell)) {
            auto& byte = column_.validity.data()[row >> 3];
            byte = static_cast<std::uint8_t>(byte & ~(1U << (row & 7)));
            ++column_.nulls;
        }
        if (Column::has_bytes(column_.type)) return put_bytes(row, cell);
        if (const auto* integer = std::get_if<std::int64_t>(&cell)) put_value(row, *integer);
        if (const auto* real = std::get_if<double>(&cell)) put_value(row, *real);
        const auto* truth = std::get_if<bool>(&cell);
        if (truth != nullptr && *truth) {
            auto& byte = column_.values.data()[row >> 3];
            byte = static_cast<std::uint8_t>(byte | (1U << (row & 7)));
        }
    }

 private:
    template <typename T>
    void put_value(std::size_t row, T value) {
        std::memcpy(column_.values.data() + row * sizeof(T), &value, sizeof(T));
    }

    void put_bytes(std::size_t row, const Cell& cell) {
        const auto* given = std::get_if<std::string>(&cell);
        const std::string bytes = given == nullptr ? "" : *given;
        column_.values.reserve(column_.bytes + bytes.size() + 1);
        std::memcpy(column_.values.data() + column_.bytes, bytes.data(), bytes.size());
        const auto begin = static_cast<std::int32_t>(column_.bytes);
        column_.bytes += bytes.size();
        const auto end = static_cast<std::int32_t>(column_.bytes);
        std::memcpy(column_.offsets.data() + row * 4, &begin, 4);
        std::memcpy(column_.offsets.data() + row * 4 + 4, &end, 4);
    }

    Column& column_;
};

inline Batch batch_of(const Stream& stream, const std::vector<std::vector<Cell>>& rows) {
    Batch batch;
    batch.rows = rows.size();
    batch.first_line = 1;
    batch.last_line = rows.size();
    batch.columns.resize(stream.fields.size());
    for (std::size_t i = 0; i < stream.fields.size(); ++i) {
        batch.columns[i].type = stream.fields[i].type;
        ColumnFiller filler(batch.columns[i], rows.size());
        for (std::size_t row = 0; row < rows.size(); ++row) filler.put(row, rows[row][i]);
    }
    return batch;
}

/// As a batch comes where rows may be rejected: row N has the line 10 N, `line 10`.
inline Batch with_lines(Batch batch) {
    batch.lines.type = Type::Json;
    batch.line_numbers.type = Type::Integer;
    ColumnFiller lines(batch.lines, batch.rows);
    ColumnFiller numbers(batch.line_numbers, batch.rows);
    for (std::size_t row = 0; row < batch.rows; ++row) {
        const auto line = static_cast<std::int64_t>(row + 1) * 10;
        lines.put(row, text("line " + std::to_string(line)));
        numbers.put(row, number(line));
    }
    return batch;
}

/// `new changed same` of the only receipt.
inline std::string counts(const std::vector<Receipt>& receipts) {
    if (receipts.size() != 1) return std::to_string(receipts.size()) + " receipts";
    const auto& receipt = receipts.front();
    return std::to_string(receipt.new_rows) + " new, " + std::to_string(receipt.changed) +
           " changed, " + std::to_string(receipt.same) + " same of " + std::to_string(receipt.rows);
}

}  // namespace streams::sql::testing
