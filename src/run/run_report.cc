#include "run/run_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace streams {
namespace {

using Json = nlohmann::json;

std::uint64_t count_of(const Json& line, const char* name) {
    const auto found = line.find(name);
    if (found == line.end() || !found->is_number_integer()) return 0;
    const auto number = found->get<std::int64_t>();
    return number < 0 ? 0 : static_cast<std::uint64_t>(number);
}

double number_of(const Json& line, const char* name) {
    const auto found = line.find(name);
    return found != line.end() && found->is_number() ? found->get<double>() : 0;
}

std::string text_of(const Json& line, const char* name) {
    const auto found = line.find(name);
    return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

RunReport::Work work_of(const Json& report) {
    RunReport::Work work{.json = report.dump(-1, ' ', false, Json::error_handler_t::replace),
                         .slowest = text_of(report, "slowest")};
    const auto seconds = report.find("seconds");
    if (seconds == report.end() || !seconds->is_object()) return work;
    work.seconds = number_of(*seconds, work.slowest.c_str());
    work.total = number_of(*seconds, "total");
    return work;
}

void take_progress(StreamReport& stream, const Json& line) {
    stream.records = std::max(stream.records, count_of(line, "records"));
    stream.page = count_of(line, "page");
    stream.pages = count_of(line, "pages");
    stream.has_pages = stream.has_pages || stream.page != 0;
    stream.wait_seconds = number_of(line, "wait");
    stream.ended = text_of(line, "phase") == "end";
}

void take_receipt(StreamReport& stream, const Json& line) {
    stream.rows += count_of(line, "rows");
    stream.new_rows += count_of(line, "new");
    stream.changed += count_of(line, "changed");
    stream.same += count_of(line, "same");
    stream.table = text_of(line, "table");
    stream.created = stream.created || line.value("created", Json(false)) == Json(true);
    const auto key = line.find("key");
    if (key == line.end() || !key->is_array()) return;
    stream.key.clear();
    for (const auto& column : *key) {
        if (column.is_string()) stream.key.push_back(column.get<std::string>());
    }
}

}  // namespace

StreamReport& RunReport::stream(const std::string& name, Time now) {
    const auto found = std::ranges::find(streams_, name, &StreamReport::name);
    const auto index = static_cast<std::size_t>(found - streams_.begin());
    if (found == streams_.end()) {
        streams_.push_back({.name = name});
        first_seen_.push_back(now);
    }
    auto& report = streams_[index];
    if (!report.ended)
        report.seconds = std::chrono::duration<double>(now - first_seen_[index]).count();
    return report;
}

void RunReport::take(Side side, std::string_view text, Time now) {
    const auto line = Json::parse(text, nullptr, false);
    if (!line.is_object()) return;
    if (side == Side::Persister && line.contains("committed")) ++commits_;
    const auto work = line.find("report");
    if (side == Side::Persister && work != line.end()) work_ = work_of(*work);
    const auto name = text_of(line, "stream");
    if (name.empty()) return;
    auto& report = stream(name, now);
    if (side == Side::Streamer) {
        take_progress(report, line);
        return;
    }
    take_receipt(report, line);
    const auto commit = static_cast<std::int64_t>(count_of(line, "commit"));
    // Each receipt of a commit says how long the whole of it took.
    if (commit != last_commit_) commit_seconds_ += number_of(line, "seconds");
    last_commit_ = commit;
}

StreamReport RunReport::total() const {
    StreamReport total;
    for (const auto& stream : streams_) {
        total.records += stream.records;
        total.rows += stream.rows;
        total.new_rows += stream.new_rows;
        total.changed += stream.changed;
        total.same += stream.same;
    }
    return total;
}

std::size_t RunReport::tables() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(streams_, [](const auto& it) { return it.rows != 0; }));
}

std::size_t RunReport::empty_streams() const {
    return streams_.size() - tables();
}

}  // namespace streams
