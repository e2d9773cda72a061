#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/rules.h"

namespace re2 {
class RE2;
}

namespace streams {

/// A bound of a number: exact where it is whole.
struct Bound {
    double value = 0;
    std::optional<std::int64_t> whole;
    bool exclusive = false;
    std::string text;  ///< As the schema has it.
};

/// What a schema asks of one value, compiled. Members that are -1 or empty ask nothing.
struct CheckNode {
    Kinds kinds = kEveryKind;
    bool integer = false;
    std::optional<Bound> minimum;
    std::optional<Bound> maximum;
    std::int64_t length_min = -1;  ///< Of texts, in characters.
    std::int64_t length_max = -1;
    std::int64_t items_min = -1;
    std::int64_t items_max = -1;
    std::int32_t pattern = -1;
    std::int32_t items = -1;
    std::int32_t others = -1;
    bool others_allowed = true;
    std::vector<std::string> values;  ///< `enum`, `const`: JSON, canonical.
    std::unordered_map<std::string, std::int32_t, PathHash, std::equal_to<>> properties;
    std::vector<std::string> required;
    std::vector<std::int32_t> all_of;
    std::vector<std::vector<std::int32_t>> any_of;  ///< A branch that is -1 takes everything.
    std::vector<std::vector<std::int32_t>> one_of;
};

/// Why a value does not hold.
struct CheckFault {
    std::string path;  ///< Within the value: `items/0/name`; empty: the value itself.
    std::string what;  ///< `7 is more than the maximum 5`.
};

/// Checks values against what their schema asks of them besides the kinds of a record's members.
///
/// Keywords: `type` of nested values, `enum`, `const`, `minimum`, `maximum` and their exclusive
/// forms of both drafts, `minLength`, `maxLength`, `pattern` (linear in time), `minItems`,
/// `maxItems`, `items`, `properties`, `required`, `additionalProperties`, `allOf`, `anyOf`,
/// `oneOf`. A pattern that needs to look back or ahead is not checked.
class Validator {
 public:
    Validator();
    ~Validator();
    Validator(const Validator&) = delete;
    Validator& operator=(const Validator&) = delete;

    /// `value` is JSON, known to be good, without blanks around it.
    bool check(std::int32_t node, std::string_view value, CheckFault& fault) const;

    std::vector<CheckNode> nodes;
    std::vector<std::unique_ptr<re2::RE2>> patterns;
};

}  // namespace streams
