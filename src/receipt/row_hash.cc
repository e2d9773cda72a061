#include "receipt/row_hash.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "batch/convert.h"
#include "batch/numbers.h"
#include "batch/time_text.h"
#include "batch/times.h"
#include "http/base64.h"
#include "state/canonical_json.h"

namespace streams {
namespace {

__extension__ using Product = unsigned __int128;

// Odd, with as many ones as zeros in every byte.
constexpr std::uint64_t kBytes = 0xa0761d6478bd642fULL;
constexpr std::uint64_t kNumber = 0xe7037ed1a0b428dbULL;
constexpr std::uint64_t kReal = 0x8ebc6af09c88c6e3ULL;
constexpr std::uint64_t kBoolean = 0x589965cc75374cc3ULL;
constexpr std::uint64_t kTimes = 0x9e3779b97f4a7c15ULL;
constexpr std::uint64_t kRow = 0x1d8e4e27c47d124fULL;

constexpr double kExactWhole = 9007199254740992.0;  // 2^53: all whole doubles below are their text.

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    const Product product = static_cast<Product>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <typename T>
T load(const char* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

// As wyhash mixes: 16 bytes a multiplication, the ends of what is left twice.
std::uint64_t hash_bytes(std::uint64_t seed, std::string_view text) {
    const char* at = text.data();
    const std::size_t size = text.size();
    std::uint64_t state = seed ^ kBytes;
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    if (size <= 16) {
        if (size >= 4) {
            const std::size_t step = size >> 3 << 2;
            a = std::uint64_t{load<std::uint32_t>(at)} << 32 | load<std::uint32_t>(at + step);
            b = std::uint64_t{load<std::uint32_t>(at + size - 4)} << 32 |
                load<std::uint32_t>(at + size - 4 - step);
        } else if (size != 0) {
            const auto byte = [&](std::size_t i) {
                return std::uint64_t{static_cast<unsigned char>(at[i])};
            };
            a = byte(0) << 16 | byte(size >> 1) << 8 | byte(size - 1);
        }
    } else {
        std::size_t left = size;
        if (left > 48) {
            std::uint64_t second = state;
            std::uint64_t third = state;
            for (; left > 48; left -= 48, at += 48) {
                state =
                    fold(load<std::uint64_t>(at) ^ kNumber, load<std::uint64_t>(at + 8) ^ state);
                second = fold(load<std::uint64_t>(at + 16) ^ kReal,
                              load<std::uint64_t>(at + 24) ^ second);
                third = fold(load<std::uint64_t>(at + 32) ^ kBoolean,
                             load<std::uint64_t>(at + 40) ^ third);
            }
            state ^= second ^ third;
        }
        for (; left > 16; left -= 16, at += 16) {
            state = fold(load<std::uint64_t>(at) ^ kNumber, load<std::uint64_t>(at + 8) ^ state);
        }
        a = load<std::uint64_t>(at + left - 16);
        b = load<std::uint64_t>(at + left - 8);
    }
    const Product product = static_cast<Product>(a ^ kNumber) * (b ^ state);
    return fold(static_cast<std::uint64_t>(product) ^ kBytes ^ size,
                static_cast<std::uint64_t>(product >> 64) ^ kNumber);
}

std::uint64_t hash_word(std::uint64_t seed, std::uint64_t kind, std::uint64_t word) {
    const auto first = fold(word ^ kind, seed ^ kBytes);
    return fold(first ^ kNumber, word ^ seed ^ kRow);
}

std::uint64_t hash_integer(std::uint64_t seed, std::int64_t value) {
    return hash_word(seed, kNumber, static_cast<std::uint64_t>(value));
}

std::uint64_t hash_decimal(std::uint64_t seed, std::string_view text) {
    NumberText number;
    const char* const end = text.data() + text.size();
    if (!scan_number(text.data(), end, number) || number.end != end) return hash_bytes(seed, text);
    std::int64_t whole = 0;
    if (to_integer(number, whole)) return hash_integer(seed, whole);
    double real = 0;
    if (to_double(number, real) && std::abs(real) < kExactWhole) {
        return hash_word(seed, kReal, std::bit_cast<std::uint64_t>(real));
    }
    std::string canonical;
    return hash_bytes(seed ^ kReal,
                      append_canonical(number, canonical) ? std::string_view(canonical) : text);
}

std::uint64_t hash_real(std::uint64_t seed, double value) {
    if (std::abs(value) >= kExactWhole) return hash_decimal(seed, decimal_of(value));
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value) return hash_integer(seed, whole);
    return hash_word(seed, kReal, std::bit_cast<std::uint64_t>(value));
}

std::uint64_t hash_boolean(std::uint64_t seed, bool value) {
    return hash_word(seed, kBoolean, value ? 1 : 0);
}

std::uint64_t hash_time(std::uint64_t seed, Type type, std::int64_t value) {
    return hash_word(seed, kTimes + static_cast<std::uint64_t>(type),
                     static_cast<std::uint64_t>(value));
}

// The text that a time becomes in a column of texts is the time.
std::uint64_t hash_text_value(std::uint64_t seed, std::string_view text) {
    const auto has = [&](std::size_t at, char c) { return text[at] == c; };
    TimeText time;
    switch (text.size()) {
        case kTimestampBytes:
            if (has(26, 'Z') && has(10, 'T') && has(19, '.') && read_timestamp(text, time)) {
                return hash_time(seed, Type::Timestamp, time.value);
            }
            break;
        case kDateBytes:
            if (has(4, '-') && has(7, '-') && read_date(text, time)) {
                return hash_time(seed, Type::Date, time.value);
            }
            break;
        case kTimeBytes:
            if (has(2, ':') && has(5, ':') && has(8, '.') && read_time(text, time)) {
                return hash_time(seed, Type::Time, time.value);
            }
            break;
        default:
            break;
    }
    return hash_bytes(seed, text);
}

// Names fold in some destinations.
std::string folded(std::string name) {
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    });
    return name;
}

}  // namespace

