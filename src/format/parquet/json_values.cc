#include "format/parquet/json_values.h"

#include <algorithm>
#include <array>
#include <arrow/util/base64.h>
#include <arrow/util/formatting.h>
#include <charconv>
#include <cmath>

namespace streams::parquet_format {
namespace {

using arrow::Status;
using Id = arrow::Type;

template <typename ArrayType>
const ArrayType& as(const arrow::Array& array) {
    return static_cast<const ArrayType&>(array);
}

template <typename T>
void append_number(T value, std::string& to) {
    std::array<char, 40> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    to.append(digits.data(), end);
}

template <typename T>
Status append_real(T value, std::string& to) {
    if (!std::isfinite(value)) return Status::Invalid("a number is NaN or infinite");
    append_number(value, to);
    return Status::OK();
}

// As Arrow writes it, in RFC 3339's form.
template <typename ArrowType>
void append_time(const arrow::Array& array, std::int64_t row, std::string& to) {
    using ArrayType = typename arrow::TypeTraits<ArrowType>::ArrayType;
    arrow::internal::StringFormatter<ArrowType> formatter(array.type().get());
    formatter(as<ArrayType>(array).Value(row), [&](std::string_view text) {
        std::string shown(text);
        std::ranges::replace(shown, ' ', 'T');
        to.append("\"").append(shown).append("\"");
    });
}

void append_bytes(std::string_view bytes, std::string& to) {
    to.append("\"").append(arrow::util::base64_encode(bytes)).append("\"");
}

void append_uuid(std::string_view bytes, std::string& to) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    to += '"';
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) to += '-';
        const auto byte = static_cast<std::uint8_t>(bytes[i]);
        to += kDigits[byte >> 4];
        to += kDigits[byte & 15];
    }
    to += '"';
}

Status append_items(const arrow::Array& items, std::int64_t begin, std::int64_t end,
                    std::string& to) {
    to += '[';
    for (auto row = begin; row < end; ++row) {
        if (row != begin) to += ',';
        ARROW_RETURN_NOT_OK(append_value(items, row, to));
    }
    to += ']';
    return Status::OK();
}

template <typename ArrayType>
Status append_list(const arrow::Array& array, std::int64_t row, std::string& to) {
    const auto& list = as<ArrayType>(array);
    return append_items(*list.values(), list.value_offset(row),
                        list.value_offset(row) + list.value_length(row), to);
}

Status append_struct(const arrow::StructArray& array, std::int64_t row, std::string& to) {
    to += '{';
    for (int i = 0; i < array.num_fields(); ++i) {
        if (i != 0) to += ',';
        append_string(array.struct_type()->field(i)->name(), to);
        to += ':';
        ARROW_RETURN_NOT_OK(append_value(*array.field(i), row, to));
    }
    to += '}';
    return Status::OK();
}

// An object where keys are texts; else a list of pairs.
Status append_map(const arrow::MapArray& map, std::int64_t row, std::string& to) {
    const bool is_object = map.keys()->type_id() == Id::STRING;
    to += is_object ? '{' : '[';
    const auto begin = map.value_offset(row);
    for (auto at = begin; at < begin + map.value_length(row); ++at) {
        if (at != begin) to += ',';
        if (!is_object) to += '[';
        ARROW_RETURN_NOT_OK(append_value(*map.keys(), at, to));
        to += is_object ? ':' : ',';
        ARROW_RETURN_NOT_OK(append_value(*map.items(), at, to));
        if (!is_object) to += ']';
    }
    to += is_object ? '}' : ']';
    return Status::OK();
}

Status append_nested(const arrow::Array& array, std::int64_t row, std::string& to) {
    switch (array.type_id()) {
        case Id::LIST:
            return append_list<arrow::ListArray>(array, row, to);
        case Id::LARGE_LIST:
            return append_list<arrow::LargeListArray>(array, row, to);
        case Id::FIXED_SIZE_LIST:
            return append_list<arrow::FixedSizeListArray>(array, row, to);
        case Id::MAP:
            return append_map(as<arrow::MapArray>(array), row, to);
        case Id::STRUCT:
            return append_struct(as<arrow::StructArray>(array), row, to);
        case Id::DICTIONARY: {
            const auto& dictionary = as<arrow::DictionaryArray>(array);
            return append_value(*dictionary.dictionary(), dictionary.GetValueIndex(row), to);
        }
        case Id::EXTENSION: {
            const auto& storage = *as<arrow::ExtensionArray>(array).storage();
            const auto& type = static_cast<const arrow::ExtensionType&>(*array.type());
            if (type.extension_name() != "arrow.uuid") return append_value(storage, row, to);
            append_uuid(as<arrow::FixedSizeBinaryArray>(storage).GetView(row), to);
            return Status::OK();
        }
        default:
            return Status::Invalid("values of type ", array.type()->ToString(),
                                   " are not read yet");
    }
}

Status append_temporal(const arrow::Array& array, std::int64_t row, std::string& to) {
    switch (array.type_id()) {
        case Id::DATE32:
            append_time<arrow::Date32Type>(array, row, to);
            return Status::OK();
        case Id::DATE64:
            append_time<arrow::Date64Type>(array, row, to);
            return Status::OK();
        case Id::TIME32:
            append_time<arrow::Time32Type>(array, row, to);
            return Status::OK();
        case Id::TIME64:
            append_time<arrow::Time64Type>(array, row, to);
            return Status::OK();
        case Id::TIMESTAMP:  // With a Z, if it has a zone.
            append_time<arrow::TimestampType>(array, row, to);
            return Status::OK();
        default:
            return append_nested(array, row, to);
    }
}

