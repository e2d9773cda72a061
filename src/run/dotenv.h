#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "program/settings.h"
#include "streams/error.h"

namespace streams {

/// Adds the variables of a `.env` file's text, `NAME=value` a line; what is set already stays. `#`
/// begins a comment, `export` in front and quotes around a value are dropped.
/// **Errors.** Config `config-syntax`, with the line and no piece of it.
Result<> add_dotenv(Environment& environment, std::string_view text);

/// Adds the variables of the file `.env` of this folder, if there is one.
/// **Errors.** As above, and those of reading it.
Result<> add_dotenv_of_folder(Environment& environment);

/// `NAME=value`, as programs are started with.
std::vector<std::string> pairs_of(const Environment& environment);

}  // namespace streams
