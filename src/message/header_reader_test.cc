#include "message/header_reader.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace streams {
namespace {

// `h` for a line of the header, `b` for one of the body, else the error's id.
std::string taken(const std::vector<std::string>& lines) {
    HeaderReader header(true);
    std::string answer;
    for (const auto& line : lines) {
        const auto is_header = header.take(line);
        if (!is_header) return answer + is_header.error().id;
        answer += *is_header ? 'h' : 'b';
    }
    return answer;
}

TEST(HeaderReader, TakesTheHeaderWithItsEnd) {
    EXPECT_EQ(taken({"stitchstream/0.1", "Content-Type: jsonline", "--", "{}", "--"}), "hhhbb");
}

TEST(HeaderReader, TakesTheHeaderWithoutItsEnd) {
    EXPECT_EQ(taken({"stitchstream/0.1", "{}", "--"}), "hbb");
    EXPECT_EQ(taken({"stitchstream/0.1", "content-type: jsonline", " {}"}), "hhb");
}

TEST(HeaderReader, LooksNeitherAtCaseNorAtBlanks) {
    EXPECT_EQ(taken({"", " StitchStream/0.1 ", "", "CONTENT-TYPE :  JsonLine ",
                     "X-Other:", " -- \r", "x"}),
              "hhhhhhb");
}

TEST(HeaderReader, RefusesOtherProtocolsAndContents) {
    EXPECT_EQ(taken({"stitchstream/0.2"}), "stream-header");
    EXPECT_EQ(taken({"stitchstream/"}), "stream-header");
    EXPECT_EQ(taken({"stitchstream/0.1", "Content-Type: transit"}), "hstream-header");
    EXPECT_EQ(taken({"stitchstream/0.1", "Content-Type:"}), "hstream-header");
    EXPECT_EQ(taken({"stitchstream/0.1", "hello"}), "hstream-header");
    EXPECT_EQ(taken({"stitchstream/0.1", "[\"^ \"]"}), "hstream-header");
}

TEST(HeaderReader, RefusesAnEndlessHeader) {
    std::vector<std::string> lines(64, "X: y");
    lines.front() = "stitchstream/0.1";
    EXPECT_EQ(taken(lines), std::string(64, 'h'));
    lines.emplace_back("X: y");
    EXPECT_EQ(taken(lines), std::string(64, 'h') + "stream-header");
}

TEST(HeaderReader, LeavesOtherFirstLinesAlone) {
    EXPECT_EQ(taken({"{}", "stitchstream/0.1"}), "bb");
    EXPECT_EQ(taken({"hello", "stitchstream/0.1"}), "bb");
    EXPECT_EQ(taken({"--"}), "b");
    EXPECT_FALSE(HeaderReader(false).is_open());
}

}  // namespace
}  // namespace streams
