#include "manifest/resolve.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "manifest/component_kinds.h"
#include "program/command_line.h"

namespace streams::manifest {
namespace {

constexpr std::size_t kNodesMax = 200'000;
constexpr std::size_t kReferencesDeepMax = 50;

std::unexpected<Error> refuse(const std::string& file, Place place, std::string id,
                              std::string what) {
    auto refused = fail(ErrorKind::Config, std::move(id), std::move(what));
    refused.error().where = shown_place(file, place);
    return refused;
}

template <typename Names>
std::string did_you_mean(std::string_view typed, const Names& names) {
    const std::string meant = nearest(typed, {names.begin(), names.end()});
    return meant.empty() ? std::string() : "did you mean \"" + meant + "\"?";
}

// Replaces references by copies of what they name.
class References {
 public:
    References(const std::string& file, const Node& root) : file_(file), root_(root) {}

    Result<Node> resolved(const Node& node) {
        if (++nodes_ > kNodesMax) {
            return refuse(file_, node.place, "manifest-too-large",
                          "references make more than 200000 values of it");
        }
        if (node.is_scalar() && node.text.starts_with("#/")) return named(node.text, node.place);
        if (node.is_list()) return list(node);
        if (node.is_map()) return map(node);
        return node;
    }

 private:
    Result<Node> list(const Node& node) {
        Node out = node;
        for (Node& item : out.items) {
            auto value = resolved(item);
            if (!value) return value;
            item = *std::move(value);
        }
        return out;
    }

    // A map's own members come before those of what its `$ref` names.
    Result<Node> map(const Node& node) {
        Node out;
        const Node* reference = node.find("$ref");
        if (reference != nullptr && reference->is_scalar()) {
            auto target = named(reference->text, reference->place);
            if (!target) return target;
            if (!target->is_map()) return target;
            out = *std::move(target);
        } else {
            out.kind = Node::Kind::Map;
            out.place = node.place;
            reference = nullptr;
        }
        for (const Node::Member& member : node.members) {
            if (reference != nullptr && member.name == "$ref") continue;
            auto value = resolved(member.value);
            if (!value) return value;
            if (Node* known = out.find(member.name)) {
                *known = *std::move(value);
            } else {
                out.members.push_back({member.name, member.place, *std::move(value)});
            }
        }
        return out;
    }

    Result<Node> named(const std::string& reference, Place place) {
        if (std::ranges::find(open_, reference) != open_.end() ||
            open_.size() > kReferencesDeepMax) {
            return refuse(file_, place, "reference-cycle",
                          fmt::format("the reference \"{}\" leads back to itself", reference));
        }
        const Node* target = find(reference);
        if (target == nullptr) {
            return refuse(file_, place, "reference-unknown",
                          fmt::format("there is no \"{}\"", reference));
        }
        open_.push_back(reference);
        auto value = resolved(*target);
        open_.pop_back();
        return value;
    }

    // A name may hold slashes itself, so the longest that fits is taken.
    const Node* find(std::string_view reference) const {
        if (!reference.starts_with("#/")) return nullptr;
        return find_below(root_, reference.substr(2));
    }

    static const Node* find_below(const Node& node, std::string_view path) {
        if (const Node* whole = node.find(path)) return whole;
        for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0;
             slash = path.rfind('/', slash - 1)) {
            const Node* inner = node.find(path.substr(0, slash));
            if (inner == nullptr) continue;
            if (const Node* found = find_below(*inner, path.substr(slash + 1))) return found;
        }
        return nullptr;
    }

    const std::string& file_;
    const Node& root_;
    std::vector<std::string> open_;
    std::size_t nodes_ = 0;
};

// Where values of the API's stand, which may have a `type` of their own.
bool holds_values(std::string_view property) {
    constexpr auto kValues = std::to_array<std::string_view>({
        "HttpRequester.request_parameters",
        "HttpRequester.request_headers",
        "HttpRequester.request_body_data",
        "HttpRequester.request_body_json",
        "HttpRequester.request_body",
        "ListPartitionRouter.values",
        "AddedFieldDefinition.value",
    });
    return std::ranges::find(kValues, property) != kValues.end();
}

// Fills in types, passes parameters down and checks against the table of kinds.
class Components {
 public:
    explicit Components(const std::string& file) : file_(file) {}

    Result<> value(const std::string& property, Node& node, const Node& parameters) const {
        if (node.is_list()) {
            for (Node& item : node.items) STREAMS_TRY(value(property, item, parameters));
            return {};
        }
        if (!node.is_map()) return {};
        fill_type(property, node);
        const std::string type(node.text_of("type"));
        if (type.empty()) return {};
        if (holds_values(property) && find_component_kind(type) == nullptr) return {};
        return component(type, node, parameters);
    }

