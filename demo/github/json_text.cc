#include "demo/github/json_text.h"

namespace streams::demo {

std::string json_quoted(std::string_view value) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out = "\"";
    for (const char letter : value) {
        const auto code = static_cast<unsigned char>(letter);
        switch (letter) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (code < 0x20) {
                    out += "\\u00";
                    out += kHex[code >> 4U];
                    out += kHex[code & 0xfU];
                } else {
                    out += letter;
                }
        }
    }
    return out + '"';
}

std::string json_list(const std::vector<std::string>& elements) {
    std::string out = "[";
    for (const auto& element : elements) {
        if (out.size() > 1) out += ',';
        out += element;
    }
    return out + ']';
}

void JsonObject::begin(std::string_view key) {
    if (text_.size() > 1) text_ += ',';
    text_ += json_quoted(key);
    text_ += ':';
}

JsonObject& JsonObject::json(std::string_view key, std::string_view value) {
    begin(key);
    text_ += value;
    return *this;
}

JsonObject& JsonObject::text(std::string_view key, std::string_view value) {
    return json(key, json_quoted(value));
}

JsonObject& JsonObject::number(std::string_view key, std::int64_t value) {
    return json(key, std::to_string(value));
}

JsonObject& JsonObject::flag(std::string_view key, bool value) {
    return json(key, value ? "true" : "false");
}

JsonObject& JsonObject::null(std::string_view key) {
    return json(key, "null");
}

JsonObject& JsonObject::text_or_null(std::string_view key, std::string_view value) {
    return value.empty() ? null(key) : text(key, value);
}

JsonObject& JsonObject::json_or_null(std::string_view key, std::string_view value) {
    return json(key, value.empty() ? "null" : value);
}

}  // namespace streams::demo
