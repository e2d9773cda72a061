#include "schema/checker.h"

#include <algorithm>
#include <re2/re2.h>
#include <unordered_set>

#include "schema/bounds.h"
#include "schema/exact_number.h"

namespace streams {
namespace {

constexpr std::size_t kDepthMax = 256;
constexpr std::size_t kExcerptBytes = 40;
constexpr std::size_t kWalksMax = 64;  // Of the whole value.
constexpr std::size_t kBudgetLeast = std::size_t{64} << 20;
constexpr std::size_t kNodeCost = 32;

constexpr const char* kTooDeep = "it is nested too deep to be held against its schema";
constexpr const char* kTooMuch = "its schema asks for more work than a record may cost";

std::string excerpt(std::string_view value) {
    if (value.size() <= kExcerptBytes) return std::string(value);
    std::size_t size = kExcerptBytes;
    while (size > 0 && (static_cast<unsigned char>(value[size]) & 0xC0U) == 0x80) --size;
    return std::string(value.substr(0, size)) + "...";
}

std::string excerpt(JsonWalk walk) {
    walk.peek();
    return excerpt(walk.take_value());
}

}  // namespace

// Which of the members whose presence counts were there.
class Checker::Presence {
 public:
    explicit Presence(std::int32_t count) {
        if (count > kBits) more_.resize(static_cast<std::size_t>(count));
    }
    void note(std::int32_t index) {
        if (index < 0) return;
        if (more_.empty()) {
            bits_ |= std::uint64_t{1} << index;
        } else {
            more_[static_cast<std::size_t>(index)] = true;
        }
    }
    bool has(std::int32_t index) const {
        return more_.empty() ? (bits_ >> index & 1) != 0 : more_[static_cast<std::size_t>(index)];
    }

