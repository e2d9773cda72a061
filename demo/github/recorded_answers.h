#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace streams::demo {

/// A conversation with the real GitHub, out of the folder of shared test data beside the source
/// tree; none where that folder is absent. For tests.
inline std::optional<nlohmann::json> recorded_answers(const std::string& scenario) {
    const char* source = std::getenv("STREAMS_SOURCE");
    if (source == nullptr) return std::nullopt;
    const auto file = std::filesystem::path(source) /
                      "../shared/corpora/payload-github-fixtures/api.github.com" / scenario /
                      "normalized-fixture.json";
    std::ifstream in(file);
    if (!in) return std::nullopt;
    return nlohmann::json::parse(in);
}

}  // namespace streams::demo
