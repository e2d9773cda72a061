#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "demo/github/faults.h"
#include "demo/github/plans.h"
#include "demo/github/repository.h"
#include "demo/github/shapes.h"
#include "http/server.h"

namespace streams::demo {

/// GitHub's REST API over generated repositories: the part of it that a streamer reads.
///
/// **Promise.** The same request gets the same body on every machine and at every time; only the
/// headers of the rate limit and faults that pass know of time.
/// **Threads.** `answer` may be called by any.
class Api {
 public:
    using Clock = std::function<std::chrono::sys_seconds()>;

    Api(Choices choices, Clock clock);

    http::Answer answer(const http::Asked& original);

    /// For the line that says that the server is ready, and for tests.
    const Repository* repository(std::string_view owner, std::string_view name);

 private:
    /// A path below a repository: `/issues`, or empty for the repository itself.
    struct Place {
        const Repository* repository = nullptr;
        std::string list;
    };

    http::Answer routed(const http::Asked& asked, const std::string& api);
    http::Answer of_repository(const http::Asked& asked, const Place& place,
                               const std::string& api);
    http::Answer listed(const http::Asked& asked, const Place& place, const View& view);
    http::Answer rate_limit(const http::Asked& asked);
    Place place_of(std::string_view path);
    const Repository* repository(std::int64_t id);
    const Repository* keep(const std::optional<Plan>& plan);
    void add_limit_headers(const http::Asked& asked, http::Answer& answer, bool counts);

    const Choices choices_;
    const Clock clock_;
    const std::chrono::sys_seconds start_;
    Faults faults_;
    std::atomic<std::int64_t> requests_ = 0;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Repository>> repositories_;  // Guarded by mutex_.
};

}  // namespace streams::demo
