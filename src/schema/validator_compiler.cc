#include "schema/validator_compiler.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <re2/re2.h>
#include <unordered_set>
#include <utility>

#include "schema/keywords.h"
#include "schema/pattern.h"
#include "schema/schema_values.h"

namespace streams {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kNodesMax = 500'000;
constexpr std::size_t kPatternsMax = 1'000;
constexpr std::size_t kDepthMax = 128;
constexpr std::size_t kChainMax = 1'000;

std::unexpected<Error> too_large() {
    return fail(ErrorKind::Data, "schema-size",
                "the schema is too large or too deep once its references are followed");
}

// A bit for a member whose presence counts; the same for the same name.
std::int32_t presence_of(ObjectCheck& object, const std::string& name) {
    MemberCheck& member = object.members[name];
    if (member.presence < 0) member.presence = object.presences++;
    return member.presence;
}

Result<std::vector<std::string>> names_of(const char* word, const Json& list) {
    if (!list.is_array()) return bad_keyword(word, list);
    std::vector<std::string> names;
    for (const Json& name : list) {
        if (!name.is_string()) return bad_keyword(word, list);
        names.push_back(name.get<std::string>());
    }
    return names;
}

// Most of the schemas of most streams.
bool asks_for_kinds_alone(const Json& schema) {
    const auto items = schema.items();
    return std::ranges::all_of(items.begin(), items.end(), [](const auto& item) {
        return item.key() == "type" || keyword_of(item.key()) == Keyword::Annotation;
    });
}

// `format` promises a type of column and is no rule, so branches of oneOf that differ in nothing
// else are one branch. `seen` has the branches before, and whether one of them had a format.
bool is_seen_but_for_format(Json branch, std::unordered_map<std::string, bool>& seen) {
    if (!branch.is_object()) return false;
    const bool has_format = branch.erase("format") > 0;
    const auto [at, is_new] =
        seen.try_emplace(branch.dump(-1, ' ', false, Json::error_handler_t::replace), has_format);
    if (is_new) return false;
    const bool is_same = at->second || has_format;
    at->second = is_same;
    return is_same;
}

}  // namespace

ValidatorCompiler::ValidatorCompiler(const SchemaReferences& references)
    : references_(references), validator_(std::make_unique<Validator>()) {}

Result<CheckIndex> ValidatorCompiler::compile(SchemaPlace place) {
    if (depth_ > kDepthMax || validator_->nodes.size() > kNodesMax) return too_large();
    const Json& schema = *place.schema;
    if (schema.is_boolean()) {
        CheckNode node;
        if (!schema.get<bool>()) node.kinds = 0;
        return add(std::move(node));
    }
    if (!schema.is_object()) {
        return fail(ErrorKind::Data, "schema-invalid",
                    "a schema has to be an object, true or false");
    }
    const std::string* reference = SchemaReferences::reference_of(schema);
    if (reference != nullptr && !references_.has_siblings()) {
        return compile_reference(place, *reference);
    }
    return compile_own(place);
}

Result<CheckIndex> ValidatorCompiler::compile_part(const Json& schema, std::size_t base) {
    ++depth_;
    auto compiled = compile(references_.within(schema, base));
    --depth_;
    return compiled;
}

Result<CheckIndex> ValidatorCompiler::compile_reference(SchemaPlace place,
                                                        const std::string& reference) {
    const auto target = references_.follow(reference, place.base);
    if (!target) return std::unexpected(target.error());
    Reference& known = known_[target->schema];
    if (known.is_open && !known.is_used) {
        known.is_used = true;
        known.node = static_cast<CheckIndex>(validator_->nodes.size());
        validator_->nodes.emplace_back().branches = std::make_unique<BranchCheck>();
    }
    if (known.is_open || known.node != kNoCheck) return known.node;
    known.is_open = true;
    ++depth_;
    const auto compiled = compile(*target);
    --depth_;
    if (!compiled) return compiled;
    Reference& done = known_[target->schema];
    done.is_open = false;
    if (!done.is_used) {
        done.node = *compiled;
    } else if (*compiled != kNoCheck) {
        validator_->nodes[static_cast<std::size_t>(done.node)].branches->all = {*compiled};
    }
    return done.node;
}

