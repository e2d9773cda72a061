#include "message/message_members.h"

#include <algorithm>
#include <optional>

namespace streams {
namespace {

constexpr std::array<std::string_view, kMembers> kNames = {
    "type",    "stream",         "record",     "schema",
    "value",   "key_properties", "key_fields", "bookmark_properties",
    "version", "time_extracted", "state",      "log",
    "trace",   "catalog",        "spec",       "connectionStatus",
    "control",
};

std::optional<std::size_t> index_of(std::string_view name) {
    const auto* found = std::ranges::find(kNames, name);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<std::size_t>(found - kNames.begin());
}

}  // namespace

std::string_view name_of(Member member) {
    return kNames[static_cast<std::size_t>(member)];
}

std::string_view kind_of(std::string_view value) {
    switch (value.empty() ? '\0' : value.front()) {
        case '{':
            return "an object";
        case '[':
            return "an array";
        case '"':
            return "a text";
        case 't':
        case 'f':
            return "a boolean";
        case 'n':
            return "null";
        default:
            return "a number";
    }
}

bool MessageMembers::read(std::string_view line) {
    values_.fill({});
    JsonScanner scanner(line);
    std::string_view key;
    bool good = scanner.take_key(key, true);
    while (good && !key.empty()) {
        std::string_view value;
        good = scanner.take_value(value);
        if (!good) break;
        std::string_view name = key.substr(1, key.size() - 2);
        if (name.contains('\\')) {
            unescape_json(key, unescaped_);
            name = unescaped_;
        }
        if (const auto index = index_of(name)) values_[*index] = value;
        good = scanner.take_key(key, false);
    }
    fault_ = scanner.fault();
    if (good && !scanner.at_end()) {
        good = false;
        fault_ = {scanner.position(), "the end of the line", false};
    }
    return good;
}

}  // namespace streams
