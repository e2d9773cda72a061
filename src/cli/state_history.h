#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/error.h"

namespace streams {

/// A change of a pipeline's state, as the word `state --history` prints it.
struct PastState {
    std::int64_t commit = 0;
    std::string time;  ///< `2026-11-20T09:14:03.000000Z`; empty: not known.
    std::string run;
    std::string reason;
    std::string rows;   ///< `commits 40, issues 13`.
    std::string state;  ///< JSON; `null`: none.
};

/// Reads the lines of `--history`. **Errors.** Data `answer-not-json`.
Result<std::vector<PastState>> read_history(std::string_view lines);

/// A line per commit for people, the newest first.
std::string history_table(const std::vector<PastState>& past);

/// What changed between two states, a line per place: `~ issues  "2022" -> "2023"`, `+` for what
/// is new, `-` for what is gone. Nothing where they are equal.
std::string state_difference(std::string_view from, std::string_view to);

}  // namespace streams
