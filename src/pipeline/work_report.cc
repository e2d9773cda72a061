#include "pipeline/work_report.h"

#include <nlohmann/json.hpp>

namespace streams {

std::string report_text(const std::string& program, const std::string& pipeline,
                        const WorkTimes& times, int status, const std::string& problem) {
    using Json = nlohmann::ordered_json;
    Json seconds = {{"total", times.total()}};
    for (std::size_t i = 0; i < kWorks; ++i) {
        seconds[std::string(name_of(static_cast<Work>(i)))] = times.seconds[i];
    }
    Json streams = Json::array();
    std::uint64_t rows = 0;
    for (const auto& [name, written] : times.streams) {
        rows += written.rows;
        streams.push_back({{"stream", name},
                           {"table", written.table},
                           {"rows", written.rows},
                           {"new", written.new_rows},
                           {"changed", written.changed},
                           {"same", written.same},
                           {"bytes", written.bytes},
                           {"write_seconds", written.seconds}});
    }
    Json report = {{"program", program},
                   {"pipeline", pipeline},
                   {"status", status},
                   {"bytes", times.bytes},
                   {"rows", rows},
                   {"commits", times.commits},
                   {"seconds", seconds},
                   {"slowest", name_of(times.slowest())},
                   {"bottleneck", bottleneck_text(times)},
                   {"streams", std::move(streams)}};
    if (!problem.empty()) report["error"] = problem;
    return report.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace streams
