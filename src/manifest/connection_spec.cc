#include "manifest/connection_spec.h"

#include <algorithm>
#include <fmt/format.h>
#include <re2/re2.h>

#include "schema/pattern.h"

namespace streams::manifest {
namespace {

// The first type that is not null.
std::string_view type_of(const Node& property) {
    const Node* type = property.find("type");
    if (type == nullptr) return "string";
    if (type->is_scalar()) return type->text;
    for (const Node& item : type->items) {
        if (item.text != "null") return item.text;
    }
    return "string";
}

Setting::Kind kind_of(std::string_view type) {
    if (type == "integer") return Setting::Kind::Integer;
    if (type == "number") return Setting::Kind::Number;
    if (type == "boolean") return Setting::Kind::Boolean;
    if (type == "array") return Setting::Kind::List;
    return Setting::Kind::Text;
}

bool is_yes(const Node* node) {
    return node != nullptr && json_of(*node).is_true();
}

Setting setting_of(const Node::Member& property, bool required) {
    Setting setting;
    setting.name = property.name;
    setting.kind = kind_of(type_of(property.value));
    setting.description = property.value.text_of("description");
    if (setting.description.empty()) setting.description = property.value.text_of("title");
    const Node* fallback = property.value.find("default");
    if (fallback != nullptr) setting.fallback = json_of(*fallback).plain();
    const Node* choices = property.value.find("enum");
    if (choices != nullptr) {
        for (const Node& choice : choices->items) setting.choices.push_back(choice.text);
    }
    setting.required = required && fallback == nullptr;
    setting.secret = is_yes(property.value.find("airbyte_secret"));
    if (const Node* more = property.value.find("x-streams")) {
        setting.identity = is_yes(more->find("identity"));
        setting.variable = more->text_of("variable");
    }
    return setting;
}

const Node* properties_of(const Part& root) {
    const auto part = root.child("spec");
    const Node* schema = part ? part->find("connection_specification") : nullptr;
    return schema != nullptr ? schema->find("properties") : nullptr;
}

}  // namespace

std::vector<SettingPattern> setting_patterns(const Part& root) {
    std::vector<SettingPattern> patterns;
    const Node* properties = properties_of(root);
    if (properties == nullptr) return patterns;
    for (const Node::Member& property : properties->members) {
        const auto pattern = property.value.text_of("pattern");
        if (pattern.empty()) continue;
        patterns.push_back({property.name, std::string(pattern),
                            std::string(property.value.text_of("pattern_descriptor"))});
    }
    return patterns;
}

Result<> check_patterns(const std::vector<SettingPattern>& patterns, const Settings& settings) {
    for (const auto& [name, pattern, descriptor] : patterns) {
        if (!settings.has(name)) continue;
        const auto compiled = compile_pattern(pattern);
        if (!compiled || re2::RE2::PartialMatch(settings.text(name), **compiled)) continue;
        return std::unexpected(
            Error{ErrorKind::Config,
                  "setting-value",
                  fmt::format("setting \"{}\" does not look as it has to", name),
                  settings.origin(name),
                  {},
                  fmt::format("write it as {}", descriptor.empty() ? pattern : descriptor)});
    }
    return {};
}

Spec connection_spec(const std::string& name, const Part& root) {
    std::string description = root.word("description");
    if (description.empty()) description = "Streams what the manifest describes.";
    Spec spec(name, std::move(description));
    const auto part = root.child("spec");
    const Node* schema = part ? part->find("connection_specification") : nullptr;
    const Node* properties = properties_of(root);
    if (properties == nullptr) return spec;
    const Node* required = schema->find("required");
    for (const Node::Member& property : properties->members) {
        const bool needed =
            required != nullptr &&
            std::ranges::find(required->items, property.name, &Node::text) != required->items.end();
        spec.append(setting_of(property, needed));
    }
    return spec;
}

}  // namespace streams::manifest
