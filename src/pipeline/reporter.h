#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "streams/persister.h"

namespace streams {

/// Tells a runner what happened: one JSON object a line on the report descriptor, or nothing.
///
/// `{"state": VALUE}` once, at the start (null: none); `{"stream", "rows", "new", "changed",
/// "same", "table", "created", "key", "seconds", "commit"}` for each stream of each commit;
/// `{"committed": N, "state": VALUE}` after each commit.
///
/// `{"report": OBJECT}` at the end, as docs/REPORT.md describes it.
///
/// A runner that has gone away is found by END's descriptor, so a failed write is passed over.
class Reporter {
 public:
    explicit Reporter(std::optional<int> fd) : fd_(fd) {}

    void started(const std::optional<std::string>& state) const;
    void wrote(const Receipt& receipt, double seconds, std::int64_t commit) const;
    void committed(std::int64_t commit, const std::optional<std::string>& state) const;
    void ended(std::string_view report) const;

 private:
    void line(std::string text) const;

    std::optional<int> fd_;
};

}  // namespace streams
