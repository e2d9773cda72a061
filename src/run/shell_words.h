#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "streams/error.h"

namespace streams {

/// Splits a command as a shell splits words: blanks, '...', "..." and backslashes. Nothing is
/// expanded.
/// **Errors.** Config `usage`: a quote without its end.
Result<std::vector<std::string>> split_words(std::string_view command);

/// The word as a shell needs it: in quotes where it has to be.
std::string quoted_word(std::string_view word);

/// Whether `text` matches a pattern of `*` and `?`.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace streams
