// Every state file of conformance/messages/.

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>

#include "base/file.h"
#include "state/state_file.h"

namespace streams {
namespace {

namespace fs = std::filesystem;

TEST(StateConformance, ReadsEveryFileAsExpected) {
    const char* source = std::getenv("STREAMS_SOURCE");
    const auto folder = fs::path(source == nullptr ? "." : source) / "conformance/messages";
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        auto path = entry.path();
        if (path.extension() != ".state") continue;
        const auto state = read_state_file(path.string());
        ASSERT_TRUE(state) << path;
        const auto text = read_file(path.replace_extension(".expected.json").string(), 1U << 20);
        ASSERT_TRUE(text) << path;
        const auto expected = nlohmann::json::parse(*text);
        const auto& value = expected["state"];
        EXPECT_EQ(state->value.has_value(), !value.is_null()) << path;
        if (state->value && !value.is_null()) {
            EXPECT_EQ(*state->value, value.get<std::string>()) << path;
        }
        EXPECT_EQ(state->warnings.size(), expected["warnings"].get<std::size_t>()) << path;
        EXPECT_FALSE(state->is_missing) << path;
        ++count;
    }
    EXPECT_GT(count, 15U);
}

}  // namespace
}  // namespace streams