template <typename ArrayType>
Status append_integer(const arrow::Array& array, std::int64_t row, std::string& to) {
    append_number(as<ArrayType>(array).Value(row), to);
    return Status::OK();
}

template <typename ArrayType>
Status append_text(const arrow::Array& array, std::int64_t row, std::string& to) {
    append_string(as<ArrayType>(array).GetView(row), to);
    return Status::OK();
}

template <typename ArrayType>
Status append_binary(const arrow::Array& array, std::int64_t row, std::string& to) {
    append_bytes(as<ArrayType>(array).GetView(row), to);
    return Status::OK();
}

template <typename ArrayType>
Status append_decimal(const arrow::Array& array, std::int64_t row, std::string& to) {
    to += as<ArrayType>(array).FormatValue(row);
    return Status::OK();
}

std::string nullable(std::string_view kind, std::string_view more = "") {
    return R"({"type":["null",")" + std::string(kind) + "\"]" + std::string(more) + "}";
}

std::string schema_of_decimal(std::int32_t scale) {
    if (scale <= 0) return nullable("integer");
    return nullable("number", R"(,"multipleOf":0.)" +
                                  std::string(static_cast<std::size_t>(scale - 1), '0') + "1");
}

}  // namespace

void append_string(std::string_view text, std::string& to) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    to += '"';
    for (const char letter : text) {
        const auto byte = static_cast<std::uint8_t>(letter);
        if (letter == '"' || letter == '\\') {
            to += '\\';
            to += letter;
        } else if (byte < 0x20 || byte == 0x7F) {
            to.append("\\u00").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
        } else {
            to += letter;
        }
    }
    to += '"';
}

Status append_value(const arrow::Array& array, std::int64_t row, std::string& to) {
    if (array.IsNull(row)) {
        to += "null";
        return Status::OK();
    }
    switch (array.type_id()) {
        case Id::BOOL:
            to += as<arrow::BooleanArray>(array).Value(row) ? "true" : "false";
            return Status::OK();
        case Id::INT8:
            return append_integer<arrow::Int8Array>(array, row, to);
        case Id::INT16:
            return append_integer<arrow::Int16Array>(array, row, to);
        case Id::INT32:
            return append_integer<arrow::Int32Array>(array, row, to);
        case Id::INT64:
            return append_integer<arrow::Int64Array>(array, row, to);
        case Id::UINT8:
            return append_integer<arrow::UInt8Array>(array, row, to);
        case Id::UINT16:
            return append_integer<arrow::UInt16Array>(array, row, to);
        case Id::UINT32:
            return append_integer<arrow::UInt32Array>(array, row, to);
        case Id::UINT64:
            return append_integer<arrow::UInt64Array>(array, row, to);
        case Id::FLOAT:
            return append_real(as<arrow::FloatArray>(array).Value(row), to);
        case Id::DOUBLE:
            return append_real(as<arrow::DoubleArray>(array).Value(row), to);
        case Id::DECIMAL128:
            return append_decimal<arrow::Decimal128Array>(array, row, to);
        case Id::DECIMAL256:
            return append_decimal<arrow::Decimal256Array>(array, row, to);
        case Id::STRING:
            return append_text<arrow::StringArray>(array, row, to);
        case Id::LARGE_STRING:
            return append_text<arrow::LargeStringArray>(array, row, to);
        case Id::BINARY:
            return append_binary<arrow::BinaryArray>(array, row, to);
        case Id::LARGE_BINARY:
            return append_binary<arrow::LargeBinaryArray>(array, row, to);
        case Id::FIXED_SIZE_BINARY:
            return append_binary<arrow::FixedSizeBinaryArray>(array, row, to);
        default:
            return append_temporal(array, row, to);
    }
}

std::string schema_of(const arrow::DataType& type) {
    switch (type.id()) {
        case Id::BOOL:
            return nullable("boolean");
        case Id::FLOAT:
        case Id::DOUBLE:
            return nullable("number");
        case Id::DECIMAL128:
        case Id::DECIMAL256:
            return schema_of_decimal(static_cast<const arrow::DecimalType&>(type).scale());
        case Id::STRING:
        case Id::LARGE_STRING:
            return nullable("string");
        case Id::BINARY:
        case Id::LARGE_BINARY:
        case Id::FIXED_SIZE_BINARY:
            return nullable("string", R"(,"contentEncoding":"base64")");
        case Id::DATE32:
        case Id::DATE64:
            return nullable("string", R"(,"format":"date")");
        case Id::TIME32:
        case Id::TIME64:
            return nullable("string", R"(,"format":"time")");
        case Id::TIMESTAMP:
            return nullable("string", R"(,"format":"date-time")");
        case Id::DICTIONARY:
            return schema_of(*static_cast<const arrow::DictionaryType&>(type).value_type());
        case Id::LIST:
        case Id::LARGE_LIST:
        case Id::FIXED_SIZE_LIST:
            return nullable("array");
        case Id::STRUCT:
            return nullable("object");
        case Id::EXTENSION: {
            const auto& extension = static_cast<const arrow::ExtensionType&>(type);
            if (extension.extension_name() != "arrow.uuid") {
                return schema_of(*extension.storage_type());
            }
            return nullable("string", R"(,"format":"uuid")");
        }
        case Id::MAP:
        case Id::NA:
            return "{}";
        default:
            return arrow::is_integer(type.id()) ? nullable("integer") : "{}";
    }
}

}  // namespace streams::parquet_format
