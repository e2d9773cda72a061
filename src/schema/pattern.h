#pragma once

#include <memory>
#include <string>

#include "streams/error.h"

namespace re2 {
class RE2;
}

namespace streams {

/// The regular expression of a schema, matched in time linear in the text.
/// **Errors.** Data `schema-pattern`: what cannot be matched so (looking ahead or back, references
/// back, more than 1,000 repetitions), or is no expression.
Result<std::unique_ptr<re2::RE2>> compile_pattern(const std::string& pattern);

}  // namespace streams
