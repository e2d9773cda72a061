#include "persisters/duckdb/row_source.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "persisters/duckdb/decimals.h"
#include "streams/error.h"

namespace streams::duckdb {
namespace {

/// A part of a column, and the vector that it goes into.
struct Part {
    const Column& column;
    std::size_t first;
    std::size_t rows;
    duckdb_vector vector;

    template <typename T>
    T* data() const {
        return static_cast<T*>(duckdb_vector_get_data(vector));
    }
};

// Both keep a bit per row, 1 for a value, the least significant first; `first` is a multiple of 64.
void fill_validity(const Part& part) {
    if (part.column.nulls == 0) return;
    duckdb_vector_ensure_validity_writable(part.vector);
    auto* validity = duckdb_vector_get_validity(part.vector);
    std::memcpy(validity, part.column.validity.data() + part.first / 8, (part.rows + 7) / 8);
}

void fill_booleans(const Part& part) {
    auto* to = part.data<bool>();
    for (std::size_t i = 0; i < part.rows; ++i) to[i] = part.column.boolean(part.first + i);
}

void fill_fixed(const Part& part) {
    std::memcpy(part.data<std::int64_t>(),
                part.column.values.data() + part.first * sizeof(std::int64_t),
                part.rows * sizeof(std::int64_t));
}

void fill_dates(const Part& part) {
    auto* to = part.data<std::int32_t>();
    for (std::size_t i = 0; i < part.rows; ++i) {
        to[i] = static_cast<std::int32_t>(part.column.integer(part.first + i));
    }
}

// A text of up to 12 bytes lies in the vector itself, padded with zeros; a longer one stays where
// it is. Nulls are empty texts.
void fill_bytes(const Part& part) {
    constexpr std::size_t kInline = 12;
    auto* to = part.data<duckdb_string_t>();
    for (std::size_t i = 0; i < part.rows; ++i) {
        const auto text = part.column.text(part.first + i);
        auto& value = to[i].value;
        std::memset(&value, 0, sizeof value);
        value.inlined.length = static_cast<std::uint32_t>(text.size());
        if (text.size() <= kInline) {
            if (!text.empty()) std::memcpy(value.inlined.inlined, text.data(), text.size());
        } else {
            std::memcpy(value.pointer.prefix, text.data(), sizeof value.pointer.prefix);
            value.pointer.ptr = const_cast<char*>(text.data());  // DuckDB only reads there.
        }
    }
}

std::uint64_t hexadecimal(std::string_view digits, std::uint64_t value) {
    for (const char letter : digits) {
        if (letter == '-') continue;
        const int digit = letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10;
        value = value << 4 | static_cast<std::uint64_t>(digit);
    }
    return value;
}

// 128 bits, the first of them flipped, so that they sort as signed numbers.
void fill_uuids(const Part& part) {
    constexpr std::size_t kHalf = 18;  // Of the text: 16 digits and two dashes.
    auto* to = part.data<duckdb_hugeint>();
    for (std::size_t i = 0; i < part.rows; ++i) {
        const auto text = part.column.text(part.first + i);
        if (text.size() <= kHalf) continue;  // Null.
        const auto upper = hexadecimal(text.substr(0, kHalf), 0) ^ std::uint64_t{1} << 63;
        to[i] = {hexadecimal(text.substr(kHalf), 0), static_cast<std::int64_t>(upper)};
    }
}

template <typename T>
void fill_decimals(const Part& part, int scale) {
    auto* to = part.data<T>();
    std::string scratch;
    for (std::size_t i = 0; i < part.rows; ++i) {
        if (part.column.is_null(part.first + i)) continue;
        to[i] = static_cast<T>(
            scaled(canonical_text(part.column.text(part.first + i), scratch), scale));
    }
}

// As wide as DuckDB keeps a number of so many digits.
void fill_decimals(const Part& part, const DecimalType& type) {
    if (type.precision <= 4) return fill_decimals<std::int16_t>(part, type.scale);
    if (type.precision <= 9) return fill_decimals<std::int32_t>(part, type.scale);
    if (type.precision <= 18) return fill_decimals<std::int64_t>(part, type.scale);
    fill_decimals<Int128>(part, type.scale);
}

void fill_canonical(const Part& part) {
    std::string scratch;
    for (std::size_t i = 0; i < part.rows; ++i) {
        if (part.column.is_null(part.first + i)) continue;
        const auto text = canonical_text(part.column.text(part.first + i), scratch);
        duckdb_vector_assign_string_element_len(part.vector, i, text.data(), text.size());
    }
}

void fill(const Part& part, const Encoding& encoding) {
    fill_validity(part);
    switch (encoding.form) {
        case Encoding::Form::Boolean:
            return fill_booleans(part);
        case Encoding::Form::Fixed:
            return fill_fixed(part);
        case Encoding::Form::Date:
            return fill_dates(part);
        case Encoding::Form::Bytes:
            return fill_bytes(part);
        case Encoding::Form::Uuid:
            return fill_uuids(part);
        case Encoding::Form::Decimal:
            return fill_decimals(part, decimal_type(encoding.type));
        case Encoding::Form::Canonical:
            return fill_canonical(part);
    }
}

struct TypeName {
    std::string_view name;
    duckdb_type type;
};

constexpr auto kTypes = std::to_array<TypeName>({
    {"BOOLEAN", DUCKDB_TYPE_BOOLEAN},
    {"BIGINT", DUCKDB_TYPE_BIGINT},
    {"DOUBLE", DUCKDB_TYPE_DOUBLE},
    {"HUGEINT", DUCKDB_TYPE_HUGEINT},
    {"VARCHAR", DUCKDB_TYPE_VARCHAR},
    {"JSON", DUCKDB_TYPE_VARCHAR},
    {"TIMESTAMP WITH TIME ZONE", DUCKDB_TYPE_TIMESTAMP_TZ},
    {"DATE", DUCKDB_TYPE_DATE},
    {"TIME", DUCKDB_TYPE_TIME},
    {"UUID", DUCKDB_TYPE_UUID},
    {"BLOB", DUCKDB_TYPE_BLOB},
});

duckdb_logical_type logical_type(const std::string& name) {
    const auto decimal = decimal_type(name);
    if (name != "HUGEINT" && decimal.precision != 0) {
        return duckdb_create_decimal_type(static_cast<std::uint8_t>(decimal.precision),
                                          static_cast<std::uint8_t>(decimal.scale));
    }
    const auto* const found = std::ranges::find(kTypes, name, &TypeName::name);
    ensure(found != kTypes.end(), "a column has one of the types that we give");
    auto* type = duckdb_create_logical_type(found->type);
    // JSON is text by another name: so it is not parsed again on its way into the column.
    if (name == "JSON") duckdb_logical_type_set_alias(type, "JSON");
    return type;
}

void add_column(duckdb_bind_info info, const std::string& name, const std::string& type) {
    auto* logical = logical_type(type);
    duckdb_bind_add_result_column(info, name.c_str(), logical);
    duckdb_destroy_logical_type(&logical);
}

}  // namespace

Encoding encoding_of(Type type, const std::string& physical, bool is_canonical) {
    using Form = Encoding::Form;
    switch (type) {
        case Type::Boolean:
            return {Form::Boolean, "BOOLEAN"};
        case Type::Integer:
            return {Form::Fixed, "BIGINT"};
        case Type::Double:
            return {Form::Fixed, "DOUBLE"};
        case Type::Timestamp:
            return {Form::Fixed, "TIMESTAMP WITH TIME ZONE"};
        case Type::Time:
            return {Form::Fixed, "TIME"};
        case Type::Date:
            return {Form::Date, "DATE"};
        case Type::Binary:
            return {Form::Bytes, "BLOB"};
        case Type::Uuid:
            if (physical == "UUID") return {Form::Uuid, physical};
            return {Form::Bytes, "VARCHAR"};
        case Type::Decimal:
            if (decimal_type(physical).precision != 0) return {Form::Decimal, physical};
            return {is_canonical ? Form::Canonical : Form::Bytes, "VARCHAR"};
        case Type::Json:
            return {Form::Bytes, physical == "JSON" ? "JSON" : "VARCHAR"};
        case Type::Text:
            break;
    }
    return {Form::Bytes, "VARCHAR"};
}

bool RowSource::add_to(duckdb_connection connection) {
    auto* function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, "streams_rows");
    duckdb_table_function_set_extra_info(function, this, nullptr);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, begin);
    duckdb_table_function_set_function(function, next);
    const bool is_made = duckdb_register_table_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_table_function(&function);
    return is_made;
}

