#include "schema/json_schema.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "schema/json_reference.h"
#include "schema/schema_text.h"
#include "schema/schema_values.h"
#include "schema/validator_compiler.h"

namespace streams {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDepthMax = 128;

std::string excerpt(const Json& value) {
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > 100) text = text.substr(0, 97) + "...";
    return text;
}

std::unexpected<Error> invalid(std::string what) {
    return fail(ErrorKind::Data, "schema-invalid", std::move(what));
}

// What a record has to hold to as a whole; the rest is asked of its members one by one.
constexpr std::array kWholeWords = {"enum",
                                    "const",
                                    "minProperties",
                                    "maxProperties",
                                    "propertyNames",
                                    "patternProperties",
                                    "dependencies",
                                    "dependentRequired",
                                    "not",
                                    "dependentSchemas",
                                    "if",
                                    "anyOf",
                                    "oneOf"};

// What the parts of a root schema, those that its `$ref` and `allOf` lead to, add up to.
class Collector {
 public:
    Collector(const SchemaReferences& references, const std::vector<std::string>& order)
        : references_(references), reader_(references), compiler_(references), order_(order) {}

    Result<SchemaFacts> collect() {
        const SchemaPlace root = references_.root();
        STREAMS_TRY(add_part(root, 1));
        if (is_whole_ || (parts_ > 1 && has_others_)) {
            const auto check = compiler_.compile(root);
            if (!check) return std::unexpected(check.error());
            found_.record_check = *check;
            found_.others_check = kNoCheck;
            for (Property& property : found_.properties) property.check = kNoCheck;
        }
        auto validator = compiler_.take();
        if (!validator) return std::unexpected(validator.error());
        found_.validator = *std::move(validator);
        return std::move(found_);
    }

 private:
    Result<> add_part(SchemaPlace place, std::size_t depth) {
        if (++parts_ > kPartsMax || depth > kDepthMax) {
            return fail(ErrorKind::Data, "schema-size",
                        "the schema is too large or too deep once its references are followed");
        }
        const Json& part = *place.schema;
        if (part.is_boolean()) {
            is_whole_ = is_whole_ || !part.get<bool>();
            return {};
        }
        if (!part.is_object()) return invalid("a schema has to be an object: " + excerpt(part));
        const std::string* reference = SchemaReferences::reference_of(part);
        if (reference != nullptr) {
            const auto target = references_.follow(*reference, place.base);
            if (!target) return std::unexpected(target.error());
            STREAMS_TRY(add_part(*target, depth + 1));
            if (!references_.has_siblings()) return {};
        }
        STREAMS_TRY(ValidatorCompiler::check_keywords(part));
        STREAMS_TRY(add_own(place));
        const Json* all = member_of(part, "allOf");
        if (all == nullptr) return {};
        if (!all->is_array()) return bad_keyword("allOf", *all);
        for (const Json& branch : *all) {
            STREAMS_TRY(add_part(references_.within(branch, place.base), depth + 1));
        }
        return {};
    }

    Result<> add_own(SchemaPlace place) {
        const Json& part = *place.schema;
        Kinds kinds = kEveryKind;
        bool integer = false;
        STREAMS_TRY(read_kinds(part, kinds, integer));
        is_whole_ =
            is_whole_ || (kinds & kObjectKind) == 0 ||
            std::ranges::any_of(kWholeWords, [&](const char* word) { return part.contains(word); });
        if (const Json* properties = member_of(part, "properties"); properties != nullptr) {
            if (!properties->is_object()) return bad_keyword("properties", *properties);
            STREAMS_TRY(add_properties(*properties, place.base));
        }
        if (const Json* required = member_of(part, "required"); required != nullptr) {
            if (!required->is_array()) return bad_keyword("required", *required);
            for (const Json& name : *required) {
                if (!name.is_string()) return bad_keyword("required", *required);
                found_.required.push_back(name.get<std::string>());
            }
        }
        return add_others(place);
    }

