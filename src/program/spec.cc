#include "streams/spec.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace streams {
namespace {

const std::string& no_text() {
    static const std::string empty;
    return empty;
}

// The texts were checked when they were taken in, so one that is no number is missing: 0.
template <typename Number>
Number number_of(const std::string& text) {
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

const std::string& Settings::text(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? no_text() : found->second.text;
}

std::int64_t Settings::integer(std::string_view name) const {
    return number_of<std::int64_t>(text(name));
}

double Settings::number(std::string_view name) const {
    return number_of<double>(text(name));
}

bool Settings::boolean(std::string_view name) const {
    return text(name) == "true";
}

std::vector<std::string> Settings::list(std::string_view name) const {
    const auto items = nlohmann::json::parse(text(name), nullptr, false);
    if (!items.is_array()) return {};
    std::vector<std::string> texts;
    for (const auto& item : items)
        texts.push_back(item.is_string() ? item.get<std::string>() : item.dump());
    return texts;
}

const std::string& Settings::origin(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? no_text() : found->second.origin;
}

}  // namespace streams
