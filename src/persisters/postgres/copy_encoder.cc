#include "persisters/postgres/copy_encoder.h"

#include <bit>
#include <cstring>
#include <limits>

#include "persisters/postgres/numeric.h"

namespace streams::postgres {
namespace {

constexpr std::int64_t kDaysTo2000 = 10'957;
constexpr std::int64_t kMicrosTo2000 = kDaysTo2000 * 86'400'000'000;
constexpr std::size_t kUuidBytes = 16;

template <typename T>
void store(std::uint8_t* to, T value) {
    const T swapped = std::byteswap(value);
    std::memcpy(to, &swapped, sizeof(T));
}

int hex_value(char digit) {
    return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

// Of a UUID in its canonical form.
void store_uuid(std::string_view text, std::uint8_t* to) {
    std::size_t byte = 0;
    for (std::size_t at = 0; at + 1 < text.size() && byte < kUuidBytes;) {
        if (text[at] == '-') {
            ++at;
            continue;
        }
        to[byte++] = static_cast<std::uint8_t>(hex_value(text[at]) * 16 + hex_value(text[at + 1]));
        at += 2;
    }
}

// Whether JSON text has an escaped NUL: \u0000 behind an even number of backslashes.
bool has_escaped_nul(std::string_view json) {
    constexpr std::string_view kNul = "\\u0000";
    for (auto at = json.find(kNul); at != std::string_view::npos; at = json.find(kNul, at + 1)) {
        std::size_t slashes = 0;
        while (slashes < at && json[at - slashes - 1] == '\\') ++slashes;
        if (slashes % 2 == 0) return true;
    }
    return false;
}

bool has_nul(std::string_view text) {
    return !text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr;
}

}  // namespace

CopyEncoder::CopyEncoder(const std::vector<Column>& columns, RowTail tail)
    : columns_(columns), tail_(tail) {}

std::vector<std::uint8_t> CopyEncoder::header() {
    static constexpr char kHeader[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
    return {kHeader, kHeader + sizeof kHeader};  // The literal's own NUL is the last of them.
}

std::vector<std::uint8_t> CopyEncoder::trailer() {
    return {0xFF, 0xFF};
}

std::uint8_t* CopyEncoder::grow(std::size_t bytes) {
    const auto size = bytes_.size();
    bytes_.resize(size + bytes);
    return bytes_.data() + size;
}

void CopyEncoder::put_null() {
    store<std::uint32_t>(grow(4), 0xFFFFFFFF);
}

void CopyEncoder::put_number(std::int64_t value) {
    auto* const to = grow(12);
    store<std::uint32_t>(to, 8);
    store(to + 4, static_cast<std::uint64_t>(value));
}

void CopyEncoder::put_line(std::size_t row) {
    const auto number = std::to_string(tail_.lines->line_numbers.integer(row)) + " ";
    const auto line = tail_.lines->lines.text(row);
    const auto size = number.size() + line.size();
    auto* const to = grow(4 + size);
    store(to, static_cast<std::uint32_t>(size));
    std::memcpy(to + 4, number.data(), number.size());
    if (!line.empty()) std::memcpy(to + 4 + number.size(), line.data(), line.size());
}

bool CopyEncoder::refuse(std::size_t position, std::size_t row, const char* id,
                         const char* reason) {
    unfit_ = Unfit{row, position, id, reason};
    return false;
}

bool CopyEncoder::encode_bytes(std::size_t position, std::size_t row) {
    const Column& column = columns_[position];
    const auto text = column.text(row);
    if (column.type == Type::Text && has_nul(text)) {
        return refuse(position, row, "text-nul", "a text holds NUL, which PostgreSQL cannot store");
    }
    const bool is_json = column.type == Type::Json;
    if (is_json && has_escaped_nul(text)) {
        return refuse(position, row, "text-nul",
                      "a text in JSON holds NUL, which PostgreSQL cannot store");
    }
    if (column.type == Type::Decimal) {
        const auto length_at = bytes_.size();
        grow(4);
        if (!append_numeric(text, bytes_)) {
            return refuse(position, row, "number-room",
                          "a number has more digits than PostgreSQL's numeric");
        }
        store(bytes_.data() + length_at, static_cast<std::uint32_t>(bytes_.size() - length_at - 4));
        return true;
    }
    if (column.type == Type::Uuid) {
        auto* const to = grow(4 + kUuidBytes);
        store<std::uint32_t>(to, kUuidBytes);
        store_uuid(text, to + 4);
        return true;
    }
    const std::size_t version = is_json ? 1 : 0;
    auto* const to = grow(4 + version + text.size());
    store(to, static_cast<std::uint32_t>(version + text.size()));
    if (is_json) to[4] = 1;
    if (!text.empty()) std::memcpy(to + 4 + version, text.data(), text.size());
    return true;
}

bool CopyEncoder::encode_value(std::size_t position, std::size_t row) {
    const Column& column = columns_[position];
    if (column.is_null(row)) {
        put_null();
        return true;
    }
    switch (column.type) {
        case Type::Boolean: {
            auto* const to = grow(5);
            store<std::uint32_t>(to, 1);
            to[4] = column.boolean(row) ? 1 : 0;
            return true;
        }
        case Type::Integer:
        case Type::Time:
            put_number(column.integer(row));
            return true;
        case Type::Timestamp:
            put_number(column.integer(row) - kMicrosTo2000);
            return true;
        case Type::Double:
            put_number(std::bit_cast<std::int64_t>(column.real(row)));
            return true;
        case Type::Date: {
            auto* const to = grow(8);
            store<std::uint32_t>(to, 4);
            store(to + 4, static_cast<std::uint32_t>(column.integer(row) - kDaysTo2000));
            return true;
        }
        case Type::Decimal:
        case Type::Text:
        case Type::Uuid:
        case Type::Binary:
        case Type::Json:
            return encode_bytes(position, row);
    }
    return false;
}

bool CopyEncoder::encode_row(std::size_t row) {
    const auto tail = (tail_.commit ? 1U : 0U) + (tail_.row_number ? 2U : 0U) +
                      (tail_.lines != nullptr ? 1U : 0U);
    store(grow(2), static_cast<std::uint16_t>(columns_.size() + tail));
    for (std::size_t position = 0; position < columns_.size(); ++position) {
        if (!encode_value(position, row)) return false;
    }
    if (tail_.commit == 0) {
        put_null();
    } else if (tail_.commit) {
        put_number(*tail_.commit);
    }
    if (tail_.row_number) {
        put_number(*tail_.row_number + static_cast<std::int64_t>(row));
        const bool is_hashed = tail_.hashes != nullptr && !tail_.hashes->empty();
        put_number(is_hashed ? static_cast<std::int64_t>((*tail_.hashes)[row]) : 0);
    }
    if (tail_.lines != nullptr) put_line(row);
    return true;
}

std::size_t CopyEncoder::encode(std::size_t row, std::size_t end, std::size_t bytes_max) {
    unfit_.reset();
    for (; row < end && bytes_.size() < bytes_max; ++row) {
        const auto size = bytes_.size();
        if (encode_row(row)) continue;
        bytes_.resize(size);
        return row;
    }
    return row;
}

}  // namespace streams::postgres