void RowSource::give(const std::vector<Encoding>& encodings, const Batch* batch, bool with_hashes) {
    with_hashes_ = with_hashes;
    encodings_ = &encodings;
    batch_ = batch;
}

void RowSource::bind(duckdb_bind_info info) {
    const auto* source = static_cast<RowSource*>(duckdb_bind_get_extra_info(info));
    std::size_t number = 0;
    for (const auto& encoding : *source->encodings_) {
        add_column(info, "c" + std::to_string(number++), encoding.type);
    }
    add_column(info, "tag", "BIGINT");
    if (source->with_hashes_) add_column(info, "hash", "BIGINT");
}

void RowSource::begin(duckdb_init_info info) {
    static_cast<RowSource*>(duckdb_init_get_extra_info(info))->row_ = 0;
    duckdb_init_set_max_threads(info, 1);
}

void RowSource::next(duckdb_function_info info, duckdb_data_chunk output) {
    auto& source = *static_cast<RowSource*>(duckdb_function_get_extra_info(info));
    const auto& batch = *source.batch_;
    const auto rows = std::min<std::size_t>(batch.rows - source.row_, duckdb_vector_size());
    for (std::size_t i = 0; i < source.encodings_->size(); ++i) {
        fill({batch.columns[i], source.row_, rows, duckdb_data_chunk_get_vector(output, i)},
             (*source.encodings_)[i]);
    }
    source.fill_tags(duckdb_data_chunk_get_vector(output, source.encodings_->size()), rows);
    if (source.with_hashes_) {
        source.fill_hashes(duckdb_data_chunk_get_vector(output, source.encodings_->size() + 1),
                           rows);
    }
    duckdb_data_chunk_set_size(output, rows);
    source.row_ += rows;
}

// Of rows that are not hashed, 0.
void RowSource::fill_hashes(duckdb_vector vector, std::size_t rows) const {
    auto* to = duckdb_vector_get_data(vector);
    if (batch_->hashes.empty()) {
        std::memset(to, 0, rows * sizeof(std::int64_t));
    } else {
        std::memcpy(to, batch_->hashes.data() + row_, rows * sizeof(std::int64_t));
    }
}

void RowSource::fill_tags(duckdb_vector vector, std::size_t rows) const {
    auto* tags = static_cast<std::int64_t*>(duckdb_vector_get_data(vector));
    if (tags_ == Tags::None) {
        duckdb_vector_ensure_validity_writable(vector);
        std::memset(duckdb_vector_get_validity(vector), 0, (rows + 7) / 8);
    }
    for (std::size_t i = 0; i < rows; ++i) {
        tags[i] = tags_ == Tags::Numbers ? tag_ + static_cast<std::int64_t>(row_ + i) : tag_;
    }
}

}  // namespace streams::duckdb
