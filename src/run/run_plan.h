#pragma once

#include <optional>
#include <string>
#include <vector>

#include "program/command_line.h"
#include "program/settings.h"
#include "run/hidden_arguments.h"
#include "run/kept_state.h"
#include "run/programs.h"
#include "run/summary.h"
#include "run/temporary_folder.h"
#include "streams/error.h"

namespace streams {

/// All that a run needs to know before it starts anything that stays.
struct RunPlan {
    SourceProgram source;
    DestinationProgram destination;
    std::vector<std::string> persister;  ///< The command, without what joins it to a runner.
    std::vector<std::string> streamer;   ///< The command, without `--state`.
    HiddenArguments persister_hidden;    ///< Arguments that `ps` must not show.
    HiddenArguments streamer_hidden;
    std::vector<std::string> environment;  ///< Of both; empty: ours.
    bool persister_ends = false;
    bool streamer_reports = false;
    bool starts_from_none = false;     ///< A rehearsal, or everything is loaded anew.
    bool only_restarts_some = false;   ///< Of `refresh`.
    std::vector<std::string> refresh;  ///< Streams that start from the beginning.
    std::optional<KeptState> kept;     ///< Where the destination keeps no state.
    TemporaryFolder folder;
    RunFacts facts;
};

/// A program said in its own words why it cannot run.
struct Refusal {
    std::string text;  ///< CRITICAL and what follows.
    int status = 1;
};

/// Makes the plan of `streams run` with these flags. Asks both programs what they are, discovers
/// and selects, and locks the state file that a destination without a ledger needs; writes nothing
/// else. `refusal` is set beside an error where a program has explained it better.
Result<RunPlan> make_run_plan(const CommandLine& line, Environment environment, Refusal& refusal);

/// The flags of `streams run`.
ProgramShape run_shape(const std::string& version);

/// `--a-b=V` for each `a_b=V`. **Errors.** Config `usage`: no `=`.
Result<std::vector<std::string>> flags_of_pairs(const std::vector<std::string>& pairs,
                                                std::string_view flag);

}  // namespace streams
