#include "pipeline/work_clock.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace streams {

std::string_view name_of(Work work) {
    constexpr std::array<std::string_view, kWorks> kNames = {"source", "pipe", "parse", "write",
                                                             "commit"};
    return kNames[static_cast<std::size_t>(work)];
}

double WorkTimes::total() const {
    return std::accumulate(seconds.begin(), seconds.end(), 0.0);
}

Work WorkTimes::slowest() const {
    return static_cast<Work>(std::ranges::max_element(seconds) - seconds.begin());
}

std::string bottleneck_text(const WorkTimes& times) {
    const auto slowest = times.slowest();
    const double share = times.seconds[static_cast<std::size_t>(slowest)] / times.total();
    const auto percent = times.total() > 0 ? static_cast<int>(share * 100 + 0.5) : 0;
    switch (slowest) {
        case Work::Source:
            return fmt::format(
                "the source was the slowest: {} % of the time was spent waiting for it", percent);
        case Work::Pipe:
            return fmt::format("the pipe was the slowest: {} % of the time was spent reading it",
                               percent);
        case Work::Parse:
            return fmt::format("parsing was the slowest: it took {} % of the time", percent);
        case Work::Write:
        case Work::Commit:
            break;
    }
    return fmt::format("the destination was the slowest: {} % of the time was spent {} it", percent,
                       slowest == Work::Write ? "writing to" : "committing in");
}

}  // namespace streams
