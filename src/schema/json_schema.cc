#include "schema/json_schema.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "schema/json_reference.h"
#include "schema/validator_compiler.h"

namespace streams {
namespace {

using Json = nlohmann::json;

// A schema of 100,000 properties visits 300,000 nodes; a bomb visits 2^30.
constexpr std::size_t kVisitsMax = 500'000;
constexpr int kDepthMax = 128;
constexpr int kScaleMax = 100;

struct Parsed {
    Json root;
    std::vector<std::string> order;  // Of the root's `properties`, as written.
};

// Notes the keys of the root's `properties`, whose order a map of members does not keep. (The
// parser's own callbacks cost the square of the number of members.)
class OrderReader final : public nlohmann::json_sax<Json> {
 public:
    explicit OrderReader(std::vector<std::string>& order) : order_(order) {}

    bool null() override { return true; }
    bool boolean(bool /*value*/) override { return true; }
    bool number_integer(number_integer_t /*value*/) override { return true; }
    bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
    bool string(string_t& /*value*/) override { return true; }
    bool binary(binary_t& /*value*/) override { return true; }
    bool start_object(std::size_t /*elements*/) override { return ++depth_ > 0; }
    bool end_object() override { return --depth_ >= 0; }
    bool start_array(std::size_t /*elements*/) override { return ++depth_ > 0; }
    bool end_array() override { return --depth_ >= 0; }
    bool key(string_t& name) override {
        if (depth_ == 1) is_inside_ = name == "properties";
        if (depth_ == 2 && is_inside_) order_.push_back(name);
        return true;
    }
    bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                     const nlohmann::detail::exception& /*error*/) override {
        return false;
    }

 private:
    std::vector<std::string>& order_;
    int depth_ = 0;
    bool is_inside_ = false;
};

Result<Parsed> parse(std::string_view text) {
    Parsed parsed;
    parsed.root = Json::parse(text, nullptr, false);
    OrderReader order(parsed.order);
    if (parsed.root.is_discarded() || !Json::sax_parse(text, &order)) {
        return fail(ErrorKind::Data, "schema-invalid", "the schema is not JSON");
    }
    return parsed;
}

const Json* member(const Json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

std::string excerpt(const Json& value) {
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > 100) text = text.substr(0, 97) + "...";
    return text;
}

std::unexpected<Error> invalid(std::string what) {
    return fail(ErrorKind::Data, "schema-invalid", std::move(what));
}

Kinds kinds_of_value(const Json& value) {
    switch (value.type()) {
        case Json::value_t::null:
            return kNullKind;
        case Json::value_t::string:
            return kTextKind;
        case Json::value_t::boolean:
            return kBooleanKind;
        case Json::value_t::object:
            return kObjectKind;
        case Json::value_t::array:
            return kArrayKind;
        default:
            return kNumberKind;
    }
}

bool is_whole(const Json& value) {
    return value.is_number_integer() ||
           (value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>());
}

// 10^-n in a schema is always written so that it parses to the double that 1e-n parses to.
std::optional<std::int32_t> scale_of(double multiple) {
    for (std::int32_t n = 1; n <= kScaleMax; ++n) {
        if (multiple == std::strtod(("1e-" + std::to_string(n)).c_str(), nullptr)) return n;
    }
    return std::nullopt;
}

std::int32_t small_integer(const Json* value, std::int32_t fallback) {
    if (value == nullptr || !value->is_number_integer()) return fallback;
    const auto number = value->get<std::int64_t>();
    return number >= 0 && number <= 1'000'000 ? static_cast<std::int32_t>(number) : fallback;
}

// A value may be of `a` or of `b`.
Facts either(const Facts& a, const Facts& b) {
    Facts facts;
    facts.kinds = a.kinds | b.kinds;
    const bool a_numbers = (a.kinds & kNumberKind) != 0;
    const bool b_numbers = (b.kinds & kNumberKind) != 0;
    if (a_numbers != b_numbers) {
        const Facts& numbers = a_numbers ? a : b;
        facts.integer = numbers.integer;
        facts.decimal = numbers.decimal;
        facts.scale = numbers.scale;
        facts.precision = numbers.precision;
    } else {
        facts.integer = a.integer && b.integer;
        facts.decimal = a.decimal && b.decimal && a.scale == b.scale;
        if (facts.decimal) facts.scale = a.scale;
    }
    const bool a_texts = (a.kinds & kTextKind) != 0;
    const bool b_texts = (b.kinds & kTextKind) != 0;
    if (a_texts != b_texts) {
        const Facts& texts = a_texts ? a : b;
        facts.text_type = texts.text_type;
        if (texts.text_type == Type::Decimal) {
            facts.scale = texts.scale;
            facts.precision = texts.precision;
        }
    } else if (a.text_type == b.text_type) {
        facts.text_type = a.text_type;
        if (a.scale == b.scale) facts.scale = a.scale;
    }
    return facts;
}

// A value is of `a` and of `b`.
Facts both(const Facts& a, const Facts& b) {
    Facts facts = a;
    facts.kinds = a.kinds & b.kinds;
    facts.integer = a.integer || b.integer;
    if (!a.decimal && b.decimal) facts.decimal = true;
    if (a.text_type == Type::Text) facts.text_type = b.text_type;
    if (a.scale < 0) {
        facts.scale = b.scale;
        facts.precision = b.precision;
    }
    return facts;
}

class SchemaReader {
 public:
    explicit SchemaReader(const Json& root) : root_(root) {}

