#include "schema/json_reference.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

namespace streams {
namespace {

// A reference is part of a URL: `%25` is a percent sign.
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const std::string digits(text.substr(i + 1, 2));
            plain += static_cast<char>(std::strtol(digits.c_str(), nullptr, 16));
            i += 2;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

}  // namespace

Result<const nlohmann::json*> follow_reference(const nlohmann::json& root,
                                               const std::string& reference) {
    if (!reference.starts_with('#')) {
        return fail(ErrorKind::Data, "schema-ref",
                    "the reference \"" + reference +
                        "\" leads out of the schema; such references are never fetched");
    }
    const nlohmann::json* found = nullptr;
    try {
        const nlohmann::json::json_pointer pointer(unescaped(reference.substr(1)));
        if (root.contains(pointer)) found = &root.at(pointer);
    } catch (const nlohmann::json::exception&) {
        found = nullptr;
    }
    if (found == nullptr) {
        return fail(ErrorKind::Data, "schema-ref",
                    "the reference \"" + reference + "\" leads to nothing in the schema");
    }
    return found;
}

}  // namespace streams
