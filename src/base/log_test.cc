#include "base/log.h"

#include <gtest/gtest.h>

namespace streams {
namespace {

class Log : public testing::Test {
 protected:
    void TearDown() override { set_log({}); }

    static std::string written(LogLevel level, std::string_view message) {
        testing::internal::CaptureStderr();
        log(level, message);
        return testing::internal::GetCapturedStderr();
    }
};

TEST_F(Log, KeepsTheFormOfThe2017Programs) {
    EXPECT_EQ(written(LogLevel::Info, "Replicating all commits"),
              "  INFO Replicating all commits\n");
    EXPECT_EQ(written(LogLevel::Warning, "careful"), "WARNING careful\n");
    EXPECT_EQ(written(LogLevel::Error, "no"), " ERROR no\n");
}

TEST_F(Log, SaysOnlyErrorsWhenQuietAndStepsWhenVerbose) {
    EXPECT_EQ(written(LogLevel::Debug, "a step"), "");
    set_log({.verbose = true});
    EXPECT_EQ(written(LogLevel::Debug, "a step"), " DEBUG a step\n");
    set_log({.quiet = true});
    EXPECT_EQ(written(LogLevel::Warning, "careful"), "");
    EXPECT_EQ(written(LogLevel::Error, "no"), " ERROR no\n");
}

TEST_F(Log, WritesOneObjectALineAsJson) {
    set_log({.format = LogFormat::Json});
    const auto line = written(LogLevel::Info, "say \"a\\b\"\n");
    EXPECT_NE(line.find(R"({"level":"INFO","time":")"), std::string::npos) << line;
    EXPECT_NE(line.find(R"("message":"say \"a\\b\"\\x0a"})"), std::string::npos) << line;
}

TEST_F(Log, EscapesWhatATerminalWouldObey) {
    EXPECT_EQ(written(LogLevel::Info, "\x1b]0;owned\x07\n"), "  INFO \\x1b]0;owned\\x07\\x0a\n");
}

TEST(Printable, KeepsTextAndEscapesControlsAndBrokenBytes) {
    EXPECT_EQ(printable("Zürich \xF0\x9F\x98\x80\t."), "Zürich \xF0\x9F\x98\x80\t.");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m"),
              "\\xc2\\x9b31m");  // C1: an escape in one byte.
    EXPECT_EQ(printable("\xE2\x80\xAE"
                        "txt"),
              "\\xe2\\x80\\xaetxt");  // Right to left.
    EXPECT_EQ(printable("\xC0\xAF\xED\xA0\x80\xFF"), "\\xc0\\xaf\\xed\\xa0\\x80\\xff");
    EXPECT_EQ(printable("cut \xE2\x82"), "cut \\xe2\\x82");
}

TEST(AsciiExcerpt, CutsLongTextAndEscapesWhatIsNotAscii) {
    EXPECT_EQ(ascii_excerpt("abcdef", 3), "abc...");
    EXPECT_EQ(ascii_excerpt("a\xC3\xA9", 20), "a\\xc3\\xa9");
}

}  // namespace
}  // namespace streams
