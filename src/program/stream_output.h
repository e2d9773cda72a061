#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "message/message_writer.h"
#include "streams/streamer.h"

namespace streams {

/// Writes a streamer's messages to a descriptor and its progress to another.
///
/// Lines are gathered and leave with each STATE, when a wait is reported, after a second, and with
/// `flush`. Records beyond the limit of their stream are dropped.
class StreamOutput final : public Output {
 public:
    struct Plan {
        int data_fd = 1;
        std::optional<int> report_fd;
        std::uint64_t limit = 0;   ///< Records a stream; 0: all.
        bool schema_only = false;  ///< Drops records and states.
        Dialect dialect = Dialect::Singer;
    };

    explicit StreamOutput(Plan plan) : plan_(plan), format_(plan.dialect) {}

    Result<> schema(std::string_view stream, std::string_view schema,
                    const std::vector<std::string>& key,
                    const std::vector<std::string>& bookmarks) override;
    Result<> record(std::string_view stream, std::string_view record) override;
    Result<> state(std::string_view value) override;
    void progress(const Progress& progress) override;

    /// Call once more at the end. **Errors.** Those of writing: Failed `output-closed`.
    Result<> flush();

    std::uint64_t records() const { return records_; }

 private:
    using Time = std::chrono::steady_clock::time_point;

    Plan plan_;
    MessageFormat format_;
    std::string waiting_;  // Whole lines.
    Time flushed_ = std::chrono::steady_clock::now();
    std::uint64_t records_ = 0;
    std::map<std::string, std::uint64_t, std::less<>>
        counts_;                                         // By stream, where there is a limit.
    std::map<std::string, Time, std::less<>> reported_;  // By stream.
};

}  // namespace streams
