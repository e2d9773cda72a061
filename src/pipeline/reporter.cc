#include "pipeline/reporter.h"

#include <cerrno>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace streams {
namespace {

// Texts that are not UTF-8 must not stop a report.
std::string dump(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void Reporter::line(std::string text) const {
    if (!fd_) return;
    text += '\n';
    std::string_view rest = text;
    while (!rest.empty()) {
        const ssize_t count = ::write(*fd_, rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
}

void Reporter::started(const std::optional<std::string>& state) const {
    // The value goes out byte for byte: it is the streamer's, not ours to write again.
    line(R"({"state":)" + state.value_or("null") + "}");
}

void Reporter::ended(std::string_view report) const {
    line(R"({"report":)" + std::string(report.substr(0, report.find('\n'))) + "}");
}

void Reporter::wrote(const Receipt& receipt, double seconds, std::int64_t commit) const {
    if (!fd_) return;
    line(dump({{"stream", receipt.stream},
               {"rows", receipt.rows},
               {"new", receipt.new_rows},
               {"changed", receipt.changed},
               {"same", receipt.same},
               {"table", receipt.table},
               {"created", receipt.created},
               {"key", receipt.key},
               {"seconds", seconds},
               {"commit", commit}}));
}

void Reporter::committed(std::int64_t commit, const std::optional<std::string>& state) const {
    line(R"({"committed":)" + std::to_string(commit) + R"(,"state":)" + state.value_or("null") +
         "}");
}

}  // namespace streams
