#pragma once

#include <string>
#include <string_view>

#include "program/settings.h"
#include "streams/error.h"

namespace streams {

/// Adds the variables of a `.env` file's text, `NAME=value` a line; what is set already stays. `#`
/// begins a comment, `export` in front and quotes around a value are dropped.
/// **Errors.** Config `config-syntax`, with the line and no piece of it.
Result<> add_dotenv(Environment& environment, std::string_view text);

}  // namespace streams
