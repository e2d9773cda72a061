#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/limits.h"
#include "schema/shape.h"
#include "streams/persister.h"

namespace streams {

/// What the person who started a run asked for, whatever the destination is.
struct RunOptions {
    Context context;
    Limits limits;

    std::string state_path;                  ///< `--state`; empty: nothing is compared.
    std::optional<std::string> given_state;  ///< What `state_path` held, before the lock was taken.
    std::string source_print;  ///< `--source-print`; empty: none, nothing is compared.
    bool same_source = false;  ///< `--same-source`: the new print replaces the old one.
    std::chrono::milliseconds wait{10'000};  ///< For the lock of the pipeline.

    std::optional<int> end_fd;     ///< Of a runner: END or ABORT comes here.
    std::optional<int> report_fd;  ///< Of a runner: JSON objects, one a line.
    std::string run;               ///< `--run`: the run's id.
    std::string report_path;       ///< `--report`: a file for the report; empty: none.

    std::vector<std::string> batch_roots;  ///< `--batch-root`: where files of BATCH may lie.
    Formats formats = Formats::Split;      ///< `--formats`: of texts that break theirs.
    Nested nested = Nested::Json;          ///< `--nested`
    Mixed mixed = Mixed::Json;             ///< `--mixed`
    bool exact_numbers = false;            ///< `--numbers exact`
    bool exact_times = false;              ///< `--timestamps exact`
    bool freezes = false;                  ///< `--evolution freeze`.
    std::optional<Load> load;              ///< `--load`; none: upsert with keys, append without.
    std::vector<std::string> refresh;      ///< `--refresh`: these streams are overwritten.
    std::uint64_t limit = 0;     ///< `--limit`: a rehearsal of so many records a stream; 0: all.
    bool keeps_rejects = false;  ///< `--on-bad-record reject`.

    bool named() const { return !context.pipeline.empty(); }
    bool under_runner() const { return end_fd.has_value(); }
};

}  // namespace streams