Result<CheckIndex> ValidatorCompiler::compile_own(SchemaPlace place) {
    const Json& schema = *place.schema;
    STREAMS_TRY(check_keywords(schema));
    CheckNode node;
    STREAMS_TRY(read_kinds(schema, node.kinds, node.integer));
    if (asks_for_kinds_alone(schema)) return add(std::move(node));
    STREAMS_TRY(read_numbers(schema, node));
    STREAMS_TRY(read_values(schema, node));
    STREAMS_TRY(fill_texts(schema, node));
    STREAMS_TRY(fill_array(place, node));
    STREAMS_TRY(fill_object(place, node));
    STREAMS_TRY(fill_branches(place, node));
    return add(std::move(node));
}

CheckIndex ValidatorCompiler::add(CheckNode node) {
    auto& nodes = validator_->nodes;
    if ((node.kinds & kNumberKind) == 0) node.integer = false;
    if (!node.is_plain()) {
        nodes.push_back(std::move(node));
        return static_cast<CheckIndex>(nodes.size() - 1);
    }
    if (node.kinds == kEveryKind && !node.integer) return kNoCheck;
    const auto key = static_cast<std::uint16_t>(node.kinds * 2 + (node.integer ? 1 : 0));
    const auto [found, is_new] = plain_.try_emplace(key, static_cast<CheckIndex>(nodes.size()));
    if (is_new) nodes.push_back(std::move(node));
    return found->second;
}

std::optional<std::pair<Kinds, bool>> ValidatorCompiler::plain(CheckIndex index) const {
    if (index == kNoCheck) return std::pair<Kinds, bool>(kEveryKind, false);
    const CheckNode& node = validator_->nodes[static_cast<std::size_t>(index)];
    if (!node.is_plain()) return std::nullopt;
    return std::pair<Kinds, bool>(node.kinds, node.integer);
}

Result<> ValidatorCompiler::check_keywords(const Json& schema) {
    for (const auto& item : schema.items()) {
        if (keyword_of(item.key()) != Keyword::Unknown) continue;
        return std::unexpected(
            Error{ErrorKind::Data,
                  "schema-keyword",
                  "the keyword \"" + item.key() +
                      "\" of the schema is not known, so it is not known "
                      "which values are good",
                  {},
                  {},
                  "correct it, or name it \"x-" + item.key() + "\" if it is a remark"});
    }
    return {};
}

Result<std::shared_ptr<const Validator>> ValidatorCompiler::take() {
    std::vector<std::uint8_t> colours(validator_->nodes.size());
    for (const auto& [schema, reference] : known_) {
        if (reference.is_used && has_cycle(reference.node, colours, 0)) {
            return fail(ErrorKind::Data, "schema-ref", "a reference leads back to itself");
        }
    }
    if (validator_->nodes.empty()) return nullptr;
    return std::move(validator_);
}

// Whether what is asked of a value leads back to what is asked of the same value.
bool ValidatorCompiler::has_cycle(CheckIndex index, std::vector<std::uint8_t>& colours,
                                  std::size_t depth) const {
    static constexpr std::uint8_t kOpen = 1;
    static constexpr std::uint8_t kDone = 2;
    if (index == kNoCheck) return false;
    std::uint8_t& colour = colours[static_cast<std::size_t>(index)];
    if (colour == kDone) return false;
    if (colour == kOpen || depth > kChainMax) return true;
    colour = kOpen;
    const CheckNode& node = validator_->nodes[static_cast<std::size_t>(index)];
    const auto leads_back = [&](CheckIndex part) { return has_cycle(part, colours, depth + 1); };
    bool found = false;
    if (node.branches) {
        const BranchCheck& parts = *node.branches;
        found = std::ranges::any_of(parts.all, leads_back) ||
                std::ranges::any_of(parts.none, leads_back) || leads_back(parts.condition) ||
                leads_back(parts.then) || leads_back(parts.otherwise);
        for (const auto& choices : parts.any)
            found = found || std::ranges::any_of(choices, leads_back);
        for (const auto& choices : parts.one)
            found = found || std::ranges::any_of(choices, leads_back);
    }
    if (node.object) {
        for (const DependencyCheck& dependency : node.object->dependencies) {
            found = found || leads_back(dependency.node);
        }
    }
    colours[static_cast<std::size_t>(index)] = kDone;
    return found;
}

// --- texts and arrays ----------------------------------------------------------------------------

