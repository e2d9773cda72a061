#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "run/run_report.h"

namespace streams {

/// The live view of a run on standard error: on a terminal a line per stream that is redrawn, else
/// one line every 30 s. Nothing if quiet.
class ProgressLines {
 public:
    using Time = std::chrono::steady_clock::time_point;

    ProgressLines(std::string title, bool on_terminal, bool quiet, Time start)
        : title_(std::move(title)),
          on_terminal_(on_terminal),
          quiet_(quiet),
          start_(start),
          last_(start) {}

    /// Shows the report if it is time to.
    void show(const RunReport& report, Time now);

    /// Writes `text`, whole lines, and leaves the live lines below it to the next `show`.
    void write_above(std::string_view text);

    /// Takes the live lines away.
    void clear();

 private:
    void draw(const RunReport& report);

    std::string title_;
    bool on_terminal_;
    bool quiet_;
    Time start_;
    Time last_;
    std::size_t drawn_ = 0;  // Lines on the screen.
};

/// The live line of a stream: `  issues   9 rows   page 3 of 5`.
std::string progress_line(const StreamReport& stream, std::size_t name_width);

}  // namespace streams
