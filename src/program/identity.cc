#include "program/identity.h"

#include "base/hash.h"

namespace streams {

std::string identity_of(const Spec& spec, const Settings& settings) {
    std::string text;
    for (const auto& setting : spec.settings()) {
        if (!setting.identity) continue;
        const auto& value = settings.text(setting.name);
        const auto begin = value.find_first_not_of(" \t\n");
        if (begin == std::string::npos) continue;
        const auto end = value.find_first_of(" \t\n", begin);
        text += setting.name + '=' + value.substr(begin, end - begin) + '\n';
    }
    return text.empty() ? std::string() : sha256_hex(text);
}

}  // namespace streams