Result<> ValidatorCompiler::fill_texts(const Json& schema, CheckNode& node) {
    const auto min = count_of(schema, "minLength", -1);
    if (!min) return std::unexpected(min.error());
    const auto max = count_of(schema, "maxLength", -1);
    if (!max) return std::unexpected(max.error());
    node.length_min = static_cast<std::int32_t>(*min);
    node.length_max = static_cast<std::int32_t>(*max);
    const Json* pattern = member_of(schema, "pattern");
    if (pattern == nullptr) return {};
    if (!pattern->is_string()) return bad_keyword("pattern", *pattern);
    const auto compiled = compile_pattern(pattern->get<std::string>());
    if (!compiled) return std::unexpected(compiled.error());
    node.pattern = static_cast<std::int32_t>(*compiled);
    return {};
}

Result<std::size_t> ValidatorCompiler::compile_pattern(const std::string& pattern) {
    const auto [found, is_new] = patterns_.try_emplace(pattern, validator_->patterns.size());
    if (!is_new) return found->second;
    if (validator_->patterns.size() >= kPatternsMax) return too_large();
    auto compiled = streams::compile_pattern(pattern);
    if (!compiled) return std::unexpected(compiled.error());
    validator_->patterns.push_back(*std::move(compiled));
    return found->second;
}

Result<> ValidatorCompiler::fill_array(SchemaPlace place, CheckNode& node) {
    const Json& schema = *place.schema;
    ArrayCheck array;
    const auto min = count_of(schema, "minItems", -1);
    if (!min) return std::unexpected(min.error());
    const auto max = count_of(schema, "maxItems", -1);
    if (!max) return std::unexpected(max.error());
    array.min = *min;
    array.max = *max;
    if (const Json* unique = member_of(schema, "uniqueItems"); unique != nullptr) {
        if (!unique->is_boolean()) return bad_keyword("uniqueItems", *unique);
        array.unique = unique->get<bool>();
    }
    STREAMS_TRY(fill_items(place, array));
    STREAMS_TRY(fill_contains(place, array));
    const bool asks_items =
        array.items != kNoCheck ||
        std::ranges::any_of(array.front, [](CheckIndex item) { return item != kNoCheck; });
    if (asks_items || array.has_contains || array.unique || array.min > 0 || array.max >= 0) {
        node.array = std::make_unique<ArrayCheck>(std::move(array));
    }
    return {};
}

// `items` is the schema of every item, or, before draft 2020-12, a list for the first ones.
Result<> ValidatorCompiler::fill_items(SchemaPlace place, ArrayCheck& array) {
    const Json& schema = *place.schema;
    const Json* items = member_of(schema, "items");
    const Json* front = member_of(schema, "prefixItems");
    const char* front_word = "prefixItems";
    if (items != nullptr && items->is_array()) {
        if (front != nullptr || references_.draft() == Draft::From2020) {
            return bad_keyword("items", *items);
        }
        front_word = "items";
        front = std::exchange(items, member_of(schema, "additionalItems"));
    }
    if (front != nullptr) {
        if (!front->is_array()) return bad_keyword(front_word, *front);
        for (const Json& item : *front) {
            const auto compiled = compile_part(item, place.base);
            if (!compiled) return std::unexpected(compiled.error());
            array.front.push_back(*compiled);
        }
    }
    if (items == nullptr) return {};
    const auto compiled = compile_part(*items, place.base);
    if (!compiled) return std::unexpected(compiled.error());
    array.items = *compiled;
    return {};
}

Result<> ValidatorCompiler::fill_contains(SchemaPlace place, ArrayCheck& array) {
    const Json* contains = member_of(*place.schema, "contains");
    const auto min = count_of(*place.schema, "minContains", 1);
    if (!min) return std::unexpected(min.error());
    const auto max = count_of(*place.schema, "maxContains", -1);
    if (!max) return std::unexpected(max.error());
    if (contains == nullptr) return {};
    const auto compiled = compile_part(*contains, place.base);
    if (!compiled) return std::unexpected(compiled.error());
    array.has_contains = true;
    array.contains = *compiled;
    array.contains_min = *min;
    array.contains_max = *max;
    return {};
}

// --- objects -------------------------------------------------------------------------------------

