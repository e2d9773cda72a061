#include "streamers/manifest/manifest_argument.h"

#include <string_view>

namespace streams::manifest {

std::string manifest_argument(const std::vector<std::string>& arguments) {
    constexpr std::string_view kFlag = "--manifest";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (!argument.starts_with(kFlag)) continue;
        if (argument.size() == kFlag.size())
            return i + 1 < arguments.size() ? arguments[i + 1] : "";
        if (argument[kFlag.size()] == '=') return std::string(argument.substr(kFlag.size() + 1));
    }
    return {};
}

}  // namespace streams::manifest
