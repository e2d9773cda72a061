#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/error.h"

namespace streams {

/// What a state file says.
struct StateFile {
    std::optional<std::string> value;   ///< JSON, byte for byte; none: no state.
    bool is_missing = false;            ///< There is no such file: it may only not be there yet.
    std::vector<std::string> warnings;  ///< Whole sentences, for a person.
};

/// Reads the file that `persister >> state.json` makes, or that somebody wrote by hand.
///
/// Missing or empty, or `null`, is no state. Else the whole file counts if it is one document, else
/// the last line that is one. A last line without line end counts if it is a whole object, array or
/// string; a number, true or false may have been cut. Lines that are cut or glued together are
/// passed over with a warning.
///
/// **Errors.** Those of opening and reading, but not a missing file. **Limits.** Of a file beyond
/// 64 MiB the last 64 MiB are read.
Result<StateFile> read_state_file(const std::string& path);

/// The same for the text of a file; `name` is for warnings.
StateFile read_state_text(std::string_view text, std::string_view name);

/// Appends `value`, JSON, as one line of its own and makes it durable. A file whose last line has
/// no end gets one first.
///
/// **Errors.** Those of opening, writing and fsync; Data `json-syntax` where `value` is no JSON.
Result<> append_state(const std::string& path, std::string_view value);

}  // namespace streams
