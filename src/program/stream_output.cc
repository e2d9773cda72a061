#include "program/stream_output.h"

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace streams {
namespace {

constexpr std::size_t kGatheredBytes = 64 * 1024;
constexpr std::chrono::milliseconds kGatheredTime{1000};
constexpr std::chrono::milliseconds kReportGap{200};

std::string json_of(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Result<> StreamOutput::schema(std::string_view stream, std::string_view schema,
                              const std::vector<std::string>& key,
                              const std::vector<std::string>& bookmarks) {
    return format_.append_schema(waiting_, stream, schema, key, bookmarks);
}

Result<> StreamOutput::record(std::string_view stream, std::string_view record) {
    if (plan_.schema_only) return {};
    if (plan_.limit != 0) {
        auto found = counts_.find(stream);
        if (found == counts_.end()) found = counts_.emplace(stream, 0).first;
        if (found->second == plan_.limit) return {};
        ++found->second;
    }
    ++records_;
    STREAMS_TRY(format_.append_record(waiting_, stream, record));
    const bool is_late =
        (records_ & 15) == 0 && std::chrono::steady_clock::now() - flushed_ > kGatheredTime;
    if (waiting_.size() < kGatheredBytes && !is_late) return {};
    return flush();
}

Result<> StreamOutput::state(std::string_view value) {
    if (plan_.schema_only) return {};
    STREAMS_TRY(format_.append_state(waiting_, value));
    return flush();
}

void StreamOutput::progress(const Progress& progress) {
    // A failed write is found by the next record or at the end.
    if (progress.wait_seconds > 0 && !waiting_.empty()) static_cast<void>(flush());
    if (!plan_.report_fd) return;
    const auto now = std::chrono::steady_clock::now();
    auto& last = reported_[progress.stream];
    if (progress.phase == "page" && now - last < kReportGap) return;
    last = now;
    const auto line = json_of({{"stream", progress.stream},
                               {"records", progress.records},
                               {"bytes", progress.bytes},
                               {"page", progress.page},
                               {"pages", progress.pages},
                               {"wait", progress.wait_seconds},
                               {"phase", progress.phase}}) +
                      '\n';
    // A runner that has gone away is noticed on standard output.
    static_cast<void>(write_all(*plan_.report_fd, line, "the report"));
}

Result<> StreamOutput::flush() {
    auto written = write_all(plan_.data_fd, waiting_, "standard output");
    waiting_.clear();
    flushed_ = std::chrono::steady_clock::now();
    return written;
}

}  // namespace streams
