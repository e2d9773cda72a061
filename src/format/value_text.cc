#include "format/value_text.h"

#include <array>
#include <charconv>
#include <string_view>

#include "batch/time_text.h"

namespace streams {
namespace {

template <typename T>
void append_number(T value, std::string& text) {
    std::array<char, 40> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.append(digits.data(), end);
}

// A column holds only times that have a text; the number is said if one does not.
void append_time(bool (*write)(std::int64_t, char*), std::size_t bytes, std::int64_t value,
                 std::string& text) {
    std::array<char, kTimestampBytes> digits;
    if (write(value, digits.data())) {
        text.append(digits.data(), bytes);
    } else {
        append_number(value, text);
    }
}

void append_base64(std::string_view bytes, std::string& text) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto piece = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            bits = bits << 8 | (i < piece.size() ? static_cast<std::uint8_t>(piece[i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            text += i <= piece.size() ? kDigits[bits >> (18 - 6 * i) & 63] : '=';
        }
    }
}

}  // namespace

void append_value_text(const Column& column, std::size_t row, std::string& text) {
    switch (column.type) {
        case Type::Boolean:
            text += column.boolean(row) ? "true" : "false";
            return;
        case Type::Integer:
            return append_number(column.integer(row), text);
        case Type::Double:
            return append_number(column.real(row), text);
        case Type::Timestamp:
            return append_time(write_timestamp, kTimestampBytes, column.integer(row), text);
        case Type::Date:
            return append_time(write_date, kDateBytes, column.integer(row), text);
        case Type::Time:
            return append_time(write_time, kTimeBytes, column.integer(row), text);
        case Type::Binary:
            return append_base64(column.text(row), text);
        case Type::Decimal:
        case Type::Text:
        case Type::Uuid:
        case Type::Json:
            text += column.text(row);
            return;
    }
}

}  // namespace streams
