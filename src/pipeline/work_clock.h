#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace streams {

/// What the thread that drives a run is doing.
enum class Work : std::uint8_t {
    Source,  ///< Waits for input that has not come yet.
    Pipe,    ///< Takes bytes out of the pipe, or the file.
    Parse,   ///< Lines to columns; waits for the threads that do it.
    Write,   ///< Hands columns to the destination.
    Commit,  ///< Makes them durable.
};
inline constexpr std::size_t kWorks = 5;

/// `source`, `pipe`, `parse`, `write`, `commit`.
std::string_view name_of(Work work);

/// What a run has taken, and what for.
struct WorkTimes {
    /// What was written of one stream.
    struct Written {
        std::string table;
        std::uint64_t rows = 0;
        std::uint64_t new_rows = 0;
        std::uint64_t changed = 0;
        std::uint64_t same = 0;
        std::uint64_t bytes = 0;  ///< Of the values in columns, or of the records.
        double seconds = 0;       ///< Of Work::Write.
    };

    std::array<double, kWorks> seconds = {};
    std::uint64_t bytes = 0;  ///< Of the input.
    std::uint64_t commits = 0;
    std::map<std::string, Written> streams;

    double total() const;
    Work slowest() const;
};

/// `the source was the slowest: 82 % of the time was spent waiting for it`.
std::string bottleneck_text(const WorkTimes& times);

/// Measures what one thread does, all of the time: what is no other work is Parse. A look at the
/// clock for each change, none for each record.
class WorkClock {
 public:
    using Time = std::chrono::steady_clock::time_point;

    /// From now on it does `work`; answers what it did.
    Work change(Work work) {
        const auto now = std::chrono::steady_clock::now();
        times.seconds[static_cast<std::size_t>(work_)] +=
            std::chrono::duration<double>(now - since_).count();
        since_ = now;
        return std::exchange(work_, work);
    }

    WorkTimes times;

 private:
    Work work_ = Work::Parse;
    Time since_ = std::chrono::steady_clock::now();
};

/// Does `work` for the life of this object, then what it did before.
class WorkScope {
 public:
    WorkScope(WorkClock& clock, Work work) : clock_(clock), before_(clock.change(work)) {}
    WorkScope(const WorkScope&) = delete;
    WorkScope& operator=(const WorkScope&) = delete;
    ~WorkScope() { clock_.change(before_); }

 private:
    WorkClock& clock_;
    Work before_;
};

}  // namespace streams
