#include "format/parquet/arrow_columns.h"

#include <arrow/extension/uuid.h>
#include <arrow/util/decimal.h>
#include <cstring>
#include <utility>

namespace streams::parquet_format {
namespace {

using BufferPointer = arrow::BufferVector::value_type;

BufferPointer view(const std::uint8_t* bytes, std::size_t size) {
    static constexpr std::uint8_t kNothing = 0;  // Arrow wants a place even for no bytes.
    return std::make_shared<arrow::Buffer>(size == 0 ? &kNothing : bytes,
                                           static_cast<std::int64_t>(size));
}

BufferPointer validity_of(const Column& column) {
    if (column.nulls == 0) return nullptr;
    return view(column.validity.data(), (column.rows + 7) / 8);
}

arrow::Result<BufferPointer> of_dates(const Column& column) {
    ARROW_ASSIGN_OR_RAISE(auto buffer,
                          arrow::AllocateBuffer(static_cast<std::int64_t>(column.rows * 4)));
    auto* const days = reinterpret_cast<std::int32_t*>(buffer->mutable_data());
    for (std::size_t row = 0; row < column.rows; ++row) {
        days[row] = column.is_null(row) ? 0 : static_cast<std::int32_t>(column.integer(row));
    }
    return BufferPointer(std::move(buffer));
}

arrow::Result<BufferPointer> of_decimals(const Column& column, std::int32_t scale) {
    constexpr std::size_t kBytes = 16;
    ARROW_ASSIGN_OR_RAISE(auto buffer,
                          arrow::AllocateBuffer(static_cast<std::int64_t>(column.rows * kBytes)));
    auto* to = buffer->mutable_data();
    for (std::size_t row = 0; row < column.rows; ++row, to += kBytes) {
        arrow::Decimal128 value;
        if (!column.is_null(row)) {
            std::int32_t digits = 0;
            std::int32_t written = 0;
            ARROW_RETURN_NOT_OK(
                arrow::Decimal128::FromString(column.text(row), &value, &digits, &written));
            ARROW_ASSIGN_OR_RAISE(value, value.Rescale(written, scale));
        }
        value.ToBytes(to);
    }
    return BufferPointer(std::move(buffer));
}

std::uint8_t nibble_of(char digit) {
    return static_cast<std::uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

arrow::Result<BufferPointer> of_uuids(const Column& column) {
    constexpr std::size_t kBytes = 16;
    ARROW_ASSIGN_OR_RAISE(auto buffer,
                          arrow::AllocateBuffer(static_cast<std::int64_t>(column.rows * kBytes)));
    auto* to = buffer->mutable_data();
    std::memset(to, 0, column.rows * kBytes);
    for (std::size_t row = 0; row < column.rows; ++row) {
        if (column.is_null(row)) {
            to += kBytes;
            continue;
        }
        const auto text = column.text(row);  // In its canonical form.
        for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
            if (text[at] == '-') ++at;
            *to++ = static_cast<std::uint8_t>(nibble_of(text[at]) << 4 | nibble_of(text[at + 1]));
        }
    }
    return BufferPointer(std::move(buffer));
}

arrow::Result<arrow::BufferVector> buffers_of(const Column& column, const arrow::DataType& type) {
    arrow::BufferVector buffers = {validity_of(column)};
    if (type.id() == arrow::Type::STRING || type.id() == arrow::Type::BINARY) {
        buffers.push_back(view(column.offsets.data(), (column.rows + 1) * 4));
        buffers.push_back(view(column.values.data(), column.bytes));
        return buffers;
    }
    switch (type.id()) {
        case arrow::Type::DATE32: {
            ARROW_ASSIGN_OR_RAISE(auto values, of_dates(column));
            buffers.push_back(std::move(values));
            break;
        }
        case arrow::Type::DECIMAL128: {
            const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
            ARROW_ASSIGN_OR_RAISE(auto values, of_decimals(column, decimal.scale()));
            buffers.push_back(std::move(values));
            break;
        }
        case arrow::Type::EXTENSION: {
            ARROW_ASSIGN_OR_RAISE(auto values, of_uuids(column));
            buffers.push_back(std::move(values));
            break;
        }
        case arrow::Type::BOOL:
            buffers.push_back(view(column.values.data(), (column.rows + 7) / 8));
            break;
        default:
            buffers.push_back(view(column.values.data(), column.rows * 8));
            break;
    }
    return buffers;
}

}  // namespace

std::shared_ptr<const arrow::DataType> arrow_type(const Field& field, const DecimalWidth& width) {
    switch (field.type) {
        case Type::Boolean:
            return arrow::boolean();
        case Type::Integer:
            return arrow::int64();
        case Type::Double:
            return arrow::float64();
        case Type::Decimal:
            if (width.is_text()) return arrow::utf8();
            return arrow::decimal128(width.precision(field), width.scale);
        case Type::Timestamp:
            return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
        case Type::Date:
            return arrow::date32();
        case Type::Time:
            return arrow::time64(arrow::TimeUnit::MICRO);
        case Type::Uuid:
            return arrow::extension::uuid();
        case Type::Binary:
            return arrow::binary();
        case Type::Text:
        case Type::Json:
            break;
    }
    return arrow::utf8();
}

std::shared_ptr<const arrow::Schema> arrow_schema(const std::vector<Field>& fields,
                                                  const std::vector<DecimalWidth>& widths) {
    arrow::FieldVector columns;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto type = arrow_type(fields[i], widths[i]);
        columns.push_back(
            arrow::field(fields[i].name, std::const_pointer_cast<arrow::DataType>(type)));
    }
    // A file of no columns has no rows either, so rows of no columns get one of nulls.
    if (columns.empty()) columns.push_back(arrow::field("_streams_commit", arrow::int64()));
    return arrow::schema(std::move(columns));
}

arrow::Result<std::shared_ptr<const arrow::Array>> arrow_column(
    const Column& column, const std::shared_ptr<const arrow::DataType>& type) {
    ARROW_ASSIGN_OR_RAISE(auto buffers, buffers_of(column, *type));
    return arrow::MakeArray(arrow::ArrayData::Make(
        std::const_pointer_cast<arrow::DataType>(type), static_cast<std::int64_t>(column.rows),
        std::move(buffers), static_cast<std::int64_t>(column.nulls)));
}

}  // namespace streams::parquet_format