    Result<Facts> facts(const Json& schema, int depth) {
        STREAMS_TRY(spend(depth));
        if (schema.is_boolean()) {
            Facts facts;
            if (!schema.get<bool>()) facts.kinds = 0;
            return facts;
        }
        if (!schema.is_object()) {
            return invalid("a schema has to be an object, true or false: " + excerpt(schema));
        }
        if (const Json* ref = member(schema, "$ref"); ref != nullptr && ref->is_string()) {
            return through_ref(ref->get<std::string>(),
                               [&](const Json& target) { return facts(target, depth + 1); });
        }
        return own_facts(schema, depth);
    }

    // Gives `schema` with what its `$ref` and `allOf` lead to, one by one, to `visit`.
    template <typename Visit>
    Result<> each_part(const Json& schema, int depth, const Visit& visit) {
        STREAMS_TRY(spend(depth));
        if (const Json* ref = member(schema, "$ref"); ref != nullptr && ref->is_string()) {
            return through_ref(ref->get<std::string>(), [&](const Json& target) {
                return each_part(target, depth + 1, visit);
            });
        }
        STREAMS_TRY(visit(schema));
        if (const Json* all = member(schema, "allOf"); all != nullptr && all->is_array()) {
            for (const Json& part : *all) STREAMS_TRY(each_part(part, depth + 1, visit));
        }
        return {};
    }

 private:
    Result<> spend(int depth) {
        if (++visits_ > kVisitsMax || depth > kDepthMax) {
            return fail(ErrorKind::Data, "schema-size",
                        "the schema is too large or too deep once its references are followed");
        }
        return {};
    }

    template <typename Follow>
    auto through_ref(const std::string& ref, const Follow& follow)
        -> decltype(follow(std::declval<const Json&>())) {
        if (std::ranges::find(open_, ref) != open_.end()) {
            return fail(ErrorKind::Data, "schema-ref",
                        "the reference \"" + ref + "\" leads back to itself");
        }
        const auto target = follow_reference(root_, ref);
        if (!target) return std::unexpected(target.error());
        open_.push_back(ref);
        auto result = follow(**target);
        open_.pop_back();
        return result;
    }

    Result<Facts> own_facts(const Json& schema, int depth) {
        Facts facts;
        STREAMS_TRY(read_type(schema, facts));
        read_values(schema, facts);
        read_formats(schema, facts);
        for (const char* word : {"anyOf", "oneOf"}) {
            const Json* branches = member(schema, word);
            if (branches == nullptr || !branches->is_array() || branches->empty()) continue;
            std::optional<Facts> any;
            for (const Json& branch : *branches) {
                const auto part = this->facts(branch, depth + 1);
                if (!part) return part;
                any = any ? either(*any, *part) : *part;
            }
            facts = both(facts, *any);
        }
        if (const Json* all = member(schema, "allOf"); all != nullptr && all->is_array()) {
            for (const Json& branch : *all) {
                const auto part = this->facts(branch, depth + 1);
                if (!part) return part;
                facts = both(facts, *part);
            }
        }
        return facts;
    }

    static Result<> read_type(const Json& schema, Facts& facts) {
        const Json* type = member(schema, "type");
        if (type == nullptr) return {};
        facts.kinds = 0;
        bool number = false;
        bool integer = false;
        const auto add = [&](const Json& word) {
            if (word == "string")
                facts.kinds |= kTextKind;
            else if (word == "boolean")
                facts.kinds |= kBooleanKind;
            else if (word == "object")
                facts.kinds |= kObjectKind;
            else if (word == "array")
                facts.kinds |= kArrayKind;
            else if (word == "null")
                facts.kinds |= kNullKind;
            else if (word == "number")
                number = true;
            else if (word == "integer")
                integer = true;
            else
                return false;
            return true;
        };
        const bool known = type->is_array() ? std::ranges::all_of(*type, add) : add(*type);
        if (!known) return invalid("\"type\": " + excerpt(*type) + " is no type of JSON Schema");
        if (number || integer) facts.kinds |= kNumberKind;
        facts.integer = integer && !number;
        return {};
    }

    // `enum` and `const` say the kinds where there is no `type`.
    static void read_values(const Json& schema, Facts& facts) {
        Kinds kinds = kEveryKind;
        bool whole = false;
        if (const Json* values = member(schema, "enum"); values != nullptr && values->is_array()) {
            kinds = 0;
            whole = true;
            for (const Json& value : *values) {
                kinds |= kinds_of_value(value);
                if (value.is_number() && !is_whole(value)) whole = false;
            }
        }
        if (const Json* value = member(schema, "const"); value != nullptr) {
            kinds &= kinds_of_value(*value);
            whole = is_whole(*value);
        }
        facts.kinds &= kinds;
        if (kinds != kEveryKind && whole) facts.integer = true;
    }

