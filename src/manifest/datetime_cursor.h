#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "manifest/request_parts.h"

namespace streams::manifest {

/// A stretch of time that is asked for; either end may be open.
struct Window {
    std::optional<std::int64_t> start;  ///< Microseconds since 1970; included.
    std::optional<std::int64_t> end;
};

/// How a stream goes on where it stopped: DatetimeBasedCursor. Immutable.
class DatetimeCursor {
 public:
    static Result<DatetimeCursor> make(const Part& part);

    /// The member of a record that the bookmark is of, as the manifest names it.
    const std::string& field() const { return field_; }

    /// What to ask for, oldest first. `bookmark` is the state's text.
    /// **Errors.** Busy `state-refused` where it is no time; Config for a bad start.
    Result<std::vector<Window>> windows(const std::optional<std::string>& bookmark,
                                        const Scope& scope) const;

    /// Adds `start_time` and `end_time` to a partition.
    void describe(const Window& window, Json& partition) const;

    Result<> apply(const Window& window, const Scope& scope, RequestParts& parts) const;

    /// The record's time; none where it has none that can be read.
    std::optional<std::int64_t> time_of(const Json& record) const;

    std::optional<std::int64_t> parse(std::string_view text) const;
    std::string text_of(std::int64_t time) const;

    /// The API cannot filter: records before the window are dropped here.
    bool filters_here() const { return filters_here_ || newest_first_; }

    /// The API gives the newest first and cannot filter: reading ends at the window's start.
    bool newest_first() const { return newest_first_; }

    /// Records come oldest first, in an order that holds while pages are read, so that the bookmark
    /// may follow each page.
    bool oldest_first() const { return oldest_first_; }

 private:
    Result<std::optional<std::int64_t>> bound(const std::optional<Template>& text,
                                              const std::string& format, const Scope& scope) const;
    Result<std::vector<Window>> divided(Window whole, const Scope& scope) const;

    struct Bound {
        std::optional<Template> text;
        std::string format;
    };
    static Result<Bound> make_bound(const Part& part, std::string_view property);

    std::string field_;
    std::vector<std::string> path_;  // The same, where it is a path.
    std::string format_;
    std::vector<std::string> read_formats_;
    Bound start_;
    Bound end_;
    std::optional<Template> step_;
    std::optional<Template> lookback_;
    std::string granularity_;
    std::optional<RequestOption> start_option_;
    std::optional<RequestOption> end_option_;
    std::string start_name_;
    std::string end_name_;
    bool filters_here_ = false;
    bool newest_first_ = false;
    bool oldest_first_ = false;
};

}  // namespace streams::manifest
