#include "manifest/sync.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/log.h"
#include "manifest/bookmarks.h"
#include "manifest/catalog.h"

namespace streams::manifest {
namespace {

Json schema_of(const StreamPlan& plan, const Selection& selection) {
    Json schema = plan.schema;
    if (Json* properties = schema.find("properties")) selection.strip(plan.name, *properties);
    return schema;
}

class Sync {
 public:
    Sync(const Manifest& manifest, const Settings& settings, const StreamerInput& input,
         World& world, Output& output)
        : manifest_(manifest),
          input_(input),
          output_(output),
          config_(config_of(manifest.spec, settings)),
          reader_({.manifest = manifest,
                   .settings = settings,
                   .config = config_,
                   .world = world,
                   .report = [this](const http::Wait& wait) { report(wait); }}) {}

    Result<> run() {
        auto selection = Selection::read(input_.catalog, manifest_);
        if (!selection) return std::unexpected(std::move(selection).error());
        selection_ = *std::move(selection);
        if (input_.schema_only) return write_schemas();
        STREAMS_TRY(open_bookmarks());
        for (const StreamPlan& plan : manifest_.streams) {
            if (selection_.wants(plan.name)) STREAMS_TRY(read_stream(plan));
        }
        return write_state();
    }

 private:
    Result<> write_schemas() {
        for (const StreamPlan& plan : manifest_.streams) {
            if (selection_.wants(plan.name)) STREAMS_TRY(write_schema(plan));
        }
        return {};
    }

    Result<> write_schema(const StreamPlan& plan) {
        return output_.schema(plan.name, schema_of(plan, selection_).dump(), plan.key,
                              plan.bookmarks());
    }

    // Flat states are kept by the partitions' labels, so those have to be known first.
    Result<> open_bookmarks() {
        Bookmarks::Layout layout{.flat = manifest_.flat_state, .streams = {}, .labels = {}};
        for (const StreamPlan& plan : manifest_.streams) {
            if (!plan.cursor) continue;
            layout.streams.emplace_back(plan.name, plan.cursor->field());
            if (!layout.flat || !plan.router || !layout.labels.empty()) continue;
            STREAMS_TRY(
                plan.router->each(reader_.scope(), {}, [&](const Partition& partition) -> Result<> {
                    layout.labels.push_back(partition.label());
                    return {};
                }));
        }
        auto bookmarks = Bookmarks::open(std::move(layout), input_.state);
        if (!bookmarks) return std::unexpected(std::move(bookmarks).error());
        bookmarks_ = *std::move(bookmarks);
        return {};
    }

    Result<> write_state() {
        std::string state = bookmarks_.dump();
        if (state == written_state_ && !rows_behind_state_) return {};
        written_state_ = std::move(state);
        rows_behind_state_ = false;
        return output_.state(written_state_);
    }

    Result<> each_partition(const StreamPlan& plan, const PartitionRouter::Visit& visit) {
        if (!plan.router) return visit(Partition());
        return plan.router->each(
            reader_.scope(),
            [this](const StreamPlan& parent,
                   const std::function<Result<>(const Json&, const Json&)>& take) {
                return read_parent(parent, take);
            },
            visit);
    }

    // Parents are read whole: which children have changed is not to be seen from them.
    Result<> read_parent(const StreamPlan& parent,
                         const std::function<Result<>(const Json&, const Json&)>& take) {
        return each_partition(parent, [&](const Partition& partition) -> Result<> {
            const auto take_page = [&](Page& page) -> Result<bool> {
                for (const Json& record : page.records) {
                    STREAMS_TRY(take(record, partition.values));
                }
                return true;
            };
            const auto windows = windows_of(parent, std::nullopt);
            if (!windows) return std::unexpected(windows.error());
            for (const std::optional<Window>& window : *windows) {
                STREAMS_TRY(reader_.read(parent, {partition, window}, take_page));
            }
            return {};
        });
    }

    Result<std::vector<std::optional<Window>>> windows_of(
        const StreamPlan& plan, const std::optional<std::string>& bookmark) {
        if (!plan.cursor) return std::vector<std::optional<Window>>{std::nullopt};
        auto windows = plan.cursor->windows(bookmark, reader_.scope());
        if (!windows) return std::unexpected(std::move(windows).error());
        return std::vector<std::optional<Window>>(windows->begin(), windows->end());
    }

    Result<> read_stream(const StreamPlan& plan) {
        progress_ = {.stream = plan.name, .phase = "start"};
        output_.progress(progress_);
        schema_written_ = false;
        full_ = false;
        STREAMS_TRY(each_partition(plan, [&](const Partition& partition) {
            return full_ ? Result<>() : read_partition(plan, partition);
        }));
        progress_.phase = "end";
        output_.progress(progress_);
        return {};
    }

