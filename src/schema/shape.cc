#include "schema/shape.h"

#include <algorithm>
#include <utility>

#include "schema/frozen.h"
#include "schema/widening.h"

namespace streams {
namespace {

std::string_view suffix_of(Kind kind, Type type) {
    switch (kind) {
        case Kind::Text:
            return "__st";
        case Kind::Boolean:
            return "__bo";
        case Kind::Number:
            return type == Type::Integer ? "__it" : "__de";
        case Kind::Object:
        case Kind::Array:
        case Kind::Any:
            break;
    }
    return "__js";
}

std::string_view own_name(Origin origin) {
    switch (origin) {
        case Origin::TableVersion:
            return "_sdc_table_version";
        case Origin::TimeExtracted:
            return "_sdc_extracted_at";
        case Origin::Received:
            return "_sdc_received_at";
        case Origin::Sequence:
            return "_sdc_sequence";
        case Origin::Record:
            break;
    }
    return {};
}

bool is_one_kind(Kinds kinds) {
    return kinds != 0 && (kinds & (kinds - 1)) == 0;
}

Kind kind_of(Kinds kinds) {
    switch (kinds) {
        case kTextKind:
            return Kind::Text;
        case kNumberKind:
            return Kind::Number;
        case kBooleanKind:
            return Kind::Boolean;
        case kObjectKind:
            return Kind::Object;
        case kArrayKind:
            return Kind::Array;
        default:
            return Kind::Any;
    }
}

Field field_of(const Property& property, Formats formats) {
    const Facts& facts = property.facts;
    const Kinds kinds = facts.kinds & static_cast<Kinds>(~kNullKind);
    Field field;
    field.path = property.name;
    field.declared = true;
    field.kind = is_one_kind(kinds) ? kind_of(kinds) : Kind::Any;
    if (field.kind == Kind::Boolean) field.type = Type::Boolean;
    if (field.kind == Kind::Text) {
        field.type = facts.text_type;
        if (formats == Formats::Text && field.type != Type::Decimal) field.type = Type::Text;
    }
    if (field.kind == Kind::Number) {
        field.type = facts.integer ? Type::Integer : facts.decimal ? Type::Decimal : Type::Double;
    }
    if (field.type == Type::Decimal) {
        field.scale = facts.scale;
        field.precision = facts.precision;
    }
    return field;
}

Rule rule_of(const Facts& facts) {
    Rule rule;
    rule.kinds = facts.kinds;
    rule.integer = facts.integer;
    return rule;
}

Rules rules_of(const SchemaFacts& facts) {
    Rules rules;
    rules.others = rule_of(facts.others);
    if (!facts.others_allowed) rules.others.kinds = 0;
    rules.others.check = facts.others_check;
    rules.validator = facts.validator;
    rules.record_check = facts.record_check;
    rules.members.reserve(facts.properties.size());
    for (const Property& property : facts.properties) {
        Rule rule = rule_of(property.facts);
        rule.declared = true;
        rule.check = property.check;
        rules.members.emplace(property.name, rule);
    }
    for (const std::string& name : facts.required) {
        rules.members.try_emplace(name, rules.others).first->second.required = true;
    }
    return rules;
}

std::vector<std::string> key_of(const SchemaFacts& facts,
                                const std::optional<std::vector<std::string>>& key) {
    std::vector<std::string> names;
    if (key) {
        for (const std::string& name : *key) {
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
        }
        return names;
    }
    for (const Property& property : facts.properties) {
        if (property.marked_key) names.push_back(property.name);
    }
    return names;
}

bool are_same_names(std::vector<std::string> a, std::vector<std::string> b) {
    std::ranges::sort(a);
    std::ranges::sort(b);
    return a == b;
}

std::string list_of(const std::vector<std::string>& names) {
    if (names.empty()) return "none";
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::unexpected<Error> key_changed(const std::string& stream, std::string what) {
    return std::unexpected(Error{ErrorKind::Config,
                                 "key-changed",
                                 "stream \"" + stream + "\": " + std::move(what),
                                 {},
                                 {},
                                 "load the stream anew: --refresh " + stream});
}

std::unexpected<Error> column_spelling(const std::string& stream, const std::string& path,
                                       const std::string& holds, const std::string& flag) {
    return std::unexpected(Error{
        ErrorKind::Config,
        "column-spelling",
        "stream \"" + stream + "\", field \"" + path + "\": its column " + holds +
            ", and this run asks for another form",
        {},
        {},
        "keep the form that is there: " + flag + "; or load the stream anew: --refresh " + stream});
}

}  // namespace

Shape::Shape(std::string_view name, const ShapePolicy& policy)
    : policy_(policy), names_(policy.naming) {
    stream_.name = name;
}

Result<Shape> Shape::declared(std::string_view name, std::string_view schema,
                              const std::optional<std::vector<std::string>>& key,
                              const ShapePolicy& policy) {
    Shape shape(name, policy);
    STREAMS_TRY(shape.declare(schema, key));
    if (policy.extracted_at) shape.add_ours(Origin::TimeExtracted);
    if (policy.received_at) shape.add_ours(Origin::Received);
    if (policy.sequence) shape.add_ours(Origin::Sequence);
    shape.find_key();
    return shape;
}

Shape Shape::inferred(std::string_view name, const std::vector<std::string>& key,
                      const ShapePolicy& policy) {
    Shape shape(name, policy);
    shape.key_ = key;
    if (policy.extracted_at) shape.add_ours(Origin::TimeExtracted);
    if (policy.received_at) shape.add_ours(Origin::Received);
    if (policy.sequence) shape.add_ours(Origin::Sequence);
    shape.find_key();
    return shape;
}

Result<> Shape::declare(std::string_view schema,
                        const std::optional<std::vector<std::string>>& key) {
    const auto facts = read_schema(schema);
    if (!facts) return while_doing("stream \"" + stream_.name + "\"", facts.error());
    std::vector<std::string> names = key_of(*facts, key);
    if (!key && names.empty()) names = key_;
    if (!schema_.empty() || !key_.empty()) {
        if (!are_same_names(names, key_)) {
            return key_changed(stream_.name, "the key was " + list_of(key_) +
                                                 ", and a later SCHEMA says " + list_of(names));
        }
    } else {
        key_ = std::move(names);
    }
    is_fixed_ = policy_.frozen && !by_path_.empty();
    STREAMS_TRY(declare_fields(*facts));
    rules_ = rules_of(*facts);
    STREAMS_TRY(check_none_gone());
    STREAMS_TRY(check_splits());
    schema_ = schema;
    ++revision_;
    return {};
}

// A key has one column.
bool Shape::splits(Kinds kinds, std::string_view path) const {
    if (policy_.mixed != Mixed::Split) return false;
    kinds |= kNullKind;
    const bool is_any = kinds == kEveryKind;
    const bool is_one = is_one_kind(static_cast<Kinds>(kinds ^ kNullKind));
    return !is_any && !is_one && std::ranges::find(key_, path) == key_.end();
}

void Shape::follow_policy(Field& field) const {
    if (field.type == Type::Double && policy_.exact_numbers) field.type = Type::Decimal;
    if (field.type != Type::Json) return;
    const bool is_text =
        field.kind == Kind::Any ? policy_.mixed == Mixed::Text : policy_.nested == Nested::Text;
    if (is_text) field.type = Type::Text;
}

Result<> Shape::declare_fields(const SchemaFacts& facts) {
    for (const Property& property : facts.properties) {
        // What may only be null has no kind, and so no column.
        if ((property.facts.kinds & static_cast<Kinds>(~kNullKind)) == 0) continue;
        if (splits(property.facts.kinds, property.name)) continue;  // Values bring the columns.
        Field field = field_of(property, policy_.formats);
        follow_policy(field);
        STREAMS_TRY(place(field));
    }
    name_new_fields();
    return {};
}

Result<> Shape::declare_again(std::string_view schema,
                              const std::optional<std::vector<std::string>>& key) {
    const bool is_equal = !schema_.empty() && are_equal_schemas(schema, schema_);
    if (is_equal && (!key || are_same_names(*key, key_))) return {};
    STREAMS_TRY(declare(schema, key));
    find_key();
    return {};
}

Result<> Shape::check_none_gone() const {
    if (!is_fixed_) return {};
    for (const Field& field : stream_.fields) {
        const bool is_checked = field.origin == Origin::Record && field.declared;
        if (!is_checked || rules_.of(field.path).declared) continue;
        return std::unexpected(frozen_field_gone(stream_.name, field.path));
    }
    return {};
}

// Whether a stored column of JSON is spelled as this run would spell it.
Result<> Shape::check_spelling(const Field& stored) const {
    const bool is_nested = stored.kind == Kind::Object || stored.kind == Kind::Array;
    if (stored.origin != Origin::Record || (!is_nested && stored.kind != Kind::Any)) return {};
    const bool wants_text =
        is_nested ? policy_.nested == Nested::Text : policy_.mixed == Mixed::Text;
    if (wants_text == (stored.type == Type::Text)) return {};
    const std::string flag = is_nested ? "--nested " : "--mixed ";
    return column_spelling(stream_.name, stored.path,
                           wants_text ? "holds JSON" : "holds JSON's bytes as text",
                           flag + (wants_text ? "json" : "text"));
}

// Columns of their own for each kind come too late where one column has them all.
Result<> Shape::check_splits() const {
    for (std::size_t i = 0; i < stream_.fields.size(); ++i) {
        const Field& field = stream_.fields[i];
        if (field.origin != Origin::Record || field.kind != Kind::Any) continue;
        if (by_path_.find(field.path)->second.front() != i) continue;
        const Rule& rule = rules_.of(field.path);
        if (!rule.declared || !splits(rule.kinds, field.path)) continue;
        return column_spelling(stream_.name, field.path, "holds values of every kind",
                               "--mixed json");
    }
    return {};
}

// Finds the column that takes the values of `wanted`, and widens it, or adds one.
Result<> Shape::place(const Field& wanted) {
    const auto found = by_path_.find(wanted.path);
    if (found == by_path_.end()) return add_column(wanted);
    for (const Kind kind : {wanted.kind, Kind::Any}) {
        for (const std::size_t index : found->second) {
            Field& field = stream_.fields[index];
            if (field.kind != kind) continue;
            const Field before = field;
            if (kind == wanted.kind) widen(field, wanted);
            const bool is_wider = field != before;
            if (is_wider && is_fixed_) {
                return std::unexpected(frozen_error(stream_.name, wanted, &before, false));
            }
            field.declared = field.declared || wanted.declared;
            if (field != before) ++revision_;
            return {};
        }
    }
    return add_beside(wanted, wanted.kind);
}

Result<> Shape::add_column(Field field) {
    if (is_fixed_) {
        const bool is_new = !by_path_.contains(field.path);
        return std::unexpected(frozen_error(stream_.name, field, nullptr, is_new));
    }
    if (stream_.fields.size() >= policy_.fields_max) {
        return fail(ErrorKind::Data, "fields-max",
                    "stream \"" + stream_.name + "\" has more than " +
                        std::to_string(policy_.fields_max) + " fields");
    }
    by_path_[field.path].push_back(stream_.fields.size());
    unnamed_.push_back(stream_.fields.size());
    stream_.fields.push_back(std::move(field));
    ++revision_;
    return {};
}

Result<> Shape::add_beside(Field field, Kind kind) {
    if (std::ranges::find(key_, field.path) != key_.end()) {
        return key_changed(stream_.name, "the key's field \"" + field.path +
                                             "\" has values of another kind than before");
    }
    field.name = suffix_of(kind, field.type);
    return add_column(std::move(field));
}

void Shape::add_ours(Origin origin) {
    for (const Field& field : stream_.fields) {
        if (field.origin == origin) return;
    }
    const bool is_time = origin == Origin::TimeExtracted || origin == Origin::Received;
    Field field;
    field.name = names_.choose_own(own_name(origin));
    field.kind = is_time ? Kind::Text : Kind::Number;
    field.type = is_time ? Type::Timestamp : Type::Integer;
    field.origin = origin;
    stream_.fields.push_back(std::move(field));
    if (origin == Origin::TableVersion) stream_.versioned = true;
    ++revision_;
}

// New fields get their names in the order of their paths, so that names never depend on the order
// of a schema's or a record's members. Until then `name` holds the suffix.
void Shape::name_new_fields() {
    std::ranges::sort(unnamed_, {}, [&](std::size_t index) {
        const Field& field = stream_.fields[index];
        return std::pair<std::string_view, std::string_view>(field.name, field.path);
    });
    for (const std::size_t index : unnamed_) {
        Field& field = stream_.fields[index];
        field.name = names_.choose(field.path, field.name);
    }
    unnamed_.clear();
}

void Shape::find_key() {
    stream_.key.clear();
    for (const std::string& name : key_) {
        const auto found = by_path_.find(name);
        if (found == by_path_.end()) {
            stream_.key.clear();
            break;
        }
        stream_.key.push_back(found->second.front());
    }
    stream_.load = policy_.load.value_or(key_.empty() ? Load::Append : Load::Upsert);
}

Result<> Shape::merge_stored(const std::vector<Field>& stored) {
    if (stored.empty()) return {};
    const std::vector<Field> chosen = std::exchange(stream_.fields, stored);
    names_ = Names(policy_.naming);
    by_path_.clear();
    for (std::size_t i = 0; i < stored.size(); ++i) {
        STREAMS_TRY(check_spelling(stored[i]));
        names_.take(stored[i].name);
        if (stored[i].origin == Origin::Record) by_path_[stored[i].path].push_back(i);
        if (stored[i].origin == Origin::TableVersion) stream_.versioned = true;
    }
    STREAMS_TRY(check_splits());
    is_fixed_ = policy_.frozen && !by_path_.empty();
    if (!schema_.empty()) STREAMS_TRY(check_none_gone());
    for (const Field& field : chosen) {
        if (field.origin != Origin::Record) continue;
        Field wanted = field;
        wanted.name.clear();
        STREAMS_TRY(place(wanted));
    }
    name_new_fields();
    for (const Field& field : chosen) {
        if (field.origin != Origin::Record) add_ours(field.origin);
    }
    find_key();
    ++revision_;
    return {};
}

Result<> Shape::allows(std::span<const Growth> growths) const {
    if (!policy_.frozen || by_path_.empty()) return {};
    for (const Growth& growth : growths) {
        if (growth.need == Growth::Need::Version) continue;
        Field wanted;
        wanted.path = growth.path;
        wanted.kind = growth.kind;
        wanted.type = growth.type;
        const auto there = by_path_.find(growth.path);
        const bool is_new = there == by_path_.end();
        const Field* have = nullptr;
        for (std::size_t i = 0; !is_new && i < there->second.size(); ++i) {
            const Field& field = stream_.fields[there->second[i]];
            if (growth.need == Growth::Need::Width && field.kind == growth.kind) have = &field;
        }
        Error error = frozen_error(stream_.name, wanted, have, is_new);
        error.remedy += "; such records can be set aside: --on-bad-record reject";
        return std::unexpected(std::move(error));
    }
    return {};
}

Result<> Shape::grow(std::span<const Growth> growths) {
    STREAMS_TRY(allows(growths));
    is_fixed_ = false;  // What `allows` let pass may come together.
    for (const Growth& growth : growths) {
        if (growth.need == Growth::Need::Version) {
            add_ours(Origin::TableVersion);
            continue;
        }
        Field wanted;
        wanted.path = growth.path;
        wanted.kind = growth.kind;
        wanted.type = growth.type;
        follow_policy(wanted);
        if (growth.need == Growth::Need::Format) {
            STREAMS_TRY(add_beside(wanted, Kind::Text));
        } else {
            STREAMS_TRY(place(wanted));
        }
    }
    name_new_fields();
    find_key();
    return {};
}

std::string Shape::promise(std::string_view path) const {
    return schema_.empty() ? std::string() : property_text(schema_, path);
}

}  // namespace streams
