#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "run/joined_run.h"

namespace streams {

/// What a run did to one stream, from the reports of both programs.
struct StreamReport {
    std::string name;

    // From the streamer; not known of foreign ones.
    std::uint64_t records = 0;
    std::uint64_t page = 0;
    std::uint64_t pages = 0;
    double wait_seconds = 0;  ///< It waits for so long.
    bool has_pages = false;   ///< It is read page by page.
    bool ended = false;

    // From the persister; committed.
    std::uint64_t rows = 0;
    std::uint64_t new_rows = 0;
    std::uint64_t changed = 0;
    std::uint64_t same = 0;
    std::string table;
    bool created = false;
    std::vector<std::string> key;

    double seconds = 0;  ///< From its first sign of life to the last.
};

/// Gathers the reports of a run.
class RunReport {
 public:
    using Time = std::chrono::steady_clock::time_point;

    /// Takes `text`, a line of a report; what is no JSON object, or of unknown form, is passed
    /// over.
    void take(Side side, std::string_view text, Time now);

    const std::vector<StreamReport>& streams() const { return streams_; }

    /// Committed, in all streams.
    StreamReport total() const;

    /// How many tables have rows of this run.
    std::size_t tables() const;
    std::size_t empty_streams() const;

    /// What the persister has said of its work at the end.
    struct Work {
        std::string json;     ///< An object of docs/REPORT.md; empty: it has said nothing.
        std::string slowest;  ///< `source`, `pipe`, `parse`, `write` or `commit`.
        double seconds = 0;   ///< Of that.
        double total = 0;
    };
    const Work& work() const { return work_; }

    double commit_seconds() const { return commit_seconds_; }
    bool has_commits() const { return commits_ != 0; }

 private:
    StreamReport& stream(const std::string& name, Time now);

    std::vector<StreamReport> streams_;
    std::vector<Time> first_seen_;
    double commit_seconds_ = 0;
    std::int64_t last_commit_ = 0;
    std::size_t commits_ = 0;
    Work work_;
};

}  // namespace streams
