#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/process.h"
#include "run/hidden_arguments.h"
#include "streams/error.h"

namespace streams {

/// What a program that was run to its end wrote.
struct Captured {
    Exit exit;
    std::string out;
    std::string log;  ///< Standard error; the last 64 KiB of it.
};

/// Runs a program without input and waits for it. `environment`: as `SpawnPlan::environment`;
/// `hidden`: as for `spawn_hiding`.
/// **Errors.** Those of `spawn`; Failed `interrupted` after a signal; Data `answer-size` beyond 64
/// MiB.
Result<Captured> run_captured(const std::vector<std::string>& arguments,
                              const std::vector<std::string>& environment,
                              const HiddenArguments& hidden = std::nullopt);

/// The command with one of our words: it comes right behind the program, in place of `sync`.
std::vector<std::string> with_word(std::vector<std::string> command, std::string word);

/// What our word `describe` prints; none where the program does not know it.
/// **Errors.** Those of `run_captured`; Failed `program-killed`: it might have known.
Result<std::optional<nlohmann::json>> describe_program(const std::vector<std::string>& command);

/// Whether such a description lists the capability.
bool has_ability(const nlohmann::json& description, std::string_view name);

}  // namespace streams
