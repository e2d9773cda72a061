#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "streams/schema.h"

namespace streams {

class Validator;

/// A set of JSON kinds: one bit each.
using Kinds = std::uint8_t;
inline constexpr Kinds kNullKind = 1;
inline constexpr Kinds kTextKind = 2;
inline constexpr Kinds kNumberKind = 4;
inline constexpr Kinds kBooleanKind = 8;
inline constexpr Kinds kObjectKind = 16;
inline constexpr Kinds kArrayKind = 32;
inline constexpr Kinds kEveryKind = 63;

/// The bit of one kind; every bit for `Any`.
constexpr Kinds kinds_of(Kind kind) {
    switch (kind) {
        case Kind::Text:
            return kTextKind;
        case Kind::Number:
            return kNumberKind;
        case Kind::Boolean:
            return kBooleanKind;
        case Kind::Object:
            return kObjectKind;
        case Kind::Array:
            return kArrayKind;
        case Kind::Any:
            break;
    }
    return kEveryKind;
}

/// `a number`, `text or null`: the kinds as a person reads them.
std::string words_of(Kinds kinds, bool integer);

/// What a schema allows of one member of a record.
struct Rule {
    Kinds kinds = kEveryKind;
    bool integer = false;     ///< Numbers have to be whole.
    bool required = false;    ///< The member has to be there.
    bool declared = false;    ///< The schema names the member.
    std::int32_t check = -1;  ///< Of the validator: what else is asked of the value; -1: nothing.
};

struct PathHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view path) const {
        return std::hash<std::string_view>{}(path);
    }
};

/// What a schema allows of a record, by its members.
struct Rules {
    std::unordered_map<std::string, Rule, PathHash, std::equal_to<>> members;
    std::shared_ptr<const Validator> validator;  ///< Null where nothing has to be checked.
    std::int32_t record_check = -1;              ///< Of the validator: of each record as a whole.
    Rule others;  ///< Of members that the schema does not name; `kinds` is 0 where there may be
                  ///< none.

    const Rule& of(std::string_view path) const {
        const auto found = members.find(path);
        return found == members.end() ? others : found->second;
    }
};

}  // namespace streams