Result<> ValidatorCompiler::fill_object(SchemaPlace place, CheckNode& node) {
    const Json& schema = *place.schema;
    ObjectCheck object;
    const auto min = count_of(schema, "minProperties", -1);
    if (!min) return std::unexpected(min.error());
    const auto max = count_of(schema, "maxProperties", -1);
    if (!max) return std::unexpected(max.error());
    object.min = *min > 0 ? *min : -1;
    object.max = *max;
    STREAMS_TRY(fill_members(place, object));
    if (const Json* required = member_of(schema, "required"); required != nullptr) {
        const auto names = names_of("required", *required);
        if (!names) return std::unexpected(names.error());
        for (const std::string& name : *names) {
            object.required.emplace_back(name, presence_of(object, name));
        }
    }
    STREAMS_TRY(fill_dependencies(place, object));
    const bool is_open = object.others == kNoCheck && object.patterns.empty();
    if (is_open) {
        std::erase_if(object.members, [](const auto& member) {
            return member.second.node == kNoCheck && member.second.presence < 0;
        });
    }
    if (!is_open || !object.members.empty() || object.names != kNoCheck || object.min >= 0 ||
        object.max >= 0) {
        node.object = std::make_unique<ObjectCheck>(std::move(object));
    }
    return {};
}

Result<> ValidatorCompiler::fill_members(SchemaPlace place, ObjectCheck& object) {
    const Json& schema = *place.schema;
    if (const Json* properties = member_of(schema, "properties"); properties != nullptr) {
        if (!properties->is_object()) return bad_keyword("properties", *properties);
        for (const auto& item : properties->items()) {
            const auto compiled = compile_part(item.value(), place.base);
            if (!compiled) return std::unexpected(compiled.error());
            object.members[item.key()] = {*compiled, true, -1};
        }
    }
    STREAMS_TRY(fill_patterns(place, object));
    for (const auto& [word, node] : {std::pair{"additionalProperties", &object.others},
                                     std::pair{"propertyNames", &object.names}}) {
        const Json* part = member_of(schema, word);
        if (part == nullptr) continue;
        const auto compiled = compile_part(*part, place.base);
        if (!compiled) return std::unexpected(compiled.error());
        *node = *compiled;
    }
    return {};
}

Result<> ValidatorCompiler::fill_patterns(SchemaPlace place, ObjectCheck& object) {
    const Json* patterns = member_of(*place.schema, "patternProperties");
    if (patterns == nullptr) return {};
    if (!patterns->is_object()) return bad_keyword("patternProperties", *patterns);
    for (const auto& item : patterns->items()) {
        const auto pattern = compile_pattern(item.key());
        if (!pattern) return std::unexpected(pattern.error());
        const auto compiled = compile_part(item.value(), place.base);
        if (!compiled) return std::unexpected(compiled.error());
        object.patterns.emplace_back(*pattern, *compiled);
    }
    return {};
}

Result<DependencyCheck> ValidatorCompiler::dependency_of(const std::string& name, const Json& value,
                                                         std::size_t base, ObjectCheck& object) {
    DependencyCheck dependency;
    dependency.name = name;
    dependency.presence = presence_of(object, name);
    if (!value.is_array()) {
        const auto compiled = compile_part(value, base);
        if (!compiled) return std::unexpected(compiled.error());
        dependency.node = *compiled;
        return dependency;
    }
    const auto names = names_of("dependencies", value);
    if (!names) return std::unexpected(names.error());
    for (const std::string& required : *names) {
        dependency.required.emplace_back(required, presence_of(object, required));
    }
    return dependency;
}

Result<> ValidatorCompiler::fill_dependencies(SchemaPlace place, ObjectCheck& object) {
    for (const char* word : {"dependencies", "dependentRequired", "dependentSchemas"}) {
        const Json* dependencies = member_of(*place.schema, word);
        if (dependencies == nullptr) continue;
        if (!dependencies->is_object()) return bad_keyword(word, *dependencies);
        for (const auto& item : dependencies->items()) {
            auto dependency = dependency_of(item.key(), item.value(), place.base, object);
            if (!dependency) return std::unexpected(dependency.error());
            object.dependencies.push_back(*std::move(dependency));
        }
    }
    return {};
}

// --- other schemas of the same value -------------------------------------------------------------

BranchCheck& ValidatorCompiler::branches(CheckNode& node) {
    if (!node.branches) node.branches = std::make_unique<BranchCheck>();
    return *node.branches;
}

