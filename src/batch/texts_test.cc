#include "batch/texts.h"

#include <gtest/gtest.h>

#include "batch/json_scan.h"

namespace streams {
namespace {

std::string plain(std::string text) {
    const std::size_t size = text.size();
    text.append(kTextSpare, '\\');
    std::string out(size + kTextSpare, '?');
    std::size_t written = 0;
    const Unescaped done = unescape(std::string_view(text).substr(0, size),
                                    reinterpret_cast<std::uint8_t*>(out.data()), written);
    if (done == Unescaped::Syntax) return "syntax";
    if (done == Unescaped::Surrogate) return "surrogate";
    return out.substr(0, written);
}

TEST(Texts, AreUnescaped) {
    EXPECT_EQ(plain(""), "");
    EXPECT_EQ(plain(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(plain(R"(\u0041\u00e9\u20AC\ud83d\ude00)"), "A\u00e9\u20ac\U0001F600");
    EXPECT_EQ(plain(std::string(15, 'a') + "\\n" + std::string(20, 'b') + "\\t"),
              std::string(15, 'a') + "\n" + std::string(20, 'b') + "\t");
    EXPECT_EQ(plain(std::string(16, 'a') + "\\\\"), std::string(16, 'a') + "\\");
}

TEST(Texts, KnowBadEscapes) {
    for (const char* text :
         {R"(\x)", R"(\u12)", R"(\u12g4)", R"(\u-123)", R"(\)", R"(\ud800\u12)", R"(\U0041)"}) {
        EXPECT_EQ(plain(text), "syntax") << text;
    }
    for (const char* text : {R"(\ud800)", R"(\udfff)", R"(\ud800x)", R"(\ud800\n)",
                             R"(\ud800\ud800)", R"(\udc00\ud800)"}) {
        EXPECT_EQ(plain(text), "surrogate") << text;
    }
}

TEST(Texts, AreUuidsInOneFormOnly) {
    EXPECT_TRUE(is_canonical_uuid("123e4567-e89b-12d3-a456-426614174000"));
    EXPECT_FALSE(is_canonical_uuid("123E4567-e89b-12d3-a456-426614174000"));
    EXPECT_FALSE(is_canonical_uuid("123e4567e89b12d3a456426614174000"));
    EXPECT_FALSE(is_canonical_uuid("{123e4567-e89b-12d3-a456-42661417400}"));
    EXPECT_FALSE(is_canonical_uuid("123e4567-e89b-12d3-a456-42661417400g"));
}

std::string decoded(std::string_view text) {
    std::string out(text.size() + 1, '?');
    std::size_t size = 0;
    if (!decode_base64(text, reinterpret_cast<std::uint8_t*>(out.data()), size)) return "no";
    return out.substr(0, size);
}

TEST(Texts, AreDecodedFromBase64) {
    EXPECT_EQ(decoded(""), "");
    EXPECT_EQ(decoded("TQ=="), "M");
    EXPECT_EQ(decoded("TWE="), "Ma");
    EXPECT_EQ(decoded("TWFu"), "Man");
    EXPECT_EQ(decoded("+/+/"), "\xfb\xff\xbf");
    for (const char* text :
         {"T", "TQ", "TQ=", "TR==", "TWF=", "TQ==TQ==", "=", "====", "T Q=", "-_-_"}) {
        EXPECT_EQ(decoded(text), "no") << text;
    }
}

TEST(Texts, AreJsonToTheLetter) {
    for (const char* text :
         {"{}", "[]", "[1,2]", R"({"a":{"b":[null,true,false]}})", R"(["\u00e9"])", "[ ]",
          "{ \"a\" : 1 }", "-0.5e3", R"("x")", "[[],{}]"}) {
        EXPECT_TRUE(is_whole_json(text)) << text;
    }
    for (const char* text :
         {"",           "[",        "]",           "[1,]",      "[,1]",   "{,}",   R"({"a"})",
          R"({"a":})",  R"({a:1})", "[1 2]",       R"(["\x"])", "[01]",   "[tru]", "[1}",
          R"({"a":1])", "[]]",      R"({"a":1,})", "[nul]",     R"(["a)", "[1]1"}) {
        EXPECT_FALSE(is_whole_json(text)) << text;
    }
}

TEST(Texts, NestAThousandLevelsDeepAndNoDeeper) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_TRUE(is_whole_json(nested(1'023)));
    EXPECT_FALSE(is_whole_json(nested(1'024)));
    EXPECT_FALSE(is_whole_json(nested(100'000)));
}

}  // namespace
}  // namespace streams