    Result<> add_properties(const Json& properties, std::size_t base) {
        std::vector<std::string_view> names;
        for (const std::string& name : order_) {
            if (properties.contains(name)) names.push_back(name);
        }
        if (names.size() < properties.size()) {
            for (const auto& item : properties.items()) names.push_back(item.key());
        }
        for (const std::string_view name : names) {
            const Json& schema = properties.at(std::string(name));
            auto& index = index_[std::string(name)];
            if (index.second == &schema) continue;
            const auto added = add_property(name, references_.within(schema, base), index);
            if (!added) return while_doing("property \"" + std::string(name) + "\"", added.error());
            index.second = &schema;
        }
        return {};
    }

    Result<> add_property(std::string_view name, SchemaPlace place,
                          std::pair<std::size_t, const Json*>& index) {
        const auto facts = reader_.read(place);
        if (!facts) return std::unexpected(facts.error());
        const auto check = check_of(place, *facts);
        if (!check) return std::unexpected(check.error());
        if (index.second == nullptr) {
            const Json* key = member_of(*place.schema, "key");
            const bool marked = key != nullptr && key->is_boolean() && key->get<bool>();
            index.first = found_.properties.size();
            found_.properties.push_back({std::string(name), *facts, marked, *check});
            return {};
        }
        Property& property = found_.properties[index.first];
        property.facts = both(property.facts, *facts);
        is_whole_ = is_whole_ || (*check != kNoCheck && property.check != kNoCheck);
        if (property.check == kNoCheck) property.check = *check;
        return {};
    }

    // Kinds are held to by the columns themselves.
    Result<CheckIndex> check_of(SchemaPlace place, const Facts& facts) {
        const auto check = compiler_.compile(place);
        if (!check) return check;
        const auto kinds = compiler_.plain(*check);
        const bool has_numbers = (facts.kinds & kNumberKind) != 0;
        const bool is_all = kinds && kinds->first == facts.kinds &&
                            (!has_numbers || kinds->second == facts.integer);
        return is_all ? kNoCheck : *check;
    }

    Result<> add_others(SchemaPlace place) {
        const Json& part = *place.schema;
        const Json* others = member_of(part, "additionalProperties");
        if (others == nullptr) return {};
        has_others_ = true;
        if (part.contains("patternProperties")) return {};
        const SchemaPlace inner = references_.within(*others, place.base);
        const auto facts = reader_.read(inner);
        if (!facts) return std::unexpected(facts.error());
        const auto check = check_of(inner, *facts);
        if (!check) return std::unexpected(check.error());
        // With several parts each has its own notion of what is additional: the whole is checked.
        found_.others = *facts;
        found_.others_check = *check;
        found_.others_allowed = found_.others.kinds != 0;
        return {};
    }

    static constexpr std::size_t kPartsMax = 10'000;

    const SchemaReferences& references_;
    FactsReader reader_;
    ValidatorCompiler compiler_;
    const std::vector<std::string>& order_;
    SchemaFacts found_;
    std::size_t parts_ = 0;
    bool is_whole_ = false;
    bool has_others_ = false;
    std::unordered_map<std::string, std::pair<std::size_t, const Json*>> index_;
};

}  // namespace

Result<SchemaFacts> read_schema(std::string_view text) {
    const auto parsed = parse_schema(text);
    if (!parsed) return std::unexpected(parsed.error());
    const auto draft = draft_of(parsed->root);
    if (!draft) return std::unexpected(draft.error());
    const auto references = SchemaReferences::of(parsed->root, *draft);
    if (!references) return std::unexpected(references.error());
    return Collector(*references, parsed->order).collect();
}

bool are_equal_schemas(std::string_view a, std::string_view b) {
    if (a == b) return true;
    const Json first = Json::parse(a, nullptr, false);
    const Json second = Json::parse(b, nullptr, false);
    return !first.is_discarded() && !second.is_discarded() && first == second;
}

std::string property_text(std::string_view schema, std::string_view name) {
    const Json root = Json::parse(schema, nullptr, false);
    const Json* properties = member_of(root, "properties");
    const Json* found =
        properties == nullptr ? nullptr : member_of(*properties, std::string(name).c_str());
    return found == nullptr ? std::string() : excerpt(*found);
}

}  // namespace streams
