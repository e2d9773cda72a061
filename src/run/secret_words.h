#pragma once

#include <string_view>

namespace streams {

/// Whether a setting, a command or a URL may hold a secret, as far as its words tell:
/// `api_key=...`.
bool looks_secret(std::string_view text);

}  // namespace streams
