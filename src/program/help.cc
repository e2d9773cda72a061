#include "program/help.h"

#include <algorithm>
#include <vector>

#include "program/common_options.h"
#include "program/setting_value.h"

namespace streams {
namespace {

constexpr std::size_t kWidest = 26;

struct Row {
    std::string left;
    std::string right;
};

std::string_view placeholder(Setting::Kind kind) {
    switch (kind) {
        case Setting::Kind::Integer:
        case Setting::Kind::Number:
            return " N";
        case Setting::Kind::List:
            return " TEXT ...";
        case Setting::Kind::Json:
            return " JSON";
        case Setting::Kind::Boolean:
            return "";
        case Setting::Kind::Text:
            break;
    }
    return " TEXT";
}

std::string join(const std::vector<std::string>& texts, std::string_view between) {
    std::string joined;
    for (const auto& text : texts) {
        if (!joined.empty()) joined += between;
        joined += text;
    }
    return joined;
}

Row row_of(const Setting& setting) {
    Row row{flag_of(setting.name) + std::string(placeholder(setting.kind)), setting.description};
    if (!setting.choices.empty())
        row.left = flag_of(setting.name) + ' ' + join(setting.choices, "|");
    std::vector<std::string> notes;
    if (setting.required) notes.emplace_back("required");
    if (!setting.fallback.empty()) notes.push_back("default: " + setting.fallback);
    if (!setting.variable.empty()) notes.push_back("or $" + setting.variable);
    if (!notes.empty()) row.right += " (" + join(notes, "; ") + ')';
    return row;
}

Row row_of(const Option& option) {
    Row row{"    " + flag_of(option.setting.name), option.setting.description};
    if (option.letter != 0) row.left.replace(0, 4, std::string("-") + option.letter + ", ");
    const bool takes_value = option.setting.kind != Setting::Kind::Boolean;
    const auto& choices = option.setting.choices;
    if (takes_value && option.value.empty()) {
        row.left += choices.empty() ? std::string(placeholder(option.setting.kind))
                                    : ' ' + join(choices, "|");
    }
    if (takes_value && !option.value.empty()) row.left += ' ' + option.value;
    if (!takes_value && !option.value.empty()) row.left += "[=" + option.value + ']';
    return row;
}

std::string section(std::string_view title, const std::vector<Row>& rows) {
    if (rows.empty()) return {};
    std::size_t width = 0;
    for (const auto& row : rows) {
        if (row.left.size() <= kWidest) width = std::max(width, row.left.size());
    }
    std::string text = '\n' + std::string(title) + '\n';
    for (const auto& row : rows) {
        text += "  " + row.left;
        if (row.right.empty()) {
            text += '\n';
            continue;
        }
        if (row.left.size() > width) text += '\n' + std::string(width + 2, ' ');
        text += std::string(row.left.size() > width ? 2 : width - row.left.size() + 2, ' ');
        text += row.right + '\n';
    }
    return text;
}

std::string usage(const ProgramShape& shape) {
    if (shape.words.empty()) return "usage  " + shape.program + ' ' + shape.operands + " [flags]\n";
    const auto& first = shape.words.front();
    std::string text = "usage  " + shape.program + " [" + first.name + "] [flags]";
    if (shape.kind == ProgramShape::Kind::Persister) text += " < stream";
    return text + "\n       " + shape.program + " WORD [flags]\n";
}

std::vector<Row> option_rows(const std::vector<Option>& options) {
    std::vector<Row> rows;
    for (const auto& option : options) {
        if (!option.hidden) rows.push_back(row_of(option));
    }
    return rows;
}

}  // namespace

std::string help_text(const ProgramShape& shape) {
    auto text = shape.program + ' ' + shape.version + "  " + shape.spec.description() + "\n\n";
    text += usage(shape);
    std::vector<Row> words;
    for (const auto& word : shape.words) {
        if (word.description.empty()) continue;
        words.push_back(
            {word.name + (word.operands.empty() ? "" : ' ' + word.operands), word.description});
    }
    text += section("words", words);
    std::vector<Row> settings;
    for (const auto& setting : shape.spec.settings()) settings.push_back(row_of(setting));
    const auto prefix = shape.variable_prefix();
    const auto also = prefix.empty() ? "" : ", also in --config and as variables " + prefix + "...";
    text += section("settings" + also, settings);
    text += section("options", option_rows(shape.options));
    text += section("common", option_rows(common_options(shape)));
    std::vector<Row> examples;
    for (const auto& example : shape.examples) examples.push_back({example, {}});
    text += section("examples", examples);
    return text;
}

}  // namespace streams
