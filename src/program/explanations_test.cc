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

// Adds the first group of each match.
void find_all(const std::string& text, const std::string& form, std::set<std::string>& found) {
    const std::regex compiled(form);
    for (std::sregex_iterator match(text.begin(), text.end(), compiled), end; match != end;
         ++match) {
        found.insert((*match)[1]);
    }
}

constexpr std::string_view kId = R"re("([a-z0-9]+(?:-[a-z0-9]+)*)")re";

// The ids that a text gives to errors: `ErrorKind::Config, "usage"`, `error.id = "key-changed"`,
// and by a function of its own that begins `Error usage(std::string id`.
void find_ids(const std::string& text, std::set<std::string>& ids) {
    find_all(text, R"((?:ErrorKind::\w+,\s*|\berror(?:\(\))?\.id = ))" + std::string(kId), ids);
    std::set<std::string> makers;
    find_all(text, R"(Error>? (?:\w+::)?(\w+)\(std::string(?:_view)? id\b)", makers);
    for (const auto& maker : makers) {
        find_all(text, "\\b" + maker + R"(\(\s*)" + std::string(kId), ids);
    }
}

std::set<std::string> ids_in_code(const std::string& root) {
    std::set<std::string> ids;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root + "/src")) {
        if (!entry.is_regular_file() || !is_source(entry.path())) continue;
        find_ids(read_file(entry.path(), 1 << 20).value(), ids);
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

TEST(Explanations, AreLookedForWhereverAnErrorIsMade) {
    std::set<std::string> ids;
    find_ids(
        "fail(ErrorKind::Data, \"a-b\", x); Error usage(std::string id, int); usage(\n"
        "    \"c-d\", 1); other(\"e-f\"); error.id = \"g\";",
        ids);
    EXPECT_EQ(ids, (std::set<std::string>{"a-b", "c-d", "g"}));
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