    static void read_formats(const Json& schema, Facts& facts) {
        if (const Json* multiple = member(schema, "multipleOf");
            multiple != nullptr && multiple->is_number()) {
            if (is_whole(*multiple)) {
                facts.integer = true;
            } else if (const auto scale = scale_of(multiple->get<double>()); scale) {
                facts.decimal = true;
                facts.scale = *scale;
            }
        }
        if (const Json* encoding = member(schema, "contentEncoding");
            encoding != nullptr && *encoding == "base64") {
            facts.text_type = Type::Binary;
        }
        const Json* format = member(schema, "format");
        if (format == nullptr || !format->is_string()) return;
        static const std::unordered_map<std::string_view, Type> kFormats = {
            {"date-time", Type::Timestamp},
            {"date", Type::Date},
            {"time", Type::Time},
            {"uuid", Type::Uuid},
            {"singer.decimal", Type::Decimal},
            {"x-singer.decimal", Type::Decimal}};
        const auto found = kFormats.find(format->get_ref<const std::string&>());
        if (found == kFormats.end()) return;
        facts.text_type = found->second;
        if (found->second != Type::Decimal) return;
        facts.decimal = !facts.integer;
        facts.scale = small_integer(member(schema, "scale"), facts.scale);
        facts.precision = small_integer(member(schema, "precision"), 0);
    }

    const Json& root_;
    std::size_t visits_ = 0;
    std::vector<std::string> open_;  // References that are being followed.
};

// What the parts of a root schema add up to.
class Collector {
 public:
    Collector(SchemaReader& reader, ValidatorCompiler& compiler,
              const std::vector<std::string>& order)
        : reader_(reader), compiler_(compiler), order_(order) {}

    Result<> add(const Json& part) {
        if (part.is_boolean()) return {};
        if (!part.is_object()) return invalid("a schema has to be an object: " + excerpt(part));
        if (const Json* properties = member(part, "properties"); properties != nullptr) {
            if (!properties->is_object()) return invalid("\"properties\" has to be an object");
            STREAMS_TRY(add_properties(*properties));
        }
        if (const Json* required = member(part, "required");
            required != nullptr && required->is_array()) {
            for (const Json& name : *required) {
                if (name.is_string()) found.required.push_back(name.get<std::string>());
            }
        }
        return add_others(part);
    }

    SchemaFacts found;

 private:
    Result<> add_properties(const Json& properties) {
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
            const auto facts = reader_.facts(schema, 1);
            if (!facts) return while_doing("property \"" + std::string(name) + "\"", facts.error());
            const auto check = compiler_.compile_property(schema);
            if (!check) return while_doing("property \"" + std::string(name) + "\"", check.error());
            const Json* key = member(schema, "key");
            const bool marked = key != nullptr && key->is_boolean() && key->get<bool>();
            if (index.second == nullptr) {
                index.first = found.properties.size();
                found.properties.push_back({std::string(name), *facts, marked, *check});
            } else {
                Property& property = found.properties[index.first];
                property.facts = both(property.facts, *facts);
                if (property.check < 0) property.check = *check;
            }
            index.second = &schema;
        }
        return {};
    }

    Result<> add_others(const Json& part) {
        const Json* others = member(part, "additionalProperties");
        if (others == nullptr) return {};
        if (member(part, "patternProperties") != nullptr) return {};
        const auto facts = reader_.facts(*others, 1);
        if (!facts) return std::unexpected(facts.error());
        found.others = both(found.others, *facts);
        found.others_allowed = found.others.kinds != 0;
        return {};
    }

    SchemaReader& reader_;
    ValidatorCompiler& compiler_;
    const std::vector<std::string>& order_;
    std::unordered_map<std::string, std::pair<std::size_t, const Json*>> index_;
};

}  // namespace

Result<SchemaFacts> read_schema(std::string_view text) {
    const auto parsed = parse(text);
    if (!parsed) return std::unexpected(parsed.error());
    if (!parsed->root.is_object() && !parsed->root.is_boolean()) {
        return invalid("a schema has to be an object: " + excerpt(parsed->root));
    }
    SchemaReader reader(parsed->root);
    ValidatorCompiler compiler(parsed->root);
    Collector collector(reader, compiler, parsed->order);
    STREAMS_TRY(
        reader.each_part(parsed->root, 1, [&](const Json& part) { return collector.add(part); }));
    collector.found.validator = compiler.take();
    return std::move(collector.found);
}

bool are_equal_schemas(std::string_view a, std::string_view b) {
    if (a == b) return true;
    const Json first = Json::parse(a, nullptr, false);
    const Json second = Json::parse(b, nullptr, false);
    return !first.is_discarded() && !second.is_discarded() && first == second;
}

std::string property_text(std::string_view schema, std::string_view name) {
    const Json root = Json::parse(schema, nullptr, false);
    const Json* properties = member(root, "properties");
    const Json* found =
        properties == nullptr ? nullptr : member(*properties, std::string(name).c_str());
    return found == nullptr ? std::string() : excerpt(*found);
}

}  // namespace streams
