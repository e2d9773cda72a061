#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "program/shape.h"
#include "streams/error.h"
#include "streams/spec.h"
#include "streams/streamer.h"

namespace streams {

/// What a sync starts from.
struct StreamerInput {
    std::optional<std::string> state;  ///< JSON, as it was printed; none: a first run.
    std::optional<std::string>
        catalog;               ///< JSON, of `--catalog` or `--properties`; none: everything.
    std::uint64_t limit = 0;   ///< Records per stream; 0: all.
    bool schema_only = false;  ///< Of `--test=schema`.
};

/// All that makes a program out of a source. Only `spec` and `sync` are needed.
struct StreamerEntry {
    Spec spec;
    std::string version;

    /// Writes the stream. Records over `limit` may be given to the output, which drops them.
    std::function<Result<>(const Settings&, const StreamerInput&, Output&)> sync;

    /// Tries the source; writes nothing.
    std::function<Result<>(const Settings&)> check;

    /// The catalog, as JSON text.
    std::function<Result<std::string>(const Settings&)> discover;

    std::vector<std::string> examples;  ///< For help.
};

/// The program that `entry` describes, with the options and words of every streamer.
ProgramShape shape_of(const StreamerEntry& entry);

/// The whole program: `sync` (default), `check`, `discover`, `describe`. Gives the exit status.
int run_streamer(int argc, char** argv, const StreamerEntry& entry);

}  // namespace streams
