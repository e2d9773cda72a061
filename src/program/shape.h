#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "streams/spec.h"

namespace streams {

/// A word of a program: `check`.
struct Word {
    std::string name;
    std::string operands;     ///< `TABLE [COLUMN] ...`: [optional], ... for more; empty: none.
    std::string description;  ///< A few words; empty: help keeps quiet about it.
};

/// Something that only a command line says, unlike a setting: `--dry-run`.
struct Option {
    Setting setting;
    char letter = 0;         ///< `n` for `-n`; 0: none.
    std::string value;       ///< For help: `FILE`; empty: the kind's.
    bool hidden = false;     ///< For runners, not for people: `--end-fd`.
    std::string means_word;  ///< The Singer spelling of a word: `--discover`.
};

/// What `describe` says beside the settings.
struct Abilities {
    std::vector<std::string> capabilities;  ///< `end`, `report`, `check`.
    std::vector<std::string> schemes;       ///< Of a persister's URLs: `sqlite`.
    std::string tier;                       ///< `A`, `B`, `C`; empty for a streamer.
    std::string tier_reason;
    std::int64_t memory_extra_bytes = 0;
};

/// All that is known about a program before it runs. The command line, the settings, help and
/// `describe` are made of it.
struct ProgramShape {
    enum class Kind : std::uint8_t { Persister, Streamer, Tool };

    Kind kind = Kind::Tool;
    std::string program;  ///< `persist-sqlite`.
    std::string version;
    Spec spec;  ///< Settings: from files, variables, URL and flags.
    std::vector<Option> options;
    std::vector<Word> words;   ///< The first is the default.
    std::string operands;      ///< As `Word::operands`, of a program without words.
    std::string path_setting;  ///< Where the path of `--url` goes; empty: there is no `--url`.
    Abilities abilities;
    std::vector<std::string> examples;  ///< For help.

    /// `PERSIST_SQLITE_`, `STREAM_GITHUB_`; empty for a tool.
    std::string variable_prefix() const;
};

}  // namespace streams
