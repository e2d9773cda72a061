#include "program/setting_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "program/command_line.h"

namespace streams {
namespace {

using Json = nlohmann::json;
using Kind = Setting::Kind;

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::Integer:
            return "a whole number";
        case Kind::Number:
            return "a number";
        case Kind::Boolean:
            return "true or false";
        case Kind::List:
            return "a list of texts";
        case Kind::Json:
            return "JSON";
        case Kind::Text:
            break;
    }
    return "a text";
}

std::string quotes(const std::string& text) {
    return '"' + text + '"';
}

std::unexpected<Error> refuse(const Setting& setting, std::string_view expected,
                              const std::string& got, const std::string& origin) {
    std::string what =
        "setting \"" + setting.name + "\": " + std::string(expected) + " was expected";
    if (!setting.secret) what += ", not " + ascii_excerpt(got, 60);
    return std::unexpected(Error{
        ErrorKind::Config, "setting-value", std::move(what), origin, {}, setting.description});
}

template <typename Number>
bool is_number(const std::string& text) {
    Number number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && code == std::errc() && end == text.data() + text.size();
}

bool is_finite(const std::string& text) {
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return is_number<double>(text) && std::isfinite(number);
}

Result<Settings::Value> chosen(const Setting& setting, Settings::Value value) {
    if (setting.choices.empty() ||
        std::ranges::find(setting.choices, value.text) != setting.choices.end()) {
        return value;
    }
    std::string choices;
    for (const auto& choice : setting.choices) choices += (choices.empty() ? "" : ", ") + choice;
    auto refused = refuse(setting, "one of " + choices, '"' + value.text + '"', value.origin);
    const auto meant = nearest(value.text, setting.choices);
    if (!meant.empty() && !setting.secret) {
        refused.error().why = std::exchange(refused.error().remedy, "did you mean " + meant + "?");
    }
    return refused;
}

// A list's item, or the whole of one that is not an array.
Result<std::string> item_text(const Setting& setting, const Json& item, const std::string& origin) {
    if (item.is_string()) return item.get<std::string>();
    if (item.is_number()) return item.dump();
    return refuse(setting, name_of(Kind::List),
                  item.dump(-1, ' ', false, Json::error_handler_t::replace), origin);
}

Result<Settings::Value> list_of(const Setting& setting, const Json& value, std::string origin) {
    Json items = Json::array();
    if (!value.is_array()) {
        auto text = item_text(setting, value, origin);
        if (!text) return std::unexpected(std::move(text).error());
        items.push_back(*std::move(text));
    } else {
        for (const auto& item : value) {
            auto text = item_text(setting, item, origin);
            if (!text) return std::unexpected(std::move(text).error());
            items.push_back(*std::move(text));
        }
    }
    return Settings::Value{items.dump(-1, ' ', false, Json::error_handler_t::replace),
                           std::move(origin)};
}

}  // namespace

Result<Settings::Value> value_of_text(const Setting& setting, std::string text,
                                      std::string origin) {
    switch (setting.kind) {
        case Kind::Integer:
            if (!is_number<std::int64_t>(text)) {
                return refuse(setting, name_of(setting.kind), quotes(text), origin);
            }
            break;
        case Kind::Number:
            if (!is_finite(text))
                return refuse(setting, name_of(setting.kind), quotes(text), origin);
            break;
        case Kind::Boolean:
            if (text == "1" || text == "yes" || text == "on") text = "true";
            if (text == "0" || text == "no" || text == "off") text = "false";
            if (text != "true" && text != "false") {
                return refuse(setting, name_of(setting.kind), quotes(text), origin);
            }
            break;
        case Kind::List: {
            const auto array = Json::parse(text, nullptr, false);
            return list_of(setting, array.is_array() ? array : Json(text), std::move(origin));
        }
        case Kind::Json:
            if (!Json::accept(text)) {
                text = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
            }
            break;
        case Kind::Text:
            break;
    }
    return chosen(setting, {std::move(text), std::move(origin)});
}

Result<Settings::Value> value_of_json(const Setting& setting, const Json& value,
                                      std::string origin) {
    const auto dumped = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (setting.kind == Kind::List) return list_of(setting, value, std::move(origin));
    if (setting.kind == Kind::Json) return Settings::Value{dumped, std::move(origin)};
    if (value.is_string())
        return value_of_text(setting, value.get<std::string>(), std::move(origin));
    const bool fits = setting.kind == Kind::Boolean ? value.is_boolean() : value.is_number();
    if (!fits) return refuse(setting, name_of(setting.kind), dumped, origin);
    return value_of_text(setting, dumped, std::move(origin));
}

Result<> add_text(const Setting& setting, std::string text, Settings::Value& value) {
    auto added = value_of_text(setting, std::move(text), value.origin);
    if (!added) return std::unexpected(std::move(added).error());
    if (setting.kind == Kind::List && !value.text.empty()) {
        auto items = Json::parse(value.text, nullptr, false);
        const auto more = Json::parse(added->text, nullptr, false);
        items.insert(items.end(), more.begin(), more.end());
        added->text = items.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    value = *std::move(added);
    return {};
}

std::string flag_of(std::string_view setting) {
    std::string flag = "--";
    flag += setting;
    std::ranges::replace(flag, '_', '-');
    return flag;
}

}  // namespace streams
