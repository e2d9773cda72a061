#include "manifest/transformation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace streams::manifest {
namespace {

using Made = std::unique_ptr<Transformation>;

const Names& record_names() {
    static const Names names = {"record", "stream_partition", "property"};
    return names;
}

Result<std::vector<Template>> path_of(const Part& part, const Node& path) {
    std::vector<Template> keys;
    for (const Node& key : path.items) {
        auto made = part.compile(key, record_names());
        if (!made) return std::unexpected(std::move(made).error());
        keys.push_back(*std::move(made));
    }
    return keys;
}

// What `value_type` makes of a value; left alone where it does not fit.
Json typed(Json value, std::string_view type) {
    if (type == "string" && !value.is_null()) return Json::text(value.plain());
    const auto number = [&] {
        const auto read = value.is_text() ? parse_json(value.text()) : Result<Json>(Json());
        return read && read->kind() == Json::Kind::Number ? *read : value;
    };
    if (type == "number" || type == "integer") return number();
    if (type == "boolean") {
        if (value.is_text() && (value.text() == "False" || value.text() == "false")) {
            return Json::boolean(false);
        }
        return Json::boolean(value.is_truthy());
    }
    return value;
}

class AddFields final : public Transformation {
 public:
    static Result<Made> make(const Part& part) {
        auto made = std::make_unique<AddFields>();
        auto condition = part.text("condition", record_names());
        if (!condition) return std::unexpected(std::move(condition).error());
        made->condition_ = *std::move(condition);
        for (const Part& field : part.children("fields")) {
            const Node* path = field.find("path");
            const Node* value = field.find("value");
            if (path == nullptr || value == nullptr || path->items.empty()) {
                return field.refuse("path", "property-missing",
                                    "a field to add needs a path and a value");
            }
            auto keys = path_of(field, *path);
            if (!keys) return std::unexpected(std::move(keys).error());
            auto text = field.compile(*value, record_names());
            if (!text) return std::unexpected(std::move(text).error());
            made->fields_.push_back(
                {*std::move(keys), *std::move(text), json_of(*value), field.word("value_type")});
        }
        return made;
    }

    Result<> apply(Json& record, const Scope& scope) const override {
        // Later fields see earlier ones, so the scope holds the record that is being changed.
        const Scope with_record = scope.with("record", record);
        if (condition_ && !condition_->source().empty()) {
            const auto holds = condition_->holds(with_record);
            if (!holds) return std::unexpected(holds.error());
            if (!*holds) return {};
        }
        for (const Field& field : fields_) STREAMS_TRY(add(field, record, with_record));
        return {};
    }

 private:
    struct Field {
        std::vector<Template> path;
        Template value;
        Json literal;
        std::string type;
    };

    static Result<> add(const Field& field, Json& record, const Scope& scope) {
        Json value = field.literal;
        if (!field.value.is_literal()) {
            auto given = field.value.value(scope);
            if (!given) return std::unexpected(std::move(given).error());
            value = *std::move(given);
        }
        value = typed(std::move(value), field.type);
        Json* at = &record;
        for (std::size_t i = 0; i < field.path.size(); ++i) {
            const auto key = field.path[i].text(scope);
            if (!key) return std::unexpected(key.error());
            if (i + 1 == field.path.size()) {
                at->set(*key, std::move(value));
                return {};
            }
            if (at->find(*key) == nullptr) at->set(*key, Json::object());
            at = at->find(*key);
        }
        return {};
    }

    std::optional<Template> condition_;
    std::vector<Field> fields_;
};

class RemoveFields final : public Transformation {
 public:
    static Result<Made> make(const Part& part) {
        auto made = std::make_unique<RemoveFields>();
        auto condition = part.text("condition", record_names());
        if (!condition) return std::unexpected(std::move(condition).error());
        made->condition_ = *std::move(condition);
        const Node* pointers = part.find("field_pointers");
        for (const Node& pointer : pointers->items) {
            auto keys = path_of(part, pointer);
            if (!keys) return std::unexpected(std::move(keys).error());
            if (!keys->empty()) made->pointers_.push_back(*std::move(keys));
        }
        return made;
    }

    Result<> apply(Json& record, const Scope& scope) const override {
        for (const std::vector<Template>& pointer : pointers_) {
            std::vector<std::string> path;
            for (const Template& key : pointer) {
                auto text = key.text(scope.with("record", record));
                if (!text) return std::unexpected(std::move(text).error());
                path.push_back(*std::move(text));
            }
            STREAMS_TRY(remove(record, path, 0, scope));
        }
        return {};
    }

 private:
    // A star goes into every member and item; two stars into every level.
    Result<> remove(Json& at, const std::vector<std::string>& path, std::size_t depth,
                    const Scope& scope) const {
        const std::string& key = path[depth];
        if (depth + 1 == path.size()) return remove_here(at, key, scope);
        for (Json::Member& member : at.members()) {
            if (key == "*" || key == "**" || member.first == key) {
                STREAMS_TRY(remove(member.second, path, depth + 1, scope));
            }
            if (key == "**") STREAMS_TRY(remove(member.second, path, depth, scope));
        }
        std::size_t index = 0;
        for (Json& item : at.items()) {
            if (key == "*" || key == "**" || key == std::to_string(index++)) {
                STREAMS_TRY(remove(item, path, depth + 1, scope));
            }
            if (key == "**") STREAMS_TRY(remove(item, path, depth, scope));
        }
        if (key == "**") return remove_here(at, path[depth + 1], scope);
        return {};
    }

    Result<> remove_here(Json& at, const std::string& key, const Scope& scope) const {
        Result<> failed;
        std::erase_if(at.members(), [&](const Json::Member& member) {
            if (key != "*" && member.first != key) return false;
            if (!condition_ || condition_->source().empty()) return true;
            const auto holds = condition_->holds(scope.with("property", member.second));
            if (!holds) failed = std::unexpected(holds.error());
            return holds && *holds;
        });
        return failed;
    }

    std::optional<Template> condition_;
    std::vector<std::vector<Template>> pointers_;
};

class KeysToLower final : public Transformation {
 public:
    static Result<Made> make(const Part& /*part*/) { return std::make_unique<KeysToLower>(); }

    Result<> apply(Json& record, const Scope& /*scope*/) const override {
        lower(record);
        return {};
    }

 private:
    static void lower(Json& value) {
        for (Json::Member& member : value.members()) {
            std::ranges::transform(member.first, member.first.begin(), [](char c) {
                return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            });
            lower(member.second);
        }
        for (Json& item : value.items()) lower(item);
    }
};

const std::array<Maker<Made>, 3>& makers() {
    static const std::array<Maker<Made>, 3> all = {{
        {"AddFields", AddFields::make},
        {"RemoveFields", RemoveFields::make},
        {"KeysToLower", KeysToLower::make},
    }};
    return all;
}

}  // namespace

Result<std::vector<Made>> make_transformations(const Part& stream) {
    std::vector<Made> transformations;
    for (const Part& part : stream.children("transformations")) {
        auto made = make_by_kind<Made>(part, makers(), "transformation");
        if (!made) return std::unexpected(std::move(made).error());
        transformations.push_back(*std::move(made));
    }
    return transformations;
}

}  // namespace streams::manifest
