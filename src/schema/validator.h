#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "schema/exact_number.h"
#include "schema/rules.h"

namespace re2 {
class RE2;
}

namespace streams {

/// The number of a node; what asks nothing has none.
using CheckIndex = std::int32_t;
inline constexpr CheckIndex kNoCheck = -1;

/// A bound of numbers.
struct Bound {
    std::string text;  ///< As the schema has it; empty: none.
    bool exclusive = false;
    bool is_small = false;  ///< Whole, of at most 18 digits: `whole`.
    std::int64_t whole = 0;
    ExactNumber exact;  ///< A view of `text`.
};

struct NumberCheck {
    Bound minimum;
    Bound maximum;
    std::string multiple_text;        ///< As the schema has it; empty: none.
    std::uint64_t multiple = 0;       ///< multipleOf is this many times
    std::int64_t multiple_power = 0;  ///< 10 to this power.
};

/// `enum` and `const`.
struct ValueCheck {
    std::unordered_set<std::string, PathHash, std::equal_to<>> texts;   ///< Strings.
    std::unordered_set<std::string, PathHash, std::equal_to<>> others;  ///< Canonical.
};

struct ArrayCheck {
    std::int64_t min = -1;
    std::int64_t max = -1;
    bool unique = false;
    std::vector<CheckIndex> front;  ///< Of the first items, one each.
    CheckIndex items = kNoCheck;    ///< Of the others.
    CheckIndex contains = kNoCheck;
    bool has_contains = false;
    std::int64_t contains_min = 1;
    std::int64_t contains_max = -1;
};

/// A member of objects that the schema names.
struct MemberCheck {
    CheckIndex node = kNoCheck;
    bool declared = false;       ///< In `properties`: not an additional one.
    std::int32_t presence = -1;  ///< Its bit among those whose presence counts.
};

/// What is asked where a member is present.
struct DependencyCheck {
    std::string name;
    std::int32_t presence = -1;
    std::vector<std::pair<std::string, std::int32_t>> required;
    CheckIndex node = kNoCheck;  ///< Of the object.
};

struct ObjectCheck {
    std::int64_t min = -1;
    std::int64_t max = -1;
    std::unordered_map<std::string, MemberCheck, PathHash, std::equal_to<>> members;
    std::vector<std::pair<std::string, std::int32_t>> required;  ///< With their presence bits.
    std::vector<std::pair<std::size_t, CheckIndex>> patterns;
    CheckIndex others = kNoCheck;  ///< Of members that neither a name nor a pattern takes.
    CheckIndex names = kNoCheck;   ///< Of each name, as a text.
    std::vector<DependencyCheck> dependencies;
    std::int32_t presences = 0;  ///< How many members' presence counts.
};

/// What is asked of a value by other schemas.
struct BranchCheck {
    std::vector<CheckIndex> all;
    std::vector<std::vector<CheckIndex>> any;
    std::vector<std::vector<CheckIndex>> one;
    std::vector<CheckIndex> none;  ///< `not`.
    bool conditional = false;
    CheckIndex condition = kNoCheck;
    CheckIndex then = kNoCheck;
    CheckIndex otherwise = kNoCheck;
};

/// What a schema asks of one value.
struct CheckNode {
    Kinds kinds = kEveryKind;
    bool integer = false;
    std::int32_t length_min = -1;  ///< Of texts, in characters.
    std::int32_t length_max = -1;
    std::int32_t pattern = -1;
    std::unique_ptr<NumberCheck> number;
    std::unique_ptr<ValueCheck> values;
    std::unique_ptr<ArrayCheck> array;
    std::unique_ptr<ObjectCheck> object;
    std::unique_ptr<BranchCheck> branches;

    /// Whether nothing but kinds is asked.
    bool is_plain() const {
        return length_min < 0 && length_max < 0 && pattern < 0 && !number && !values && !array &&
               !object && !branches;
    }
};

/// Why a value does not hold.
struct CheckFault {
    std::string path;  ///< Within the value: `items/0/name`; empty: the value itself.
    std::string what;  ///< `7 is more than the maximum 5`.
};

/// Checks values against what their schema asks of them: all that docs/SCHEMAS.md lists. Verdicts
/// are those of Python's jsonschema; tests/schema/differences.tsv has the exceptions.
///
/// **Limits.** Values nested deeper than 256 levels of a schema that contains itself, and checks
/// that would walk a value for ever, are faults. Lengths, bounds and lists of texts allocate
/// nothing.
class Validator {
 public:
    Validator();
    ~Validator();
    Validator(const Validator&) = delete;
    Validator& operator=(const Validator&) = delete;

    /// `value` is JSON, known to be good, without blanks around it.
    bool check(CheckIndex index, std::string_view value, CheckFault& fault) const;

    std::vector<CheckNode> nodes;
    std::vector<std::unique_ptr<re2::RE2>> patterns;
};

}  // namespace streams
