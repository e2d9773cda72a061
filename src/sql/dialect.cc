#include "sql/dialect.h"

namespace streams::sql {

std::string quoted(std::string_view identifier) {
    std::string text;
    text.reserve(identifier.size() + 2);
    text += '"';
    for (const char letter : identifier) {
        if (letter == '"') text += '"';
        text += letter;
    }
    text += '"';
    return text;
}

std::string quoted_list(const std::vector<std::string>& identifiers) {
    std::string text;
    for (const auto& identifier : identifiers) {
        if (!text.empty()) text += ", ";
        text += quoted(identifier);
    }
    return text;
}

}  // namespace streams::sql
