#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "run/run_report.h"

namespace streams {

/// What is known of a run when it is over.
struct RunFacts {
    std::string source;       ///< For people: `github`.
    std::string destination;  ///< For people: `github.db`.
    std::string argument;     ///< DESTINATION as it was typed, without credentials.
    std::string pipeline;
    std::string run;  ///< The id.
    bool is_tap = false;
    bool first_run = false;
    bool counts_rows = true;  ///< The persister reports; a foreign one does not.
    bool can_show = false;    ///< `streams show` works on the destination.
    bool is_rehearsal = false;
    bool is_dry = false;
    std::size_t discovered = 0;  ///< 0: nothing was discovered.
    std::size_t selected = 0;
    bool has_patterns = false;

    std::optional<std::string> state_before;
    std::optional<std::string> state;  ///< The last; as it was before if no newer one came.
    std::string state_place;           ///< `github.db`, or a file.

    std::chrono::milliseconds elapsed{0};
    double streamer_seconds = 0;
    double persister_cpu = 0;
    std::map<std::string, std::string> samples;  ///< By stream: a row, on one line.
    std::string cron_command;                    ///< Empty: it would show a secret.
};

/// The first line: `github -> github.db   first run, 8 streams`.
std::string header_text(const RunFacts& facts);

/// What a person reads at the end of a run that went well: a line per stream, `Done`, `State`,
/// `Next`.
std::string summary_text(const RunFacts& facts, const RunReport& report);

/// What a run did before it was stopped: `53 rows are stored, up to the last STATE; nothing after
/// it`.
std::string safe_text(const RunFacts& facts, const RunReport& report);

/// The report of `--json`, one object on one line. `problem`: the text of the error; empty: none.
std::string report_json(const RunFacts& facts, const RunReport& report, int status,
                        const std::string& problem);

}  // namespace streams
