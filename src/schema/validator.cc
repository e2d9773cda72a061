#include "schema/validator.h"

#include <re2/re2.h>

#include "schema/bounds.h"
#include "schema/checker.h"
#include "schema/json_walk.h"

namespace streams {
namespace {

// `raw` stands between quotes. A character is at least one byte, and at most twelve: two escapes.
bool is_of_length(const CheckNode& node, std::string_view raw) {
    constexpr std::int64_t kCharacterBytesMax = 12;
    const auto bytes = static_cast<std::int64_t>(raw.size());
    if ((node.length_max < 0 || bytes <= node.length_max) &&
        bytes >= kCharacterBytesMax * node.length_min) {
        return true;
    }
    if (raw.find('\\') != std::string_view::npos) return false;
    const std::int64_t length = count_characters(raw);
    return length >= node.length_min && (node.length_max < 0 || length <= node.length_max);
}

bool is_listed(const ValueCheck& values, std::string_view raw) {
    return values.texts.contains(raw) && raw.find('\\') == std::string_view::npos;
}

bool is_between(const NumberCheck& number, std::string_view token) {
    const Bound& minimum = number.minimum;
    const Bound& maximum = number.maximum;
    return number.multiple_text.empty() &&
           (minimum.text.empty() || compare_bound(token, minimum) > 0) &&
           (maximum.text.empty() || compare_bound(token, maximum) < 0);
}

// What is true of most values of most schemas, at no cost to speak of: lengths, bounds and lists of
// texts. Where it answers false, nothing is said.
bool holds_at_once(const CheckNode& node, std::string_view value) {
    if (node.branches) return false;
    const Kinds kind = kind_at(value.front());
    if ((node.kinds & kind) == 0) return false;
    if (kind == kTextKind) {
        const std::string_view raw = value.substr(1, value.size() - 2);
        return node.pattern < 0 && is_of_length(node, raw) &&
               (!node.values || is_listed(*node.values, raw));
    }
    if (node.values) return false;
    if (kind == kNumberKind) {
        std::int64_t whole = 0;
        return (!node.integer || read_small(value, whole)) &&
               (!node.number || is_between(*node.number, value));
    }
    return kind == kBooleanKind || kind == kNullKind;
}

}  // namespace

Validator::Validator() = default;
Validator::~Validator() = default;

bool Validator::check(CheckIndex index, std::string_view value, CheckFault& fault) const {
    return holds_at_once(nodes[static_cast<std::size_t>(index)], value) ||
           Checker(*this, value.size(), fault).check_whole(index, value);
}

}  // namespace streams
