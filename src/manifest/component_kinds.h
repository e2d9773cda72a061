#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace streams::manifest {

enum class ComponentUse : std::uint8_t {
    Here,    ///< This engine runs it.
    Later,   ///< Part of the schema; refused by name.
    Custom,  ///< Someone's Python class; refused by name.
};

struct ComponentKind {
    std::string_view name;
    ComponentUse use;
    std::string_view properties;  ///< Apart by blanks; required ones have a star in front.
};

struct ComponentProperty {
    std::string_view name;
    bool required;
};

/// The kind of that name, or null.
const ComponentKind* find_component_kind(std::string_view name);
std::vector<std::string_view> component_kind_names();
std::vector<ComponentProperty> properties_of(const ComponentKind& kind);

/// What a component without `type` is that stands in `property` (`Kind.property`); empty: unknown.
std::string_view default_kind(std::string_view property);

/// Whether `property` (`Kind.property`) holds something else than components.
bool is_free_form(std::string_view property);

}  // namespace streams::manifest
