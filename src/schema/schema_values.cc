#include "schema/schema_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "schema/exact_number.h"
#include "schema/json_walk.h"

namespace streams {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kExcerptBytes = 60;
constexpr std::size_t kValueDepthMax = 128;
constexpr std::int64_t kDigitsMax = 18;

std::string text_of_json(const Json& value) {
    if (is_exact_number(value)) return {value.get_binary().begin(), value.get_binary().end()};
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_any_number(const Json& value) {
    return value.is_number() || is_exact_number(value);
}

// The same text as `append_canonical` of a value's bytes. Answers false where the value is nested
// deeper than `depth`.
bool append_canonical_json(const Json& value, std::size_t depth, std::string& text) {
    if (depth == 0) return false;
    if (is_any_number(value)) {
        append_canonical(read_exact(text_of_json(value)), text);
    } else if (value.is_string()) {
        append_canonical_text(value.get_ref<const std::string&>(), text);
    } else if (value.is_array()) {
        text += '[';
        for (const Json& item : value) {
            if (!append_canonical_json(item, depth - 1, text)) return false;
            text += ',';
        }
        text += ']';
    } else if (value.is_object()) {
        text += '{';
        for (const auto& item : value.items()) {
            append_canonical_text(item.key(), text);
            if (!append_canonical_json(item.value(), depth - 1, text)) return false;
            text += ',';
        }
        text += '}';
    } else {
        text += text_of_json(value).front();
    }
    return true;
}

bool is_true(const Json* value) {
    return value != nullptr && value->is_boolean() && value->get<bool>();
}

void set_bound(const Json& value, bool exclusive, Bound& bound) {
    bound.text = text_of_json(value);
    bound.exclusive = exclusive;
    const char* const last = bound.text.data() + bound.text.size();
    bound.is_small = bound.text.size() <= static_cast<std::size_t>(kDigitsMax) &&
                     std::from_chars(bound.text.data(), last, bound.whole).ptr == last;
}

// Draft 4 has `exclusiveMinimum: true` beside `minimum`, later ones have the number itself. Of two
// bounds the narrower one counts: `narrower` is 1 for minimums, -1 for maximums.
Result<> read_bound(const Json& schema, const char* name, const char* exclusive_name, int narrower,
                    Bound& bound) {
    const Json* value = member_of(schema, name);
    const Json* exclusive = member_of(schema, exclusive_name);
    if (value != nullptr) {
        if (!is_any_number(*value)) return bad_keyword(name, *value);
        set_bound(*value, is_true(exclusive), bound);
    }
    if (exclusive == nullptr || exclusive->is_boolean()) return {};
    if (!is_any_number(*exclusive)) return bad_keyword(exclusive_name, *exclusive);
    const std::string text = text_of_json(*exclusive);
    if (bound.text.empty() || compare(read_exact(text), read_exact(bound.text)) * narrower >= 0) {
        set_bound(*exclusive, true, bound);
    }
    return {};
}

Result<> read_multiple(const Json& schema, NumberCheck& number) {
    const Json* value = member_of(schema, "multipleOf");
    if (value == nullptr) return {};
    if (!is_any_number(*value)) return bad_keyword("multipleOf", *value);
    const std::string text = text_of_json(*value);
    const ExactNumber exact = read_exact(text);
    if (exact.count == 0 || exact.negative || exact.count > kDigitsMax) {
        return bad_keyword("multipleOf", *value);
    }
    for (const char c : exact.digits) {
        if (c != '.') number.multiple = number.multiple * 10 + static_cast<std::uint64_t>(c - '0');
    }
    number.multiple_power = exact.exponent - exact.count;
    number.multiple_text = text;
    return {};
}

Result<> add_value(const Json& value, ValueCheck& values) {
    if (value.is_string()) {
        values.texts.insert(value.get<std::string>());
        return {};
    }
    std::string canonical;
    if (!append_canonical_json(value, kValueDepthMax, canonical)) {
        return fail(ErrorKind::Data, "schema-size",
                    "a value of `enum` or `const` is nested deeper than " +
                        std::to_string(kValueDepthMax) + " levels");
    }
    values.others.insert(std::move(canonical));
    return {};
}

}  // namespace

bool is_exact_number(const Json& value) {
    return value.is_binary();
}

bool is_whole_number(const Json& value) {
    return is_any_number(value) && is_whole(read_exact(text_of_json(value)));
}

const Json* member_of(const Json& schema, const char* name) {
    if (!schema.is_object()) return nullptr;
    const auto found = schema.find(name);
    return found == schema.end() ? nullptr : &*found;
}

std::unexpected<Error> bad_keyword(const char* name, const Json& value) {
    std::string text = text_of_json(value);
    if (text.size() > kExcerptBytes) text = text.substr(0, kExcerptBytes) + "...";
    return fail(
        ErrorKind::Data, "schema-invalid",
        "the keyword \"" + std::string(name) + "\" has a value that it cannot have: " + text);
}

Result<std::int64_t> count_of(const Json& schema, const char* name, std::int64_t fallback) {
    const Json* value = member_of(schema, name);
    if (value == nullptr) return fallback;
    const double count = value->is_number() ? value->get<double>() : -1;  // 2.0 is 2.
    if (count < 0 ||
        count != static_cast<double>(static_cast<std::int64_t>(std::min(count, 1e15)))) {
        if (count > 1e15) return std::numeric_limits<std::int32_t>::max();
        return bad_keyword(name, *value);
    }
    return std::min<std::int64_t>(static_cast<std::int64_t>(count),
                                  std::numeric_limits<std::int32_t>::max());
}

Result<> read_kinds(const Json& schema, Kinds& kinds, bool& integer) {
    static constexpr std::array<std::pair<std::string_view, Kinds>, 7> kTypes = {{
        {"string", kTextKind},
        {"boolean", kBooleanKind},
        {"object", kObjectKind},
        {"array", kArrayKind},
        {"null", kNullKind},
        {"number", kNumberKind},
        {"integer", kNumberKind},
    }};
    const Json* type = member_of(schema, "type");
    if (type == nullptr) return {};
    kinds = 0;
    bool number = false;
    const auto add = [&](const Json& word) {
        if (!word.is_string()) return false;
        const std::string_view name = word.get_ref<const std::string&>();
        const auto* const found =
            std::ranges::find(kTypes, name, &std::pair<std::string_view, Kinds>::first);
        if (found == kTypes.end()) return false;
        kinds |= found->second;
        number = number || found->first == "number";
        integer = integer || found->first == "integer";
        return true;
    };
    const bool is_known = type->is_array() ? std::ranges::all_of(*type, add) : add(*type);
    if (!is_known) return bad_keyword("type", *type);
    integer = integer && !number;
    return {};
}

Result<> read_numbers(const Json& schema, CheckNode& node) {
    NumberCheck number;
    STREAMS_TRY(read_bound(schema, "minimum", "exclusiveMinimum", 1, number.minimum));
    STREAMS_TRY(read_bound(schema, "maximum", "exclusiveMaximum", -1, number.maximum));
    STREAMS_TRY(read_multiple(schema, number));
    if (!number.minimum.text.empty() || !number.maximum.text.empty() ||
        !number.multiple_text.empty()) {
        node.number = std::make_unique<NumberCheck>(std::move(number));
        for (Bound* bound : {&node.number->minimum, &node.number->maximum}) {
            bound->exact = read_exact(bound->text);
        }
    }
    return {};
}

Result<> read_values(const Json& schema, CheckNode& node) {
    const Json* list = member_of(schema, "enum");
    const Json* single = member_of(schema, "const");
    if (list == nullptr && single == nullptr) return {};
    if (list != nullptr && !list->is_array()) return bad_keyword("enum", *list);
    ValueCheck values;
    for (const Json& value : list == nullptr ? Json::array({*single}) : *list) {
        if (single == nullptr || *single == value) STREAMS_TRY(add_value(value, values));
    }
    node.values = std::make_unique<ValueCheck>(std::move(values));
    return {};
}

}  // namespace streams
