#include "sql/field_words.h"

#include <algorithm>
#include <array>

namespace streams::sql {
namespace {

// Each in the order of its enumeration.
constexpr std::array<std::string_view, 6> kKinds = {"text",   "number", "boolean",
                                                    "object", "array",  "any"};
constexpr std::array<std::string_view, 11> kTypes = {"boolean", "integer",   "double", "decimal",
                                                     "text",    "timestamp", "date",   "time",
                                                     "uuid",    "binary",    "json"};
constexpr std::array<std::string_view, 5> kOrigins = {"record", "table_version", "time_extracted",
                                                      "received", "sequence"};
constexpr std::array<std::string_view, 3> kLoads = {"append", "upsert", "overwrite"};

template <typename Value, std::size_t Count>
std::optional<Value> value_of(const std::array<std::string_view, Count>& words,
                              std::string_view word) {
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<Value>(found - words.begin());
}

}  // namespace

std::string_view word_of(Kind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}
std::string_view word_of(Type type) {
    return kTypes[static_cast<std::size_t>(type)];
}
std::string_view word_of(Origin origin) {
    return kOrigins[static_cast<std::size_t>(origin)];
}
std::string_view word_of(Load load) {
    return kLoads[static_cast<std::size_t>(load)];
}

std::optional<Kind> kind_of(std::string_view word) {
    return value_of<Kind>(kKinds, word);
}
std::optional<Type> type_of(std::string_view word) {
    return value_of<Type>(kTypes, word);
}
std::optional<Origin> origin_of(std::string_view word) {
    return value_of<Origin>(kOrigins, word);
}
std::optional<Load> load_of(std::string_view word) {
    return value_of<Load>(kLoads, word);
}

}  // namespace streams::sql
