#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "program/settings.h"
#include "streams/error.h"

namespace streams {

/// The program that SOURCE means.
struct SourceProgram {
    std::vector<std::string> arguments;  ///< The program's path first.
    std::string name;                    ///< For people: `github`, `tap-postgres`.
    std::string pipeline;                ///< The default name of a pipeline.
    bool is_streamer = false;            ///< `stream-*`: it has our words.
    bool is_tap = false;                 ///< `tap-*`: it discovers and takes a catalog.
};

/// The program that DESTINATION means.
struct DestinationProgram {
    std::vector<std::string> arguments;  ///< The program's path first.
    std::string name;                    ///< For people: `github.db`, `target-csv`.
    std::string url;                     ///< Empty: a command was given.
    bool is_persister = false;           ///< `persist-*`: it has our words.
};

/// Where programs are looked for: beside this one, then on the PATH.
struct ProgramFinder {
    std::string folder;
    std::string path;

    std::string find(std::string_view name) const;

    /// All programs whose name begins so, beside this one and on the PATH, without their folders.
    std::vector<std::string> list(std::string_view prefix) const;
};

ProgramFinder finder_of(const Environment& environment);

/// `*.yaml` is stream-manifest; `*.csv`, `*.jsonl`, `*.parquet` and other paths of data are
/// stream-file; a word W is stream-W, then tap-W, then W; anything else is split as a shell splits
/// words.
/// **Errors.** Config `source-unknown`, with a "did you mean".
Result<SourceProgram> find_source(std::string_view text, const ProgramFinder& finder);

/// A URL's scheme names the persister; anything else is a command.
/// **Errors.** Config `destination-unknown`.
Result<DestinationProgram> find_destination(std::string_view text, const ProgramFinder& finder);

}  // namespace streams
