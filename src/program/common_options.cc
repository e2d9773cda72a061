#include "program/common_options.h"

#include <algorithm>

namespace streams {
namespace {

using Kind = Setting::Kind;

Option option(Setting setting, char letter, std::string value) {
    return {.setting = std::move(setting),
            .letter = letter,
            .value = std::move(value),
            .means_word = {}};
}

Option flag(std::string name, char letter, std::string description) {
    return option({.name = std::move(name),
                   .kind = Kind::Boolean,
                   .description = std::move(description),
                   .fallback = {},
                   .variable = {},
                   .choices = {}},
                  letter, {});
}

Option text(std::string name, std::string value, std::string description) {
    return option({.name = std::move(name),
                   .description = std::move(description),
                   .fallback = {},
                   .variable = {},
                   .choices = {}},
                  0, std::move(value));
}

Option config_option() {
    auto config = text("config", "FILE", "Settings in JSON or YAML; may be repeated, later wins.");
    config.setting.kind = Kind::List;
    config.letter = 'c';
    return config;
}

Option log_format() {
    auto format = text("log_format", "FORM", "How log lines look: text or json.");
    format.setting.choices = {"text", "json"};
    return format;
}

bool is_taken(const ProgramShape& shape, const std::string& name) {
    return std::ranges::any_of(shape.spec.settings(),
                               [&](const auto& it) { return it.name == name; }) ||
           std::ranges::any_of(shape.options,
                               [&](const auto& it) { return it.setting.name == name; });
}

}  // namespace

std::vector<Option> common_options(const ProgramShape& shape) {
    std::vector<Option> options;
    if (shape.kind != ProgramShape::Kind::Tool) options.push_back(config_option());
    if (!shape.path_setting.empty()) {
        options.push_back(text("url", "URL", "Where to, in one word; maps to the settings."));
    }
    if (shape.kind != ProgramShape::Kind::Tool) {
        options.push_back(
            option({.name = "arguments_fd", .kind = Kind::Integer, .fallback = {}, .variable = {}},
                   0, {}));
        options.back().hidden = true;
    }
    options.push_back(flag("quiet", 'q', "Says nothing unless it fails."));
    options.push_back(flag("verbose", 'v', "Says each step."));
    auto debug = flag("debug", 'd', "The same as --verbose.");
    debug.hidden = true;
    options.push_back(std::move(debug));
    options.push_back(log_format());
    options.push_back(flag("help", 'h', "This text."));
    options.push_back(flag("version", 0, "The version."));
    options.push_back(flag("about", 0, "What it is and can do; with --format json, for programs."));
    auto format = text("format", "FORM", "Of --about.");
    format.hidden = true;
    options.push_back(std::move(format));
    std::erase_if(options, [&](const auto& it) { return is_taken(shape, it.setting.name); });
    for (auto& one : options) {
        const bool taken = std::ranges::any_of(
            shape.options, [&](const auto& it) { return it.letter == one.letter; });
        if (taken) one.letter = 0;
    }
    return options;
}

std::vector<Option> all_options(const ProgramShape& shape) {
    auto options = shape.options;
    for (auto& one : common_options(shape)) options.push_back(std::move(one));
    return options;
}

}  // namespace streams