Result<> ValidatorCompiler::fill_branches(SchemaPlace place, CheckNode& node) {
    const Json& schema = *place.schema;
    // Only where what stands beside a reference counts does a schema with one come here.
    if (const std::string* reference = SchemaReferences::reference_of(schema);
        reference != nullptr) {
        const auto part = compile_reference(place, *reference);
        if (!part) return std::unexpected(part.error());
        take_part(*part, node);
    }
    STREAMS_TRY(fill_all(place, node));
    STREAMS_TRY(fill_choices(place, "anyOf", node));
    STREAMS_TRY(fill_choices(place, "oneOf", node));
    if (const Json* none = member_of(schema, "not"); none != nullptr) {
        const auto part = compile_part(*none, place.base);
        if (!part) return std::unexpected(part.error());
        branches(node).none.push_back(*part);
    }
    return fill_condition(place, node);
}

// Kinds are asked for by the node itself.
void ValidatorCompiler::take_part(CheckIndex part, CheckNode& node) {
    if (const auto kinds = plain(part); kinds) {
        node.kinds &= kinds->first;
        node.integer = node.integer || kinds->second;
    } else if (auto& all = branches(node).all; std::ranges::find(all, part) == all.end()) {
        all.push_back(part);
    }
}

Result<> ValidatorCompiler::fill_all(SchemaPlace place, CheckNode& node) {
    const Json* all = member_of(*place.schema, "allOf");
    if (all == nullptr) return {};
    if (!all->is_array()) return bad_keyword("allOf", *all);
    for (const Json& branch : *all) {
        const auto part = compile_part(branch, place.base);
        if (!part) return std::unexpected(part.error());
        take_part(*part, node);
    }
    return {};
}

Result<> ValidatorCompiler::fill_choices(SchemaPlace place, const char* word, CheckNode& node) {
    const Json* list = member_of(*place.schema, word);
    if (list == nullptr) return {};
    if (!list->is_array() || list->empty()) return bad_keyword(word, *list);
    const bool is_one = word[0] == 'o';
    std::unordered_map<std::string, bool> seen;
    std::vector<CheckIndex> choices;
    for (const Json& branch : *list) {
        if (is_one && is_seen_but_for_format(branch, seen)) continue;
        const auto part = compile_part(branch, place.base);
        if (!part) return std::unexpected(part.error());
        choices.push_back(*part);
    }
    if (join_kinds(choices, is_one, node)) return {};
    if (!is_one && std::ranges::find(choices, kNoCheck) != choices.end()) return {};
    auto& lists = is_one ? branches(node).one : branches(node).any;
    lists.push_back(std::move(choices));
    return {};
}

// Where each choice asks for kinds alone, and no two for the same one if only one may hold, they
// are kinds of the node.
bool ValidatorCompiler::join_kinds(const std::vector<CheckIndex>& choices, bool is_exclusive,
                                   CheckNode& node) {
    Kinds all = 0;
    bool integer = true;
    for (const CheckIndex choice : choices) {
        const auto kinds = plain(choice);
        if (!kinds || (is_exclusive && (all & kinds->first) != 0)) return false;
        all |= kinds->first;
        if ((kinds->first & kNumberKind) != 0) integer = integer && kinds->second;
    }
    node.kinds &= all;
    if ((all & kNumberKind) != 0) node.integer = node.integer || integer;
    return true;
}

Result<> ValidatorCompiler::fill_condition(SchemaPlace place, CheckNode& node) {
    const Json* condition = member_of(*place.schema, "if");
    if (condition == nullptr) return {};
    CheckIndex parts[3] = {kNoCheck, kNoCheck, kNoCheck};
    const char* const words[3] = {"if", "then", "else"};
    for (std::size_t i = 0; i < 3; ++i) {
        const Json* part = member_of(*place.schema, words[i]);
        if (part == nullptr) continue;
        const auto compiled = compile_part(*part, place.base);
        if (!compiled) return std::unexpected(compiled.error());
        parts[i] = *compiled;
    }
    if (parts[1] == kNoCheck && parts[2] == kNoCheck) return {};
    BranchCheck& check = branches(node);
    check.conditional = true;
    check.condition = parts[0];
    check.then = parts[1];
    check.otherwise = parts[2];
    return {};
}

}  // namespace streams
