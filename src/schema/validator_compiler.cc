#include "schema/validator_compiler.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <re2/re2.h>
#include <utility>

#include "schema/json_reference.h"

namespace streams {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kNodesMax = 200'000;
constexpr std::size_t kPatternsMax = 10'000;
constexpr std::size_t kDepthMax = 128;
constexpr std::int64_t kPatternMemory = std::int64_t{1} << 20;

const Json* member(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

std::unexpected<Error> too_large() {
    return fail(ErrorKind::Data, "schema-size",
                "the schema is too large or too deep once its references are followed");
}

void read_kinds(const Json& schema, CheckNode& node) {
    const Json* type = member(schema, "type");
    if (type == nullptr) return;
    bool number = false;
    bool integer = false;
    node.kinds = 0;
    for (const Json& word : type->is_array() ? *type : Json::array({*type})) {
        if (word == "string") node.kinds |= kTextKind;
        if (word == "boolean") node.kinds |= kBooleanKind;
        if (word == "object") node.kinds |= kObjectKind;
        if (word == "array") node.kinds |= kArrayKind;
        if (word == "null") node.kinds |= kNullKind;
        number = number || word == "number";
        integer = integer || word == "integer";
    }
    if (number || integer) node.kinds |= kNumberKind;
    node.integer = integer && !number;
}

std::optional<Bound> bound_of(const Json* value, bool exclusive) {
    if (value == nullptr || !value->is_number()) return std::nullopt;
    Bound bound;
    bound.value = value->get<double>();
    bound.exclusive = exclusive;
    bound.text = value->dump();
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value->is_number_integer() &&
        (!value->is_number_unsigned() || value->get<std::uint64_t>() <= kMax)) {
        bound.whole = value->get<std::int64_t>();
    }
    return bound;
}

// Draft 4 has `exclusiveMinimum: true` beside `minimum`, later ones have the number itself.
void read_bounds(const Json& schema, CheckNode& node) {
    const auto is_true = [](const Json* value) {
        return value != nullptr && value->is_boolean() && value->get<bool>();
    };
    const Json* above = member(schema, "exclusiveMinimum");
    const Json* below = member(schema, "exclusiveMaximum");
    node.minimum = bound_of(member(schema, "minimum"), is_true(above));
    node.maximum = bound_of(member(schema, "maximum"), is_true(below));
    if (auto bound = bound_of(above, true);
        bound && (!node.minimum || node.minimum->value <= bound->value)) {
        node.minimum = std::move(bound);
    }
    if (auto bound = bound_of(below, true);
        bound && (!node.maximum || node.maximum->value >= bound->value)) {
        node.maximum = std::move(bound);
    }
}

std::int64_t count_of(const Json* value) {
    if (value == nullptr || !value->is_number()) return -1;
    const auto count = value->get<double>();  // 2.0 is 2.
    constexpr double kMost = 1e15;
    return count < 0 || count > kMost ? -1 : static_cast<std::int64_t>(count);
}

void read_values(const Json& schema, CheckNode& node) {
    const auto add = [&](const Json& value) {
        node.values.push_back(value.dump(-1, ' ', false, Json::error_handler_t::replace));
    };
    if (const Json* values = member(schema, "enum"); values != nullptr && values->is_array()) {
        for (const Json& value : *values) add(value);
    }
    if (const Json* value = member(schema, "const"); value != nullptr) {
        node.values.clear();
        add(*value);
    }
}

// Whether a schema asks for more than a kind of its value.
bool asks_more(const Json& root, const Json& schema, std::size_t depth) {
    if (!schema.is_object()) return false;
    if (depth > kDepthMax) return true;
    if (const Json* ref = member(schema, "$ref"); ref != nullptr && ref->is_string()) {
        const auto target = follow_reference(root, ref->get<std::string>());
        return !target || asks_more(root, **target, depth + 1);
    }
    static constexpr std::array kWords = {"enum",
                                          "const",
                                          "minimum",
                                          "maximum",
                                          "exclusiveMinimum",
                                          "exclusiveMaximum",
                                          "minLength",
                                          "maxLength",
                                          "pattern",
                                          "minItems",
                                          "maxItems",
                                          "items",
                                          "required",
                                          "allOf",
                                          "properties",
                                          "additionalProperties"};
    for (const char* word : kWords) {
        if (schema.contains(word)) return true;
    }
    for (const char* word : {"anyOf", "oneOf"}) {
        const Json* branches = member(schema, word);
        if (branches == nullptr || !branches->is_array()) continue;
        for (const Json& branch : *branches) {
            if (asks_more(root, branch, depth + 1)) return true;
        }
    }
    return false;
}

}  // namespace

ValidatorCompiler::ValidatorCompiler(const Json& root)
    : root_(root), validator_(std::make_unique<Validator>()) {}

Result<std::int32_t> ValidatorCompiler::compile_property(const Json& schema) {
    if (!asks_more(root_, schema, 0)) return -1;
    open_.clear();
    return compile(schema, true);
}

std::shared_ptr<const Validator> ValidatorCompiler::take() {
    if (validator_->nodes.empty()) return nullptr;
    return std::move(validator_);
}

