#include "sql/table_name.h"

#include <algorithm>
#include <fmt/format.h>

namespace streams::sql {
namespace {

constexpr std::size_t kHashBytes = 18;  // Two underscores and 16 digits.

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool starts_folded(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(),
                      [](char one, char other) { return one == lower(other); });
}

std::string with_schema(const Dialect& dialect, std::string_view schema, std::string_view stream) {
    if (schema.empty() || dialect.has_schemas) return std::string(stream);
    return std::string(schema) + "__" + std::string(stream);
}

// Never in the middle of a character.
std::string cut(std::string text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) {
        --bytes_max;
    }
    text.resize(bytes_max);
    return text;
}

bool is_reserved(const Dialect& dialect, std::string_view name) {
    return std::ranges::any_of(dialect.reserved_prefixes, [&](std::string_view prefix) {
        return starts_folded(name, prefix);
    });
}

}  // namespace

std::uint64_t name_hash(std::string_view text) {
    std::uint64_t hash = 14695981039346656037u;
    for (const char letter : text) {
        hash ^= static_cast<unsigned char>(letter);
        hash *= 1099511628211u;
    }
    return hash;
}

bool is_same_name(const Dialect& dialect, std::string_view one, std::string_view other) {
    if (!dialect.folds_case) return one == other;
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](char left, char right) { return lower(left) == lower(right); });
}

bool can_hold_table(const Dialect& dialect, std::string_view name) {
    if (name.empty() || name.find('\0') != std::string_view::npos) return false;
    if (dialect.name_bytes_max != 0 && name.size() > dialect.name_bytes_max) return false;
    return !is_reserved(dialect, name);
}

std::string table_name(const Dialect& dialect, std::string_view schema, std::string_view stream) {
    auto name = with_schema(dialect, schema, stream);
    return can_hold_table(dialect, name) ? name : distinct_table_name(dialect, schema, stream);
}

std::string distinct_table_name(const Dialect& dialect, std::string_view schema,
                                std::string_view stream) {
    const auto whole = with_schema(dialect, schema, stream);
    std::string start = whole;
    std::erase(start, '\0');
    if (start.empty() || is_reserved(dialect, start)) start = "table_" + start;
    if (dialect.name_bytes_max != 0) {
        start = cut(std::move(start), dialect.name_bytes_max - kHashBytes);
    }
    return fmt::format("{}__{:016x}", start, name_hash(whole));
}

}  // namespace streams::sql
