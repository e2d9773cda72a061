#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "http/retry.h"
#include "manifest/manifest.h"

namespace streams::manifest {

/// What a run needs from outside. All outlives it.
struct World {
    http::Client& client;
    Clock& clock;
    Chance chance;
    std::function<bool()> stopping;
};

/// A part of a stream that is asked for page by page.
struct Slice {
    const Partition& partition;
    std::optional<Window> window;
};

struct Page {
    std::vector<Json> records;  ///< Filtered and transformed.
    std::size_t found = 0;      ///< Before any filter.
    std::uint64_t number = 1;
    std::uint64_t bytes = 0;
};

/// Reads the pages of a stream.
///
/// **Errors.** Those of `Retrier` and of the manifest's error handlers; Data `answer-not-json`,
/// `record-shape`; Failed `paging-loop`: a page came again, or the budget of pages is spent.
/// **Threads.** One.
class PageReader {
 public:
    struct Surroundings {
        const Manifest& manifest;
        const Settings& settings;
        const Json& config;
        World& world;
        std::function<void(const http::Wait&)> report;
    };

    /// Gets each page; returns whether to go on.
    using Take = std::function<Result<bool>(Page& page)>;

    explicit PageReader(Surroundings surroundings) : around_(std::move(surroundings)) {}

    /// An answer that is as good as an empty one gives one empty page.
    Result<> read(const StreamPlan& plan, const Slice& slice, const Take& take);

    /// `config` and the present.
    Scope scope() const;

    static constexpr std::uint64_t kPagesMax = 1'000'000;

 private:
    /// A stream's way to the other side.
    struct Line {
        std::unique_ptr<http::Authenticator> authenticator;
        std::unique_ptr<http::Retrier> retrier;
        std::string secret_origin;
    };
    /// Which page is asked for.
    struct Asked {
        const std::optional<Json>& token;
        Scope scope;
    };
    struct Got {
        std::optional<Answer> answer;  // None: ignored.
        std::uint64_t bytes = 0;
        std::size_t print = 0;
    };

    Result<Line*> line_of(const StreamPlan& plan);
    std::string secret_origin(const Authentication& authentication) const;
    Result<http::Request> request_of(const StreamPlan& plan, const Slice& slice,
                                     const Asked& asked) const;
    Result<Got> ask(const StreamPlan& plan, const Slice& slice, const Asked& asked);
    Result<std::optional<Json>> open_page(const StreamPlan& plan, Answer& answer,
                                          const Asked& asked, Page& page) const;
    Result<> take_records(const StreamPlan& plan, const std::vector<Json*>& found,
                          const Scope& scope, Page& page) const;

    Surroundings around_;
    std::map<const StreamPlan*, Line> lines_;
    std::map<std::string, bool> warned_;
};

}  // namespace streams::manifest
