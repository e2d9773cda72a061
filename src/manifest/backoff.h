#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "http/headers.h"
#include "manifest/part.h"

namespace streams::manifest {

/// What a back-off strategy goes by.
struct Setback {
    const http::Headers& headers;
    int attempt;  ///< From 1.
    std::chrono::sys_seconds now;
    const Scope& scope;
};

/// How long to wait before the next attempt. Immutable.
class Backoff {
 public:
    using Seconds = std::chrono::duration<double>;

    Backoff() = default;
    Backoff(const Backoff&) = delete;
    Backoff& operator=(const Backoff&) = delete;
    virtual ~Backoff() = default;

    /// None: this answer does not say.
    virtual Result<std::optional<Seconds>> wait(const Setback& setback) const = 0;

    /// Whether it reads headers, and so comes before what the headers ask in general.
    virtual bool reads_headers() const = 0;
};

/// Those of an error handler, in their order.
Result<std::vector<std::unique_ptr<Backoff>>> make_backoffs(const Part& handler);

}  // namespace streams::manifest
