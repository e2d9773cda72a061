#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/error.h"

namespace streams {

/// What a streamer is doing, for the line that a person watches.
struct Progress {
    std::string stream;
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    std::uint64_t page = 0;
    std::uint64_t pages = 0;  ///< 0: unknown.
    double wait_seconds = 0;  ///< Waiting for a rate limit or a retry; 0: not waiting.
    std::string phase;        ///< `start`, `page`, `wait`, `end`.
};

/// Where a streamer's messages go: standard output, or a test.
///
/// All texts are JSON. What is given is written in the order of the calls; `state` flushes.
class Output {
 public:
    Output() = default;
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    virtual ~Output() = default;

    /// `schema` is a JSON Schema. `key` and `bookmarks` name its top-level properties.
    virtual Result<> schema(std::string_view stream, std::string_view schema,
                            const std::vector<std::string>& key,
                            const std::vector<std::string>& bookmarks) = 0;

    /// `record` is an object on one line.
    virtual Result<> record(std::string_view stream, std::string_view record) = 0;

    /// Everything before is at or before this position.
    virtual Result<> state(std::string_view value) = 0;

    /// May be dropped; at most 5 a second reach a person.
    virtual void progress(const Progress& progress) = 0;
};

}  // namespace streams
