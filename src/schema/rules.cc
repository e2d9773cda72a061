#include "schema/rules.h"

#include <array>
#include <utility>
#include <vector>

namespace streams {

std::string words_of(Kinds kinds, bool integer) {
    if ((kinds & kEveryKind) == kEveryKind) return "any value";
    const std::array<std::pair<Kinds, std::string_view>, 6> words = {{
        {kTextKind, "text"},
        {kNumberKind, integer ? "an integer" : "a number"},
        {kBooleanKind, "true or false"},
        {kObjectKind, "an object"},
        {kArrayKind, "an array"},
        {kNullKind, "null"},
    }};
    std::vector<std::string_view> named;
    for (const auto& [bit, word] : words) {
        if ((kinds & bit) != 0) named.push_back(word);
    }
    if (named.empty()) return "no value";
    std::string text;
    for (std::size_t i = 0; i < named.size(); ++i) {
        if (i > 0) text += i + 1 == named.size() ? " or " : ", ";
        text += named[i];
    }
    return text;
}

}  // namespace streams