 private:
    static constexpr std::int32_t kBits = 64;
    std::uint64_t bits_ = 0;
    std::vector<bool> more_;
};

Checker::Checker(const Validator& validator, std::size_t bytes, CheckFault& fault)
    : validator_(validator), fault_(fault), budget_(kBudgetLeast + bytes * kWalksMax) {}

bool Checker::check_whole(CheckIndex index, std::string_view value) {
    JsonWalk walk(value);
    if (check(index, walk) && gave_up_ == nullptr) return true;
    if (gave_up_ != nullptr) {
        fault_.path.clear();
        fault_.what = gave_up_;
    }
    return false;
}

// --- what is common to all kinds -----------------------------------------------------------------

bool Checker::check(CheckIndex index, JsonWalk& walk) {
    if (index == kNoCheck) {
        skip(walk);
        return true;
    }
    const CheckNode& node = validator_.nodes[static_cast<std::size_t>(index)];
    const Kinds kind = kind_at(walk.peek());
    spend(kNodeCost);
    if ((node.kinds & kind) == 0) return refuse_kind(node, walk.rest());
    if (depth_ >= kDepthMax) return give_up(kTooDeep);
    if (gave_up_ != nullptr) return false;
    const JsonWalk start = walk;
    ++depth_;
    const bool holds = check_own(node, kind, walk) &&
                       (!node.values || check_values(*node.values, start)) &&
                       (!node.branches || check_branches(*node.branches, start));
    --depth_;
    return holds;
}

bool Checker::check_own(const CheckNode& node, Kinds kind, JsonWalk& walk) {
    if (kind == kObjectKind && node.object) return check_object(*node.object, walk);
    if (kind == kArrayKind && node.array) return check_array(*node.array, walk);
    if (kind == kObjectKind || kind == kArrayKind) {
        skip(walk);
        return true;
    }
    return check_scalar(node, kind, walk);
}

bool Checker::check_scalar(const CheckNode& node, Kinds kind, JsonWalk& walk) {
    const std::string_view token = walk.take_value();
    spend(token.size());
    if (kind == kTextKind) return check_text(node, token);
    return kind != kNumberKind || check_number(node, token);
}

bool Checker::check_values(const ValueCheck& values, JsonWalk walk) {
    const JsonWalk start = walk;
    bool is_found = false;
    if (kind_at(walk.peek()) == kTextKind) {
        is_found = values.texts.contains(text_of(walk.take_string(), scratch_));
    } else if (!values.others.empty()) {
        std::string canonical;
        if (!append_canonical(walk, kDepthMax, canonical)) return give_up(kTooDeep);
        is_found = values.others.contains(canonical);
    }
    if (!is_found && is_loud()) {
        fault_.path.clear();
        fault_.what = excerpt(start) + " is none of the values that are allowed";
    }
    return is_found;
}

bool Checker::refuse_kind(const CheckNode& node, std::string_view value) {
    if (is_loud()) {
        fault_.path.clear();
        fault_.what = words_of(node.kinds, node.integer) + " was promised, " +
                      excerpt(JsonWalk(value)) + " came";
    }
    return false;
}

bool Checker::excludes_all(CheckIndex index) const {
    return index != kNoCheck && validator_.nodes[static_cast<std::size_t>(index)].kinds == 0;
}

void Checker::spend(std::size_t bytes) {
    budget_ -= std::min(bytes, budget_);
    if (budget_ == 0) gave_up_ = kTooMuch;
}

bool Checker::give_up(const char* what) {
    gave_up_ = what;
    return false;
}

void Checker::put_in_front(std::string_view step) {
    if (is_loud()) fault_.path = std::string(step) + (fault_.path.empty() ? "" : "/") + fault_.path;
}

// --- numbers and texts ---------------------------------------------------------------------------

bool Checker::check_number(const CheckNode& node, std::string_view token) {
    if (node.integer && token.find_first_of(".eE") != std::string_view::npos &&
        !is_whole(read_exact(token))) {
        return refuse_kind(node, token);
    }
    if (!node.number) return true;
    const NumberCheck& number = *node.number;
    if (!check_bound(number.minimum, true, token) || !check_bound(number.maximum, false, token)) {
        return false;
    }
    if (number.multiple_text.empty() ||
        is_multiple(read_exact(token), number.multiple, number.multiple_power)) {
        return true;
    }
    if (is_loud()) {
        fault_.path.clear();
        fault_.what = excerpt(token) + " is no multiple of " + number.multiple_text;
    }
    return false;
}

bool Checker::check_bound(const Bound& bound, bool is_minimum, std::string_view token) {
    if (bound.text.empty()) return true;
    const int order = is_minimum ? compare_bound(token, bound) : -compare_bound(token, bound);
    if (order > 0 || (order == 0 && !bound.exclusive)) return true;
    if (is_loud()) {
        fault_.path.clear();
        fault_.what = excerpt(token) + " is " + (order == 0 ? "not " : "") +
                      (is_minimum == (order < 0) ? "less" : "more") + " than the " +
                      (bound.exclusive ? "exclusive " : "") +
                      (is_minimum ? "minimum " : "maximum ") + bound.text;
    }
    return false;
}

bool Checker::check_text(const CheckNode& node, std::string_view token) {
    if (node.length_min >= 0 || node.length_max >= 0) {
        const std::int64_t length = count_characters(text_of(token, scratch_));
        const bool is_short = length < node.length_min;
        if (is_short || (node.length_max >= 0 && length > node.length_max)) {
            if (!is_loud()) return false;
            fault_.path.clear();
            fault_.what = "a text of " + std::to_string(length) + " characters is " +
                          (is_short ? "shorter" : "longer") + " than " +
                          std::to_string(is_short ? node.length_min : node.length_max);
            return false;
        }
    }
    return node.pattern < 0 || check_pattern(node, token);
}

bool Checker::check_pattern(const CheckNode& node, std::string_view token) {
    const re2::RE2& pattern = *validator_.patterns[static_cast<std::size_t>(node.pattern)];
    if (re2::RE2::PartialMatch(text_of(token, scratch_), pattern)) return true;
    if (is_loud()) {
        fault_.path.clear();
        fault_.what = excerpt(token) + " does not match the pattern " + pattern.pattern();
    }
    return false;
}

// --- arrays --------------------------------------------------------------------------------------

bool Checker::check_array(const ArrayCheck& array, JsonWalk& walk) {
    const JsonWalk start = walk;
    walk.step();
    std::size_t count = 0;
    while (walk.peek() != ']') {
        const CheckIndex item = count < array.front.size() ? array.front[count] : array.items;
        if (!check(item, walk)) {
            if (is_loud()) put_in_front(std::to_string(count));
            return false;
        }
        ++count;
        walk.take(',');
    }
    walk.step();
    return check_count(static_cast<std::int64_t>(count), array.min, array.max, " items are ") &&
           (!array.unique || check_unique(start)) &&
           (!array.has_contains || check_contains(array, start));
}

bool Checker::check_count(std::int64_t count, std::int64_t min, std::int64_t max,
                          const char* what) {
    const bool is_few = count < min;
    if (!is_few && (max < 0 || count <= max)) return true;
    if (is_loud()) {
        fault_.path.clear();
        fault_.what = std::to_string(count) + what + (is_few ? "fewer than " : "more than ") +
                      std::to_string(is_few ? min : max);
    }
    return false;
}

bool Checker::check_contains(const ArrayCheck& array, JsonWalk walk) {
    std::int64_t count = 0;
    walk.step();
    while (walk.peek() != ']') {
        if (matches(array.contains, walk)) ++count;
        skip(walk);
        walk.take(',');
    }
    return check_count(count, array.contains_min, array.contains_max,
                       " items that match `contains` are ");
}

bool Checker::check_unique(JsonWalk walk) {
    std::unordered_set<std::string> seen;
    walk.step();
    for (std::size_t index = 0; walk.peek() != ']'; ++index) {
        const JsonWalk item = walk;
        std::string canonical;
        if (!append_canonical(walk, kDepthMax, canonical)) return give_up(kTooDeep);
        spend(canonical.size());
        if (!seen.insert(std::move(canonical)).second) {
            if (is_loud()) {
                fault_.path = std::to_string(index);
                fault_.what = excerpt(item) + " is there twice";
            }
            return false;
        }
        walk.take(',');
    }
    return true;
}

// --- objects -------------------------------------------------------------------------------------

bool Checker::check_object(const ObjectCheck& object, JsonWalk& walk) {
    const JsonWalk start = walk;
    Presence seen(object.presences);
    walk.step();
    while (walk.peek() != '}') {
        if (!check_member(object, walk.take_name(), seen, walk)) return false;
        walk.take(',');
    }
    walk.step();
    return check_presence(object, seen, start) &&
           ((object.min < 0 && object.max < 0) || check_members_count(object, start));
}

// The last of members with one name counts: a fault of an earlier one is none.
bool Checker::check_member(const ObjectCheck& object, std::string_view quoted, Presence& seen,
                           JsonWalk& walk) {
    spend(quoted.size());
    if (object.names != kNoCheck) {
        JsonWalk name(quoted);
        if (!check(object.names, name)) {
            put_in_front(excerpt(quoted));
            return false;
        }
    }
    const auto found = object.members.find(text_of(quoted, scratch_));
    const MemberCheck* const member = found == object.members.end() ? nullptr : &found->second;
    if (member != nullptr) seen.note(member->presence);
    const bool is_declared = member != nullptr && member->declared;
    const JsonWalk start = walk;
    const CheckIndex node = is_declared ? member->node : object.others;
    const bool holds = object.patterns.empty()
                           ? check(node, walk)
                           : check_by_patterns(object, quoted, node, is_declared, walk);
    if (holds) return true;
    walk = start;
    if (gave_up_ == nullptr && comes_again(quoted, walk)) return true;
    if (!is_declared && object.patterns.empty() && excludes_all(node)) {
        if (is_loud())
            fault_ = {{},
                      "\"" + excerpt(quoted.substr(1, quoted.size() - 2)) + "\" is not allowed"};
        return false;
    }
    put_in_front(excerpt(quoted.substr(1, quoted.size() - 2)));
    return false;
}

bool Checker::check_by_patterns(const ObjectCheck& object, std::string_view quoted,
                                CheckIndex declared, bool is_declared, JsonWalk& walk) {
    std::vector<CheckIndex> nodes;
    const std::string_view name = text_of(quoted, scratch_);
    for (const auto& [pattern, node] : object.patterns) {
        if (re2::RE2::PartialMatch(name, *validator_.patterns[pattern])) nodes.push_back(node);
    }
    if (is_declared || nodes.empty()) nodes.push_back(declared);
    const JsonWalk start = walk;
    return std::ranges::all_of(nodes, [&](CheckIndex node) {
        walk = start;
        return check(node, walk);
    });
}

// Passes over the member's value, and answers whether its name is among the members behind it.
bool Checker::comes_again(std::string_view quoted, JsonWalk& walk) {
    skip(walk);
    const std::string name(text_of(quoted, scratch_));
    JsonWalk ahead = walk;
    while (ahead.take(',')) {
        if (text_of(ahead.take_name(), scratch_) == name) return true;
        skip(ahead);
    }
    return false;
}

bool Checker::check_presence(const ObjectCheck& object, const Presence& seen, JsonWalk start) {
    const auto missing = std::ranges::find_if(
        object.required, [&](const auto& name) { return !seen.has(name.second); });
    if (missing != object.required.end()) {
        if (is_loud()) {
            fault_.path.clear();
            fault_.what = "\"" + excerpt(missing->first) + "\" is missing";
        }
        return false;
    }
    return std::ranges::all_of(object.dependencies, [&](const DependencyCheck& dependency) {
        return !seen.has(dependency.presence) || check_dependency(dependency, seen, start);
    });
}

bool Checker::check_dependency(const DependencyCheck& dependency, const Presence& seen,
                               JsonWalk start) {
    for (const auto& [name, presence] : dependency.required) {
        if (seen.has(presence)) continue;
        if (is_loud()) {
            fault_.path.clear();
            fault_.what = "\"" + excerpt(name) + "\" is missing, which has to be there with \"" +
                          excerpt(dependency.name) + "\"";
        }
        return false;
    }
    return dependency.node == kNoCheck || check(dependency.node, start);
}

bool Checker::check_members_count(const ObjectCheck& object, JsonWalk walk) {
    std::unordered_set<std::string> names;
    walk.step();
    while (walk.peek() != '}') {
        names.emplace(text_of(walk.take_name(), scratch_));
        skip(walk);
        walk.take(',');
    }
    return check_count(static_cast<std::int64_t>(names.size()), object.min, object.max,
                       " members are ");
}

// --- other schemas of the same value -------------------------------------------------------------

bool Checker::matches(CheckIndex index, JsonWalk start) {
    ++quiet_;
    const bool holds = check(index, start);
    --quiet_;
    return holds;
}

bool Checker::check_branches(const BranchCheck& branches, JsonWalk start) {
    for (const CheckIndex part : branches.all) {
        JsonWalk walk = start;
        if (!check(part, walk)) return false;
    }
    for (const auto& choices : branches.any) {
        if (!check_any(choices, start)) return false;
    }
    for (const auto& choices : branches.one) {
        if (!check_one(choices, start)) return false;
    }
    for (const CheckIndex part : branches.none) {
        if (!matches(part, start)) continue;
        if (is_loud()) {
            fault_.path.clear();
            fault_.what = excerpt(start) + " is what `not` excludes";
        }
        return false;
    }
    if (!branches.conditional) return gave_up_ == nullptr;
    return check(matches(branches.condition, start) ? branches.then : branches.otherwise, start);
}

bool Checker::check_any(const std::vector<CheckIndex>& choices, JsonWalk start) {
    return std::ranges::any_of(choices,
                               [&](CheckIndex choice) { return matches(choice, start); }) ||
           explain(choices, "anyOf", start);
}

bool Checker::check_one(const std::vector<CheckIndex>& choices, JsonWalk start) {
    const auto count =
        std::ranges::count_if(choices, [&](CheckIndex choice) { return matches(choice, start); });
    if (count == 1) return true;
    if (count == 0) return explain(choices, "oneOf", start);
    if (is_loud()) {
        fault_.path.clear();
        fault_.what = excerpt(start) + " matches " + std::to_string(count) + " schemas of oneOf";
    }
    return false;
}

// Where one branch alone is about values of this kind, its fault is the reason.
bool Checker::explain(const std::vector<CheckIndex>& choices, const char* word, JsonWalk start) {
    if (!is_loud()) return false;
    const Kinds kind = kind_at(start.peek());
    CheckIndex only = kNoCheck;
    std::size_t fitting = 0;
    for (const CheckIndex choice : choices) {
        if (choice == kNoCheck) continue;
        if ((validator_.nodes[static_cast<std::size_t>(choice)].kinds & kind) == 0) continue;
        only = choice;
        ++fitting;
    }
    if (fitting == 1) {
        JsonWalk walk = start;
        if (!check(only, walk)) return false;
    }
    fault_.path.clear();
    fault_.what = excerpt(start) + " matches none of the schemas of " + word;
    return false;
}

}  // namespace streams
