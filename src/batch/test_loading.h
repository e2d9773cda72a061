#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "batch/batch_reader.h"
#include "message/chunk_reader.h"

// For the tests of this room.
namespace streams {

/// Loads records of one stream the way the pipeline does: a line that needs a column is parsed
/// again.
class Loading {
 public:
    explicit Loading(Shape shape, Takes takes = {})
        : shape_(std::make_unique<Shape>(std::move(shape))), takes_(takes) {
        builder_ = std::make_unique<BatchBuilder>(*shape_, takes);
        reader.add(*builder_);
    }

    static Loading inferred() { return Loading(Shape::inferred("s", {}, {})); }
    static Loading declared(std::string_view schema,
                            std::optional<std::vector<std::string>> key = {},
                            const ShapePolicy& policy = {}) {
        auto shape = Shape::declared("s", schema, key, policy);
        EXPECT_TRUE(shape) << (shape ? "" : shape.error().what);
        return Loading(*std::move(shape));
    }

    /// Answers the last verdict; `error` has the parser's id, or the refusal's.
    Verdict line(std::string_view text) {
        error.clear();
        what.clear();
        text_ = text;
        text_.append(kLinePadding, ' ');
        ++number_;
        for (int round = 0; round < 4; ++round) {
            reader.begin(number_);
            const auto parsed =
                parser_.parse(std::string_view(text_).substr(0, text.size()), reader);
            if (!parsed) {
                error = parsed.error().id;
                return Verdict::None;
            }
            if (reader.verdict() == Verdict::Refused) {
                error = builder_->refusal().error.id;
                what = builder_->refusal().error.what;
                const Refusal& refusal = builder_->refusal();
                place = (*parsed)->record.substr(refusal.offset, refusal.length);
            }
            if (reader.verdict() != Verdict::Stale) return reader.verdict();
            const std::vector<Growth> growths = builder_->growths();
            const auto grown = shape_->grow(growths);
            EXPECT_TRUE(grown);
            if (!grown) return Verdict::Stale;
            if (!builder_->reshape()) {
                ++batches_closed;
                taken.push_back(builder_->take());
                EXPECT_TRUE(builder_->reshape());
            }
        }
        return reader.verdict();
    }

    Verdict add(std::string_view record, std::string_view more = {}) {
        return line("{\"type\":\"RECORD\",\"stream\":\"s\",\"record\":" + std::string(record) +
                    std::string(more) + "}");
    }

    /// `name:type` of each column, joined by blanks.
    std::string columns() const {
        std::string text;
        for (const Field& field : shape_->stream().fields) {
            text += (text.empty() ? "" : " ") + field.name + ":" + name_of(field.type);
        }
        return text;
    }

    /// The values of a column of the open batch, joined by `|`; null as `~`.
    std::string values(std::string_view column) {
        const Batch batch = builder_->take();
        const auto& fields = shape_->stream().fields;
        std::string text;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].name != column) continue;
            EXPECT_EQ(batch.columns[i].rows, batch.rows);
            for (std::size_t row = 0; row < batch.rows; ++row) {
                text += (row == 0 ? "" : "|") + value_of(batch.columns[i], row);
            }
            return text;
        }
        return "no such column";
    }

    /// What `text`, a JSON value, becomes in the column `v`; `refused: id` if it does not.
    std::string value(std::string_view text) {
        const Verdict verdict = add("{\"v\":" + std::string(text) + "}");
        if (verdict != Verdict::Stored) return "refused: " + error;
        const Batch batch = builder_->take();
        for (std::size_t i = 0; i < batch.columns.size(); ++i) {
            if (batch.columns[i].is_null(0)) continue;
            return shape_->stream().fields[i].name + "=" + value_of(batch.columns[i], 0);
        }
        return "null";
    }

    static std::string value_of(const Column& column, std::size_t row) {
        if (column.is_null(row)) return "~";
        if (Column::has_bytes(column.type)) return std::string(column.text(row));
        if (column.type == Type::Boolean) return column.boolean(row) ? "true" : "false";
        if (column.type != Type::Double) return std::to_string(column.integer(row));
        std::string text(32, '\0');
        text.resize(static_cast<std::size_t>(
            std::snprintf(text.data(), text.size(), "%.17g", column.real(row))));
        return text;
    }

    static std::string name_of(Type type) {
        switch (type) {
            case Type::Boolean:
                return "Boolean";
            case Type::Integer:
                return "Integer";
            case Type::Double:
                return "Double";
            case Type::Decimal:
                return "Decimal";
            case Type::Text:
                return "Text";
            case Type::Timestamp:
                return "Timestamp";
            case Type::Date:
                return "Date";
            case Type::Time:
                return "Time";
            case Type::Uuid:
                return "Uuid";
            case Type::Binary:
                return "Binary";
            case Type::Json:
                break;
        }
        return "Json";
    }

    Shape& shape() { return *shape_; }
    BatchBuilder& builder() { return *builder_; }

    BatchReader reader;
    std::string error;
    std::string what;
    std::string place;  ///< The refused bytes.
    int batches_closed = 0;
    std::vector<Batch> taken;

 private:
    std::unique_ptr<Shape> shape_;
    Takes takes_;
    std::unique_ptr<BatchBuilder> builder_;
    MessageParser parser_;
    std::string text_;
    std::uint64_t number_ = 0;
};

/// A schema whose one property `v` is `property`.
inline std::string schema_of(std::string_view property) {
    return "{\"type\":\"object\",\"properties\":{\"v\":" + std::string(property) + "}}";
}

}  // namespace streams
