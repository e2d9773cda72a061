#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "run/programs.h"
#include "streams/error.h"

namespace streams {

/// Where the state of a pipeline is kept, as far as a person may ask and change it.
class StateKeeper {
 public:
    StateKeeper() = default;
    StateKeeper(const StateKeeper&) = delete;
    StateKeeper& operator=(const StateKeeper&) = delete;
    virtual ~StateKeeper() = default;

    /// JSON; none: no state.
    virtual Result<std::optional<std::string>> current() = 0;

    /// Lines as of the word `state --history`, in order.
    virtual Result<std::string> history() = 0;

    /// None: the state is forgotten.
    virtual Result<> change(const std::optional<std::string>& state, const std::string& reason) = 0;

    virtual Result<> rename(const std::string& name) = 0;

    /// The exit status of a program that has told a failure in its own words; 0: none has.
    virtual int told() const { return 0; }
};

struct StateQuestion {
    std::string destination;  ///< As it was typed.
    std::string pipeline;     ///< Empty: the only one.
    std::string schema;
    std::vector<std::string> to;  ///< `K=V`.
    std::string wait;             ///< Empty: the default.
};

/// The ledger of the destination; where it has none, the file that the runner keeps, which needs
/// the name of the pipeline.
Result<std::unique_ptr<StateKeeper>> keeper_of(const StateQuestion& question,
                                               const ProgramFinder& finder);

}  // namespace streams
