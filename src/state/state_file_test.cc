#include "state/state_file.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"

namespace streams {
namespace {

std::string value_of(std::string_view text, std::size_t warnings = 0) {
    const auto state = read_state_text(text, "state.json");
    EXPECT_EQ(state.warnings.size(), warnings) << text;
    EXPECT_FALSE(state.is_missing);
    return state.value.value_or("none");
}

class StateFileOnDisk : public testing::Test {
 protected:
    StateFileOnDisk() {
        std::string pattern = (std::filesystem::temp_directory_path() / "state-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        path = (folder_ / "state.json").string();
    }
    ~StateFileOnDisk() override { std::filesystem::remove_all(folder_); }

    void write(std::string_view text) const { std::ofstream(path, std::ios::binary) << text; }
    std::string text() const { return *read_file(path, 1U << 20); }

    std::string path;

 private:
    std::filesystem::path folder_;
};

TEST(StateFile, TakesTheLastLine) {
    EXPECT_EQ(value_of("{\"a\":1}\n{\"a\":2}\n"), "{\"a\":2}");
    EXPECT_EQ(value_of("{\"a\":1}\r\n {\"a\": 2.0} \r\n\n  \n"), "{\"a\": 2.0}");
    EXPECT_EQ(value_of("1\n2\n"), "2");
}

TEST(StateFile, TakesAWholeDocumentOverSeveralLines) {
    EXPECT_EQ(value_of("{\n  \"a\": [\n    1\n  ]\n}\n"), "{\n  \"a\": [\n    1\n  ]\n}");
    EXPECT_EQ(value_of("{\n  \"a\": 1\n}\n{\"a\":2}\n"), "{\"a\":2}");
}

TEST(StateFile, TakesEmptinessAndNullForNoState) {
    EXPECT_EQ(value_of(""), "none");
    EXPECT_EQ(value_of(" \n\r\n\t"), "none");
    EXPECT_EQ(value_of("null\n"), "none");
    EXPECT_EQ(value_of("{\"a\":1}\nnull\n"), "none");
    EXPECT_EQ(value_of("\xef\xbb\xbf"), "none");
}

TEST(StateFile, LeavesOutAByteOrderMark) {
    EXPECT_EQ(value_of("\xef\xbb\xbf{\"a\":1}\n"), "{\"a\":1}");
}

TEST(StateFile, CountsAnUnterminatedLineOnlyIfItCannotHaveBeenCut) {
    EXPECT_EQ(value_of("{\"a\":1}\n{\"a\":2}"), "{\"a\":2}");
    EXPECT_EQ(value_of("\"old\"\n\"new\""), "\"new\"");
    EXPECT_EQ(value_of("[1]\n[2]"), "[2]");
    EXPECT_EQ(value_of("41\n42", 1), "41");
    EXPECT_EQ(value_of("41\ntrue", 1), "41");
    EXPECT_EQ(value_of("41\nnull", 1), "41");
    EXPECT_EQ(value_of("42", 1), "none");
    EXPECT_EQ(value_of("42\n"), "42");
}

TEST(StateFile, PassesOverTornAndGluedLinesWithAWarning) {
    EXPECT_EQ(value_of("{\"a\":1}\n{\"a\":", 1), "{\"a\":1}");
    EXPECT_EQ(value_of("{\"a\":1}\n{\"a\":2}{\"a\":3}\n", 1), "{\"a\":1}");
    EXPECT_EQ(value_of("{\"a\":1}\n{\"a\":\"\xc3\n{\"a\n", 1), "{\"a\":1}");
    EXPECT_EQ(value_of("{\"a\":", 1), "none");
    // Older faults are history.
    EXPECT_EQ(value_of("{\"a\":\n{\"a\":2}\n"), "{\"a\":2}");
}

TEST(StateFile, SaysWhatItPassesOver) {
    const auto state = read_state_text("{\"a\":1}\n{\"a\":2}{\n{\x1b", "state.json");
    ASSERT_EQ(state.warnings.size(), 1U);
    EXPECT_NE(state.warnings[0].find("state.json: 2 lines"), std::string::npos);
    EXPECT_EQ(state.warnings[0].find('\x1b'), std::string::npos);
}

TEST_F(StateFileOnDisk, SaysThatTheFileIsMissing) {
    const auto state = read_state_file(path);
    ASSERT_TRUE(state);
    EXPECT_TRUE(state->is_missing);
    EXPECT_FALSE(state->value);
}

TEST_F(StateFileOnDisk, FailsOnWhatCannotBeRead) {
    const auto state = read_state_file(std::filesystem::path(path).parent_path().string());
    ASSERT_FALSE(state);
    EXPECT_EQ(state.error().kind, ErrorKind::Config);
}

TEST_F(StateFileOnDisk, ReadsTheEndOfAHugeFile) {
    std::string line = "{\"a\":\"" + std::string(1 << 20, 'x') + "\"}\n";
    std::ofstream file(path);
    for (int count = 0; count < 70; ++count) file << line;
    file << "{\"last\":1}\n" << std::flush;
    const auto state = read_state_file(path);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->value, "{\"last\":1}");
    EXPECT_TRUE(state->warnings.empty());
}

TEST_F(StateFileOnDisk, AppendsALineOfItsOwn) {
    ASSERT_TRUE(append_state(path, "{\"a\":1}"));
    ASSERT_TRUE(append_state(path, "{\n \"a\": \"x\\\"\"\r\n}\n"));
    EXPECT_EQ(text(), "{\"a\":1}\n{ \"a\": \"x\\\"\"}\n");
}

TEST_F(StateFileOnDisk, EndsAnUnterminatedLineBeforeAppending) {
    write("{\"a\":");
    ASSERT_TRUE(append_state(path, "7"));
    EXPECT_EQ(text(), "{\"a\":\n7\n");
    EXPECT_EQ(read_state_file(path)->value, "7");
}

TEST_F(StateFileOnDisk, AppendsNothingThatIsNotJson) {
    EXPECT_FALSE(append_state(path, "{\"a\":"));
    EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace streams
