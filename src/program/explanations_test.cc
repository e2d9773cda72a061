#include "program/explanations.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <regex>
#include <set>

#include "base/file.h"

namespace streams {
namespace {

bool is_source(const std::filesystem::path& path) {
    const auto name = path.filename().string();
    return (path.extension() == ".cc" || path.extension() == ".h") &&
           name.find("_test.") == std::string::npos && name.find("testing") == std::string::npos;
}

// The ids that the code gives to errors: `ErrorKind::Config, "usage"`, `error.id = "key-changed"`.
std::set<std::string> ids_in_code(const std::string& root) {
    const std::regex form(
        R"re((?:ErrorKind::\w+,\s*|\berror(?:\(\))?\.id = )"([a-z0-9]+(?:-[a-z0-9]+)*)")re");
    std::set<std::string> ids;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root + "/src")) {
        if (!entry.is_regular_file() || !is_source(entry.path())) continue;
        const auto text = read_file(entry.path(), 1 << 20).value();
        for (std::sregex_iterator match(text.begin(), text.end(), form), end; match != end;
             ++match) {
            ids.insert((*match)[1]);
        }
    }
    return ids;
}

TEST(Explanations, KnowEveryIdInTheCode) {
    const auto* root = std::getenv("STREAMS_SOURCE");  // Given by ctest.
    if (root == nullptr) GTEST_SKIP() << "STREAMS_SOURCE does not name the source folder";
    const auto ids = ids_in_code(root);
    EXPECT_GT(ids.size(), 50U);
    for (const auto& id : ids) EXPECT_NE(explanation_of(id), nullptr) << id;
}

TEST(Explanations, AreSortedAndWholeSentences) {
    const auto all = explanations();
    EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Explanation::id));
    for (const auto& one : all) EXPECT_TRUE(one.text.ends_with('.')) << one.id;
    EXPECT_EQ(explanation_of("no-such-id"), nullptr);
    EXPECT_EQ(explanation_of("token-refused")->id, "token-refused");
}

}  // namespace
}  // namespace streams