    Result<> read_partition(const StreamPlan& plan, const Partition& partition) {
        const std::string label = partition.label();
        std::optional<std::string> bookmark;
        if (plan.cursor && !selection_.wants_whole(plan.name)) {
            bookmark = bookmarks_.of(plan.name, partition.values, label);
        }
        const std::string from = label.empty() ? std::string() : " from " + label;
        log_info(bookmark ? fmt::format("Replicating {} since {}{}", plan.name, *bookmark, from)
                          : fmt::format("Replicating all {}{}", plan.name, from));
        const auto windows = windows_of(plan, bookmark);
        if (!windows) return std::unexpected(windows.error());
        for (const std::optional<Window>& window : *windows) {
            if (!full_) STREAMS_TRY(read_slice(plan, {partition, window}));
        }
        return {};
    }

    Result<> read_slice(const StreamPlan& plan, const Slice& slice) {
        std::optional<std::int64_t> newest;
        const auto take_page = [&](Page& page) -> Result<bool> {
            if (!schema_written_) STREAMS_TRY(write_schema(plan));
            schema_written_ = true;
            const auto go_on = write_page(plan, slice, page, newest);
            if (!go_on) return std::unexpected(go_on.error());
            if (plan.cursor && plan.cursor->oldest_first() && !full_) {
                STREAMS_TRY(move_bookmark(plan, slice, newest));
            }
            return *go_on;
        };
        STREAMS_TRY(reader_.read(plan, slice, take_page));
        return full_ ? Result<>() : move_bookmark(plan, slice, newest);
    }

    // Says whether older pages may hold something that is wanted.
    Result<bool> write_page(const StreamPlan& plan, const Slice& slice, Page& page,
                            std::optional<std::int64_t>& newest) {
        const Window window = slice.window.value_or(Window{});
        const bool filters_here = plan.cursor && plan.cursor->filters_here();
        bool last_is_old = false;
        for (Json& record : page.records) {
            const auto time = plan.cursor ? plan.cursor->time_of(record) : std::nullopt;
            last_is_old = time && window.start && *time < *window.start;
            if (last_is_old && filters_here) continue;
            if (time) newest = std::max(newest.value_or(*time), *time);
            if (full_) continue;
            STREAMS_TRY(write_record(plan, record));
        }
        progress_.page = page.number;
        progress_.phase = "page";
        output_.progress(progress_);
        const bool is_feed = plan.cursor && plan.cursor->newest_first();
        return !full_ && !(last_is_old && is_feed);
    }

    Result<> write_record(const StreamPlan& plan, Json& record) {
        selection_.strip(plan.name, record);
        line_.clear();
        record.dump_to(line_);
        STREAMS_TRY(output_.record(plan.name, line_));
        rows_behind_state_ = true;
        ++progress_.records;
        progress_.bytes += line_.size();
        full_ = input_.limit > 0 && progress_.records >= input_.limit;
        return {};
    }

    Result<> move_bookmark(const StreamPlan& plan, const Slice& slice,
                           std::optional<std::int64_t> newest) {
        if (!plan.cursor) return {};
        const Json& partition = slice.partition.values;
        const std::string label = slice.partition.label();
        const auto before = bookmarks_.of(plan.name, partition, label);
        const auto time = before ? plan.cursor->parse(*before) : std::nullopt;
        if (newest && (!time || *newest > *time)) {
            bookmarks_.set(plan.name, partition, label, plan.cursor->text_of(*newest));
        }
        return write_state();
    }

    void report(const http::Wait& wait) {
        const auto seconds = std::chrono::duration<double>(wait.left).count();
        if (wait.left == wait.total && seconds >= 1) {
            log_info(fmt::format("Waiting {:.0f} s{}: {}", seconds,
                                 wait.rate_limited ? " for the rate limit" : "", wait.why));
        }
        progress_.wait_seconds = seconds;
        progress_.phase = seconds > 0 ? "wait" : "page";
        output_.progress(progress_);
    }

    const Manifest& manifest_;
    const StreamerInput& input_;
    Output& output_;
    const Json config_;
    PageReader reader_;
    Selection selection_;
    Bookmarks bookmarks_;
    bool rows_behind_state_ = false;  // A bare pipe commits them with a STATE of their own.
    std::string written_state_;
    Progress progress_;  // Of the stream that is being read.
    bool schema_written_ = false;
    bool full_ = false;  // The limit is reached.
    std::string line_;
};

}  // namespace

Result<> sync(const Manifest& manifest, const Settings& settings, const StreamerInput& input,
              World& world, Output& output) {
    return Sync(manifest, settings, input, world, output).run();
}

Result<> check(const Manifest& manifest, const Settings& settings, World& world) {
    const Json config = config_of(manifest.spec, settings);
    PageReader reader(
        {.manifest = manifest, .settings = settings, .config = config, .world = world});
    for (const std::string& name : manifest.check_streams) {
        const StreamPlan& plan = *manifest.find(name);
        const auto first_page = [&](const Partition& partition) -> Result<> {
            std::optional<Window> window;
            if (plan.cursor) window = Window{};
            return reader.read(plan, {partition, window},
                               [](Page& /*page*/) -> Result<bool> { return false; });
        };
        if (!plan.router) {
            STREAMS_TRY(first_page(Partition()));
            continue;
        }
        STREAMS_TRY(plan.router->each(
            reader.scope(),
            [](const StreamPlan& /*parent*/, const auto& /*take*/) -> Result<> { return {}; },
            first_page));
    }
    return {};
}

}  // namespace streams::manifest
