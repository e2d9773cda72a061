#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace streams {

/// Decides what a person sees of a program's standard error while it runs, and keeps what explains
/// its end.
///
/// Lines of everyday levels (INFO, DEBUG, metrics) are shown only to who asked for each step. A
/// fatal error is kept back in any case: the other program may turn out to be its cause.
class LogRelay {
 public:
    enum class Shows : std::uint8_t { Nothing, Unusual, Everything };

    LogRelay(std::string name, Shows shows) : name_(std::move(name)), shows_(shows) {}

    /// What to show at once, with the program's name in front and a line end; may be empty.
    std::string take(std::string_view line);

    /// The last fatal error as our programs print it, CRITICAL line and what is indented under it;
    /// empty: there was none.
    const std::string& critical() const { return critical_; }

    /// The id at the end of its CRITICAL line.
    std::string critical_id() const;

    /// The last lines, a dozen at most, that were no everyday news; where they have been shown
    /// already, only the last one.
    std::string last_lines() const;

    /// Whether the program complained that nobody reads what it writes.
    bool met_broken_pipe() const { return met_broken_pipe_; }

 private:
    std::string name_;
    Shows shows_;
    std::string critical_;
    bool in_critical_ = false;
    bool met_broken_pipe_ = false;
    std::deque<std::string> last_;
};

}  // namespace streams
