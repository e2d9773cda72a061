#include "cli/record_line.h"

#include <nlohmann/json.hpp>

#include "base/log.h"

namespace streams {
namespace {

constexpr std::size_t kFieldsMax = 8;
constexpr std::size_t kValueBytesMax = 40;

}  // namespace

std::string record_line(std::string_view line) {
    const auto message = nlohmann::ordered_json::parse(line, nullptr, false);
    if (!message.is_object() || message.value("type", nlohmann::ordered_json()) != "RECORD") {
        return {};
    }
    const auto record = message.find("record");
    if (record == message.end() || !record->is_object()) return {};
    std::string text;
    std::size_t count = 0;
    for (const auto& [name, value] : record->items()) {
        if (value.is_structured() || value.is_null() || name.starts_with('_')) continue;
        const auto plain = value.is_string() ? value.get<std::string>() : value.dump();
        if (plain.starts_with("http://") || plain.starts_with("https://")) continue;
        if (++count > kFieldsMax) break;
        text += (text.empty() ? "" : "   ") + ascii_excerpt(name, kValueBytesMax) + "  " +
                ascii_excerpt(plain, kValueBytesMax);
    }
    return text.empty() ? "{}" : text;
}

}  // namespace streams
