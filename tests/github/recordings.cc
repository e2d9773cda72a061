#include "tests/github/recordings.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace streams::replay {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

// These belong to the recorded connection, not to the answer.
bool is_of_connection(const std::string& name) {
    return http::same_name(name, "content-length") || http::same_name(name, "connection") ||
           http::same_name(name, "transfer-encoding") || http::same_name(name, "date") ||
           http::same_name(name, "content-encoding");
}

Recorded recorded_of(const std::string& scenario, const Json& one) {
    Recorded out;
    out.scenario = scenario;
    out.method = one.value("method", "get");
    std::ranges::transform(out.method, out.method.begin(), [](char letter) {
        return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
    });
    out.target = one.value("path", "/");
    out.answer.status = one.value("status", 200);
    out.answer.body = text_of(one.value("response", Json("")));
    const auto headers = one.value("headers", Json::object());
    for (const auto& [name, value] : headers.items()) {
        if (!is_of_connection(name)) out.answer.headers.add(name, text_of(value));
    }
    return out;
}

std::vector<std::string> scenarios_in(const std::string& folder) {
    std::vector<std::string> out;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (entry.is_directory()) out.push_back(entry.path().filename().string());
    }
    std::ranges::sort(out);
    return out;
}

}  // namespace

Result<std::vector<Recorded>> read_recordings(const std::string& folder,
                                              const std::vector<std::string>& scenarios) {
    constexpr std::size_t kBytesMax = std::size_t{64} << 20;
    std::vector<Recorded> out;
    for (const auto& scenario : scenarios.empty() ? scenarios_in(folder) : scenarios) {
        const auto file =
            (std::filesystem::path(folder) / scenario / "normalized-fixture.json").string();
        const auto text = read_file(file, kBytesMax);
        if (!text) return std::unexpected(text.error());
        const auto all = Json::parse(*text, nullptr, false);
        if (!all.is_array()) return fail(ErrorKind::Config, "bad-recording", file + " is no list");
        for (const auto& one : all) out.push_back(recorded_of(scenario, one));
    }
    if (!out.empty()) return out;
    return fail(ErrorKind::Config, "no-recording", "no recorded answers in " + folder);
}

}  // namespace streams::replay