RowHasher::RowHasher(const std::vector<Field>& fields, RowHashes how) : how_(how) {
    cells_.reserve(fields.size());
    for (const auto& field : fields) {
        cells_.push_back({.seed = hash_bytes(kRow, folded(field.name)),
                          .type = field.type,
                          .counts = field.origin == Origin::Record});
    }
}

std::uint64_t RowHasher::json(std::uint64_t seed, std::string_view text) const {
    const char first = text.empty() ? '\0' : text.front();
    if (first == 'n') return 0;
    if (first == 't' || first == 'f') return hash_boolean(seed, first == 't');
    if (first == '"') {
        if (text.size() >= 2 && text.find('\\') == std::string_view::npos) {
            return hash_text_value(seed, text.substr(1, text.size() - 2));
        }
        const auto parsed = nlohmann::json::parse(text, nullptr, false);
        return parsed.is_string() ? hash_text_value(seed, parsed.get_ref<const std::string&>())
                                  : hash_bytes(seed, text);
    }
    if (first != '{' && first != '[') return hash_decimal(seed, text);
    if (how_ == RowHashes::Values) {
        if (const auto canonical = canonical_json(text)) return hash_bytes(seed, *canonical);
    }
    return hash_bytes(seed, text);
}

void RowHasher::add(const Cell& cell, const Column& column,
                    std::vector<std::uint64_t>& sums) const {
    const auto each = [&](auto hash) {
        if (column.nulls == 0) {
            for (std::size_t row = 0; row < sums.size(); ++row) sums[row] += hash(row);
            return;
        }
        for (std::size_t row = 0; row < sums.size(); ++row) {
            if (!column.is_null(row)) sums[row] += hash(row);
        }
    };
    const auto seed = cell.seed;
    switch (cell.type) {
        case Type::Boolean:
            return each([&](std::size_t row) { return hash_boolean(seed, column.boolean(row)); });
        case Type::Integer:
            return each([&](std::size_t row) { return hash_integer(seed, column.integer(row)); });
        case Type::Double:
            return each([&](std::size_t row) { return hash_real(seed, column.real(row)); });
        case Type::Decimal:
            return each([&](std::size_t row) { return hash_decimal(seed, column.text(row)); });
        case Type::Text:
        case Type::Uuid:
            return each([&](std::size_t row) { return hash_text_value(seed, column.text(row)); });
        case Type::Timestamp:
        case Type::Date:
        case Type::Time:
            return each(
                [&](std::size_t row) { return hash_time(seed, cell.type, column.integer(row)); });
        case Type::Binary:
            return each([&](std::size_t row) {
                return hash_text_value(seed, http::base64(column.text(row)));
            });
        case Type::Json:
            return each([&](std::size_t row) { return json(seed, column.text(row)); });
    }
}

std::uint64_t RowHasher::whole(std::uint64_t sum) {
    return hash_word(kRow, kRow, sum);
}

std::vector<std::uint64_t> RowHasher::of(const Batch& batch) const {
    std::vector<std::uint64_t> sums(batch.rows, 0);
    for (std::size_t i = 0; i < cells_.size() && i < batch.columns.size(); ++i) {
        const auto& column = batch.columns[i];
        if (cells_[i].counts && column.nulls != batch.rows) add(cells_[i], column, sums);
    }
    for (auto& sum : sums) sum = whole(sum);
    return sums;
}

std::uint64_t RowHasher::of(const std::vector<std::optional<std::string>>& row,
                            std::size_t first) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        if (const auto& text = row[first + i]) sum += value(i, *text);
    }
    return whole(sum);
}

std::uint64_t RowHasher::value(std::size_t field, std::string_view text) const {
    const auto& [seed, type, counts] = cells_[field];
    if (!counts) return 0;
    switch (type) {
        case Type::Boolean:
            return hash_boolean(seed, text == "true");
        case Type::Integer:
        case Type::Double:
        case Type::Decimal:
            return hash_decimal(seed, text);
        case Type::Json:
            return json(seed, text);
        default:
            return hash_text_value(seed, text);
    }
}

std::uint64_t RowHasher::value(std::size_t field, std::int64_t number) const {
    const auto& cell = cells_[field];
    if (!cell.counts) return 0;
    return cell.type == Type::Boolean ? hash_boolean(cell.seed, number != 0)
                                      : hash_integer(cell.seed, number);
}

std::uint64_t RowHasher::value(std::size_t field, double number) const {
    const auto& cell = cells_[field];
    return cell.counts ? hash_real(cell.seed, number) : 0;
}

void add_hashes(Batch& batch, const std::vector<Field>& fields, RowHashes how) {
    if (how != RowHashes::None) batch.hashes = RowHasher(fields, how).of(batch);
}

std::string hash_text(std::uint64_t hash) {
    std::string text(16, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, hash >>= 4) {
        *digit = "0123456789abcdef"[hash & 15];
    }
    return text;
}

std::optional<std::uint64_t> hash_of_text(std::string_view text) {
    std::uint64_t hash = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, hash, 16);
    if (text.size() != 16 || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return hash;
}

}  // namespace streams