Result<std::int32_t> ValidatorCompiler::compile(const Json& schema, bool same_value) {
    if (depth_ > kDepthMax || validator_->nodes.size() > kNodesMax) return too_large();
    if (schema.is_boolean() && schema.get<bool>()) return -1;
    if (!schema.is_object() && !schema.is_boolean()) {
        return fail(ErrorKind::Data, "schema-invalid",
                    "a schema has to be an object, true or false");
    }
    if (schema.is_object()) {
        if (schema.empty()) return -1;
        if (const Json* ref = member(schema, "$ref"); ref != nullptr && ref->is_string()) {
            return compile_reference(ref->get<std::string>(), same_value);
        }
    }
    const auto index = static_cast<std::int32_t>(validator_->nodes.size());
    validator_->nodes.emplace_back();
    std::vector<std::string> outer;
    if (!same_value) std::swap(outer, open_);
    ++depth_;
    const auto filled = fill(schema, index);
    --depth_;
    if (!same_value) std::swap(outer, open_);
    if (!filled) return std::unexpected(filled.error());
    return index;
}

Result<std::int32_t> ValidatorCompiler::compile_reference(const std::string& reference,
                                                          bool same_value) {
    if (same_value && std::ranges::find(open_, reference) != open_.end()) {
        return fail(ErrorKind::Data, "schema-ref",
                    "the reference \"" + reference + "\" leads back to itself");
    }
    const auto target = follow_reference(root_, reference);
    if (!target) return std::unexpected(target.error());
    if (const auto known = references_.find(reference); known != references_.end()) {
        return known->second;
    }
    // The node stands before it is filled: members of a value may be of the same schema again.
    const auto index = static_cast<std::int32_t>(validator_->nodes.size());
    validator_->nodes.emplace_back();
    references_[reference] = index;
    std::vector<std::string> outer;
    if (!same_value) std::swap(outer, open_);
    open_.push_back(reference);
    ++depth_;
    const auto node = compile(**target, true);
    --depth_;
    open_.pop_back();
    if (!same_value) std::swap(outer, open_);
    if (!node) return node;
    if (*node >= 0) validator_->nodes[static_cast<std::size_t>(index)].all_of = {*node};
    return index;
}

Result<> ValidatorCompiler::fill(const Json& schema, std::int32_t index) {
    CheckNode node;
    if (schema.is_boolean()) {
        node.kinds = 0;
    } else {
        read_kinds(schema, node);
        read_bounds(schema, node);
        read_values(schema, node);
        node.length_min = count_of(member(schema, "minLength"));
        node.length_max = count_of(member(schema, "maxLength"));
        node.items_min = count_of(member(schema, "minItems"));
        node.items_max = count_of(member(schema, "maxItems"));
        STREAMS_TRY(fill_pattern(schema, node));
        STREAMS_TRY(fill_object(schema, node));
        STREAMS_TRY(fill_choices(schema, node));
        if (const Json* items = member(schema, "items");
            items != nullptr && (items->is_object() || items->is_boolean())) {
            const auto compiled = compile(*items, false);
            if (!compiled) return std::unexpected(compiled.error());
            node.items = *compiled;
        }
    }
    validator_->nodes[static_cast<std::size_t>(index)] = std::move(node);
    return {};
}

Result<> ValidatorCompiler::fill_pattern(const Json& schema, CheckNode& node) {
    const Json* pattern = member(schema, "pattern");
    if (pattern == nullptr || !pattern->is_string()) return {};
    if (validator_->patterns.size() >= kPatternsMax) return too_large();
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kPatternMemory);
    auto compiled = std::make_unique<re2::RE2>(pattern->get<std::string>(), options);
    // What looks back or ahead cannot be matched in linear time.
    if (!compiled->ok()) return {};
    node.pattern = static_cast<std::int32_t>(validator_->patterns.size());
    validator_->patterns.push_back(std::move(compiled));
    return {};
}

Result<> ValidatorCompiler::fill_object(const Json& schema, CheckNode& node) {
    if (const Json* required = member(schema, "required");
        required != nullptr && required->is_array()) {
        for (const Json& name : *required) {
            if (name.is_string()) node.required.push_back(name.get<std::string>());
        }
    }
    if (const Json* properties = member(schema, "properties");
        properties != nullptr && properties->is_object()) {
        for (const auto& [name, property] : properties->items()) {
            const auto compiled = compile(property, false);
            if (!compiled) return std::unexpected(compiled.error());
            node.properties.emplace(name, *compiled);
        }
    }
    const Json* others = member(schema, "additionalProperties");
    if (others == nullptr || schema.contains("patternProperties")) return {};
    if (others->is_boolean()) {
        node.others_allowed = others->get<bool>();
        return {};
    }
    const auto compiled = compile(*others, false);
    if (!compiled) return std::unexpected(compiled.error());
    node.others = *compiled;
    return {};
}

Result<> ValidatorCompiler::fill_choices(const Json& schema, CheckNode& node) {
    for (const char* word : {"allOf", "anyOf", "oneOf"}) {
        const Json* branches = member(schema, word);
        if (branches == nullptr || !branches->is_array() || branches->empty()) continue;
        std::vector<std::int32_t> compiled;
        for (const Json& branch : *branches) {
            const auto part = compile(branch, true);
            if (!part) return std::unexpected(part.error());
            compiled.push_back(*part);
        }
        if (word[1] == 'l') {
            std::erase(compiled, -1);
            node.all_of = std::move(compiled);
        } else {
            (word[0] == 'a' ? node.any_of : node.one_of).push_back(std::move(compiled));
        }
    }
    return {};
}

}  // namespace streams
