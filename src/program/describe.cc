#include "program/describe.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "program/critical.h"
#include "program/help.h"

namespace streams {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Setting::Kind;

Json fallback_of(const Setting& setting) {
    switch (setting.kind) {
        case Kind::Integer:
        case Kind::Number:
        case Kind::Boolean:
        case Kind::List:
        case Kind::Json: {
            auto value = Json::parse(setting.fallback, nullptr, false);
            if (setting.kind == Kind::List && !value.is_array())
                return Json::array({setting.fallback});
            return value.is_discarded() ? Json(setting.fallback) : value;
        }
        case Kind::Text:
            break;
    }
    return setting.fallback;
}

Json property_of(const Setting& setting) {
    Json property = Json::object();
    switch (setting.kind) {
        case Kind::Text:
            property["type"] = "string";
            break;
        case Kind::Integer:
            property["type"] = "integer";
            break;
        case Kind::Number:
            property["type"] = "number";
            break;
        case Kind::Boolean:
            property["type"] = "boolean";
            break;
        case Kind::List:
            property["type"] = "array";
            property["items"] = {{"type", "string"}};
            break;
        case Kind::Json:
            break;  // Any.
    }
    property["description"] = setting.description;
    if (!setting.fallback.empty()) property["default"] = fallback_of(setting);
    if (!setting.choices.empty()) property["enum"] = setting.choices;
    if (!setting.variable.empty()) property["variable"] = setting.variable;
    if (setting.secret) property["secret"] = true;
    if (setting.identity) property["identity"] = true;
    return property;
}

std::string_view name_of(ProgramShape::Kind kind) {
    switch (kind) {
        case ProgramShape::Kind::Persister:
            return "persister";
        case ProgramShape::Kind::Streamer:
            return "streamer";
        case ProgramShape::Kind::Tool:
            break;
    }
    return "tool";
}

int print(std::string_view text) {
    auto written = write_all(STDOUT_FILENO, text, "standard output");
    return written ? 0 : print_critical(written.error());
}

bool wants_json(const CommandLine& line) {
    const auto flag = line.flags.find("format");
    return line.options.text("format") == "json" ||
           (flag != line.flags.end() && flag->second.text == "json");
}

}  // namespace

Json settings_schema(const Spec& spec) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const auto& setting : spec.settings()) {
        properties[setting.name] = property_of(setting);
        if (setting.required) required.push_back(setting.name);
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

Json describe(const ProgramShape& shape) {
    Json text = {{"name", shape.spec.name()},
                 {"kind", name_of(shape.kind)},
                 {"version", shape.version},
                 {"description", shape.spec.description()},
                 {"protocol", 1},
                 {"capabilities", shape.abilities.capabilities}};
    if (shape.kind == ProgramShape::Kind::Persister) text["schemes"] = shape.abilities.schemes;
    text["settings"] = settings_schema(shape.spec);
    if (shape.kind == ProgramShape::Kind::Persister) {
        text["tier"] = shape.abilities.tier;
        text["tier_reason"] = shape.abilities.tier_reason;
    }
    text["memory_extra_bytes"] = shape.abilities.memory_extra_bytes;
    return text;
}

std::optional<int> answer_common(const ProgramShape& shape, const CommandLine& line) {
    const auto& options = line.options;
    set_log({.format = options.text("log_format") == "json" ? LogFormat::Json : LogFormat::Text,
             .quiet = options.boolean("quiet"),
             .verbose = options.boolean("verbose") || options.boolean("debug")});
    if (options.boolean("help")) return print(help_text(shape));
    if (options.boolean("version")) return print(shape.program + ' ' + shape.version + '\n');
    if (line.word == "describe" || (options.boolean("about") && wants_json(line))) {
        return print(describe(shape).dump(2) + '\n');
    }
    if (options.boolean("about")) return print(help_text(shape));
    return std::nullopt;
}

}  // namespace streams
