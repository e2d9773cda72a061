#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "program/shape.h"
#include "streams/error.h"
#include "streams/spec.h"

namespace streams {

/// What was typed, checked against a `ProgramShape` and not yet merged with files and variables.
struct CommandLine {
    std::string word;                   ///< `sync` where none was typed.
    std::vector<std::string> operands;  ///< Behind the word: `show TABLE`.
    std::vector<std::string> config_files;
    std::string url;  ///< Of `--url`, unless `url` is a setting of the program's own.
    std::map<std::string, Settings::Value, std::less<>> flags;  ///< By setting; origin `--a-b`.
    bool under_streams = false;  ///< `streams` has started us: its flags are what people know.
    Settings options;  ///< By option: those of the shape and the common ones (`help`, `quiet`).
};

/// Reads the arguments behind the program's name. The word comes first; flags and operands behind
/// it in any order; `--` ends the flags.
/// **Errors.** Config `usage`, `unknown-flag` (with a "did you mean"), `setting-value`.
Result<CommandLine> parse_command_line(const ProgramShape& shape,
                                       const std::vector<std::string>& arguments);

std::vector<std::string> arguments_of(int argc, char** argv);

/// The name among `names` that `typed` was probably meant to be; empty: none is near.
std::string nearest(std::string_view typed, const std::vector<std::string>& names);

}  // namespace streams