 private:
    static void fill_type(const std::string& property, Node& node) {
        if (node.find("type") != nullptr) return;
        const std::string_view kind = default_kind(property);
        if (kind.empty() || node.find("class_name") != nullptr) return;
        Node type;
        type.kind = Node::Kind::Scalar;
        type.text = kind;
        type.place = node.place;
        node.set("type", std::move(type));
    }

    Result<> component(const std::string& type, Node& node, const Node& inherited) const {
        const ComponentKind* kind = find_component_kind(type);
        const Place place = node.find("type")->place;
        STREAMS_TRY(usable(kind, type, node, place));
        Node parameters = merged(inherited, node.find("$parameters"));
        const std::vector<ComponentProperty> known = properties_of(*kind);
        STREAMS_TRY(check_names(*kind, known, node));
        take_parameters(known, parameters, node);
        for (const ComponentProperty& property : known) {
            if (property.required && node.find(property.name) == nullptr) {
                return refuse(file_, node.place, "property-missing",
                              fmt::format("{} needs \"{}\"", type, property.name));
            }
        }
        for (Node::Member& member : node.members) {
            const std::string property = fmt::format("{}.{}", type, member.name);
            if (member.name.starts_with('$') || is_free_form(property)) continue;
            STREAMS_TRY(value(property, member.value, parameters));
        }
        node.set("$parameters", std::move(parameters));
        return {};
    }

    Result<> usable(const ComponentKind* kind, const std::string& type, const Node& node,
                    Place place) const {
        if (kind == nullptr) {
            auto refused = refuse(file_, place, "component-unknown",
                                  fmt::format("there is no component \"{}\"", type));
            refused.error().remedy = did_you_mean(type, component_kind_names());
            return refused;
        }
        if (kind->use == ComponentUse::Custom) {
            auto refused =
                refuse(file_, place, "custom-component",
                       fmt::format("{} \"{}\" is Python", type, node.text_of("class_name")));
            refused.error().remedy = "replace it by the components that run here";
            return refused;
        }
        if (kind->use == ComponentUse::Later) {
            return refuse(file_, place, "component-later",
                          fmt::format("{} is not run here yet", type));
        }
        return {};
    }

    Result<> check_names(const ComponentKind& kind, const std::vector<ComponentProperty>& known,
                         const Node& node) const {
        for (const Node::Member& member : node.members) {
            const bool ours = member.name.starts_with("x-") || member.name == "type" ||
                              member.name == "$parameters";
            if (ours ||
                std::ranges::find(known, member.name, &ComponentProperty::name) != known.end()) {
                continue;
            }
            auto refused = refuse(file_, member.place, "property-unknown",
                                  fmt::format("{} has no property \"{}\"", kind.name, member.name));
            std::vector<std::string_view> names;
            names.reserve(known.size());
            for (const ComponentProperty& property : known) names.push_back(property.name);
            refused.error().remedy = did_you_mean(member.name, names);
            return refused;
        }
        return {};
    }

    static Node merged(Node parameters, const Node* own) {
        parameters.kind = Node::Kind::Map;
        if (own == nullptr) return parameters;
        for (const Node::Member& member : own->members) parameters.set(member.name, member.value);
        return parameters;
    }

    static void take_parameters(const std::vector<ComponentProperty>& known, const Node& parameters,
                                Node& node) {
        for (const ComponentProperty& property : known) {
            const Node* value = parameters.find(property.name);
            if (value != nullptr && node.find(property.name) == nullptr) {
                node.set(property.name, *value);
            }
        }
    }

    const std::string& file_;
};

}  // namespace

Result<Node> resolve_manifest(const std::string& file, const Node& root) {
    if (!root.is_map()) {
        return refuse(file, root.place, "manifest-syntax", "a manifest is a map of properties");
    }
    Node source = root;
    source.remove("definitions");
    source.remove("schemas");
    auto resolved = References(file, root).resolved(source);
    if (!resolved) return resolved;
    if (resolved->find("type") == nullptr) {
        return refuse(file, root.place, "property-missing", "a manifest needs \"type\"");
    }
    Node parameters;
    parameters.kind = Node::Kind::Map;
    STREAMS_TRY(Components(file).value("", *resolved, parameters));
    if (resolved->text_of("type") != "DeclarativeSource") {
        return refuse(file, root.place, "component-unknown",
                      "a manifest is a component of type DeclarativeSource");
    }
    return resolved;
}

}  // namespace streams::manifest
