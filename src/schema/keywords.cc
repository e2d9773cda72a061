#include "schema/keywords.h"

#include <algorithm>
#include <array>

namespace streams {
namespace {

struct Known {
    std::string_view name;
    Keyword keyword = Keyword::Unknown;
    Parts parts = Parts::None;
};

// What JSON Schema has, and the remarks of OpenAPI, Singer and those who write taps. Sorted.
constexpr std::array<Known, 87> kKnown = {{
    {"$anchor", Keyword::Annotation, Parts::None},
    {"$comment", Keyword::Annotation, Parts::None},
    {"$defs", Keyword::Annotation, Parts::Named},
    {"$id", Keyword::Annotation, Parts::None},
    {"$ref", Keyword::Checked, Parts::None},
    {"$schema", Keyword::Annotation, Parts::None},
    {"$vocabulary", Keyword::Annotation, Parts::None},
    {"additionalItems", Keyword::Checked, Parts::One},
    {"additionalProperties", Keyword::Checked, Parts::One},
    {"allOf", Keyword::Checked, Parts::Many},
    {"anyOf", Keyword::Checked, Parts::Many},
    {"const", Keyword::Checked, Parts::None},
    {"contains", Keyword::Checked, Parts::One},
    {"contentEncoding", Keyword::Annotation, Parts::None},
    {"contentMediaType", Keyword::Annotation, Parts::None},
    {"contentSchema", Keyword::Annotation, Parts::One},
    {"default", Keyword::Annotation, Parts::None},
    {"definitions", Keyword::Annotation, Parts::Named},
    {"dependencies", Keyword::Checked, Parts::Named},
    {"dependentRequired", Keyword::Checked, Parts::None},
    {"dependentSchemas", Keyword::Checked, Parts::Named},
    {"deprecated", Keyword::Annotation, Parts::None},
    {"description", Keyword::Annotation, Parts::None},
    {"discriminator", Keyword::Annotation, Parts::None},
    {"displayName", Keyword::Annotation, Parts::None},
    {"else", Keyword::Checked, Parts::One},
    {"enum", Keyword::Checked, Parts::None},
    {"enumDescriptions", Keyword::Annotation, Parts::None},
    {"enumNames", Keyword::Annotation, Parts::None},
    {"example", Keyword::Annotation, Parts::None},
    {"examples", Keyword::Annotation, Parts::None},
    {"exclusiveMaximum", Keyword::Checked, Parts::None},
    {"exclusiveMinimum", Keyword::Checked, Parts::None},
    {"externalDocs", Keyword::Annotation, Parts::None},
    {"format", Keyword::Annotation, Parts::None},
    {"group", Keyword::Annotation, Parts::None},
    {"hidden", Keyword::Annotation, Parts::None},
    {"id", Keyword::Annotation, Parts::None},
    {"if", Keyword::Checked, Parts::One},
    {"inclusion", Keyword::Annotation, Parts::None},
    {"items", Keyword::Checked, Parts::One},
    {"key", Keyword::Annotation, Parts::None},
    {"label", Keyword::Annotation, Parts::None},
    {"maxContains", Keyword::Checked, Parts::None},
    {"maxItems", Keyword::Checked, Parts::None},
    {"maxLength", Keyword::Checked, Parts::None},
    {"maxProperties", Keyword::Checked, Parts::None},
    {"maximum", Keyword::Checked, Parts::None},
    {"metadata", Keyword::Annotation, Parts::None},
    {"minContains", Keyword::Checked, Parts::None},
    {"minItems", Keyword::Checked, Parts::None},
    {"minLength", Keyword::Checked, Parts::None},
    {"minProperties", Keyword::Checked, Parts::None},
    {"minimum", Keyword::Checked, Parts::None},
    {"multipleOf", Keyword::Checked, Parts::None},
    {"name", Keyword::Annotation, Parts::None},
    {"not", Keyword::Checked, Parts::One},
    {"nullable", Keyword::Annotation, Parts::None},
    {"oneOf", Keyword::Checked, Parts::Many},
    {"order", Keyword::Annotation, Parts::None},
    {"pattern", Keyword::Checked, Parts::None},
    {"patternProperties", Keyword::Checked, Parts::Named},
    {"precision", Keyword::Annotation, Parts::None},
    {"prefixItems", Keyword::Checked, Parts::Many},
    {"properties", Keyword::Checked, Parts::Named},
    {"propertyNames", Keyword::Checked, Parts::One},
    {"propertyOrder", Keyword::Annotation, Parts::None},
    {"readOnly", Keyword::Annotation, Parts::None},
    {"replicable", Keyword::Annotation, Parts::None},
    {"required", Keyword::Checked, Parts::None},
    {"scale", Keyword::Annotation, Parts::None},
    {"secret", Keyword::Annotation, Parts::None},
    {"selected", Keyword::Annotation, Parts::None},
    {"sensitive", Keyword::Annotation, Parts::None},
    {"sqlDatatype", Keyword::Annotation, Parts::None},
    {"stream", Keyword::Annotation, Parts::None},
    {"tags", Keyword::Annotation, Parts::None},
    {"then", Keyword::Checked, Parts::One},
    {"title", Keyword::Annotation, Parts::None},
    {"type", Keyword::Checked, Parts::None},
    {"unevaluatedItems", Keyword::Unknown, Parts::One},
    {"unevaluatedProperties", Keyword::Unknown, Parts::One},
    {"uniqueItems", Keyword::Checked, Parts::None},
    {"unit", Keyword::Annotation, Parts::None},
    {"version", Keyword::Annotation, Parts::None},
    {"writeOnly", Keyword::Annotation, Parts::None},
    {"xml", Keyword::Annotation, Parts::None},
}};
static_assert(std::ranges::is_sorted(kKnown, {}, &Known::name));

const Known* find(std::string_view name) {
    const auto* const found = std::ranges::lower_bound(kKnown, name, {}, &Known::name);
    return found == kKnown.end() || found->name != name ? nullptr : &*found;
}

}  // namespace

Keyword keyword_of(std::string_view name) {
    if (const Known* known = find(name); known != nullptr) return known->keyword;
    const bool is_marked =
        !name.starts_with('$') && name.find_first_of("-_.:/") != std::string_view::npos;
    return is_marked ? Keyword::Annotation : Keyword::Unknown;
}

Parts parts_of(std::string_view name) {
    const Known* known = find(name);
    return known == nullptr ? Parts::None : known->parts;
}

}  // namespace streams
