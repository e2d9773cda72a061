#include "schema/facts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "schema/schema_values.h"

namespace streams {
namespace {

using Json = nlohmann::json;

// A schema of 100,000 properties visits 300,000 nodes; a bomb visits 2^30.
constexpr std::size_t kVisitsMax = 1'000'000;
constexpr std::size_t kDepthMax = 128;
constexpr int kScaleMax = 100;

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

bool is_text(const Json* value, std::string_view text) {
    return value != nullptr && value->is_string() && value->get_ref<const std::string&>() == text;
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

// `enum` and `const` say the kinds where there is no `type`.
void read_values(const Json& schema, Facts& facts) {
    Kinds kinds = kEveryKind;
    bool whole = false;
    if (const Json* values = member_of(schema, "enum"); values != nullptr && values->is_array()) {
        kinds = 0;
        whole = true;
        for (const Json& value : *values) {
            kinds |= kinds_of_value(value);
            if (kinds_of_value(value) == kNumberKind && !is_whole_number(value)) whole = false;
        }
    }
    if (const Json* value = member_of(schema, "const"); value != nullptr) {
        kinds &= kinds_of_value(*value);
        whole = is_whole_number(*value);
    }
    facts.kinds &= kinds;
    if (kinds != kEveryKind && whole) facts.integer = true;
}

void read_formats(const Json& schema, Facts& facts) {
    if (const Json* multiple = member_of(schema, "multipleOf");
        multiple != nullptr && multiple->is_number()) {
        if (is_whole_number(*multiple)) {
            facts.integer = true;
        } else if (const auto scale = scale_of(multiple->get<double>()); scale) {
            facts.decimal = true;
            facts.scale = *scale;
        }
    }
    if (is_text(member_of(schema, "contentEncoding"), "base64")) {
        facts.text_type = Type::Binary;
    }
    const Json* format = member_of(schema, "format");
    if (format == nullptr || !format->is_string()) return;
    static constexpr std::array<std::pair<std::string_view, Type>, 6> kFormats = {{
        {"date-time", Type::Timestamp},
        {"date", Type::Date},
        {"time", Type::Time},
        {"uuid", Type::Uuid},
        {"singer.decimal", Type::Decimal},
        {"x-singer.decimal", Type::Decimal},
    }};
    const std::string_view name = format->get_ref<const std::string&>();
    const auto* const found =
        std::ranges::find(kFormats, name, &std::pair<std::string_view, Type>::first);
    if (found == kFormats.end()) return;
    facts.text_type = found->second;
    if (found->second != Type::Decimal) return;
    facts.decimal = !facts.integer;
    facts.scale = small_integer(member_of(schema, "scale"), facts.scale);
    facts.precision = small_integer(member_of(schema, "precision"), 0);
}

}  // namespace

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

Result<Facts> FactsReader::read(SchemaPlace place) {
    STREAMS_TRY(spend());
    const Json& schema = *place.schema;
    if (schema.is_boolean()) {
        Facts facts;
        if (!schema.get<bool>()) facts.kinds = 0;
        return facts;
    }
    if (!schema.is_object()) {
        return fail(ErrorKind::Data, "schema-invalid",
                    "a schema has to be an object, true or false");
    }
    const std::string* reference = SchemaReferences::reference_of(schema);
    if (reference != nullptr && !references_.has_siblings()) return follow(place, *reference);
    auto facts = read_own(place);
    if (!facts || reference == nullptr) return facts;
    const auto target = follow(place, *reference);
    if (!target) return target;
    return both(*facts, *target);
}

Result<Facts> FactsReader::read_part(const Json& schema, std::size_t base) {
    ++depth_;
    auto facts = read(references_.within(schema, base));
    --depth_;
    return facts;
}

Result<Facts> FactsReader::follow(SchemaPlace place, const std::string& reference) {
    const auto target = references_.follow(reference, place.base);
    if (!target) return std::unexpected(target.error());
    if (const auto known = known_.find(target->schema); known != known_.end()) {
        if (const std::optional<Facts>& facts = known->second; facts) return *facts;
        return fail(ErrorKind::Data, "schema-ref",
                    "the reference \"" + reference + "\" leads back to itself");
    }
    known_.try_emplace(target->schema);
    ++depth_;
    auto facts = read(*target);
    --depth_;
    if (facts) known_[target->schema] = *facts;
    return facts;
}

Result<> FactsReader::spend() {
    if (++visits_ > kVisitsMax || depth_ > kDepthMax) {
        return fail(ErrorKind::Data, "schema-size",
                    "the schema is too large or too deep once its references are followed");
    }
    return {};
}

Result<Facts> FactsReader::read_any(const Json& branches, std::size_t base) {
    auto any = read_part(branches.front(), base);
    for (std::size_t i = 1; any && i < branches.size(); ++i) {
        const auto part = read_part(branches[i], base);
        if (!part) return part;
        any = either(*any, *part);
    }
    return any;
}

Result<Facts> FactsReader::read_own(SchemaPlace place) {
    const Json& schema = *place.schema;
    Facts facts;
    STREAMS_TRY(read_kinds(schema, facts.kinds, facts.integer));
    read_values(schema, facts);
    read_formats(schema, facts);
    for (const char* word : {"anyOf", "oneOf"}) {
        const Json* branches = member_of(schema, word);
        if (branches == nullptr || !branches->is_array() || branches->empty()) continue;
        const auto any = read_any(*branches, place.base);
        if (!any) return any;
        facts = both(facts, *any);
    }
    if (const Json* all = member_of(schema, "allOf"); all != nullptr && all->is_array()) {
        for (const Json& branch : *all) {
            const auto part = read_part(branch, place.base);
            if (!part) return part;
            facts = both(facts, *part);
        }
    }
    return facts;
}

}  // namespace streams
