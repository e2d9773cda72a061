#include "run/catalog.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "run/shell_words.h"

namespace streams {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kCatalog = R"({"streams": [
    {"tap_stream_id": "public-orders", "stream": "orders", "schema": {"type": "object"},
     "metadata": [
        {"breadcrumb": [], "metadata": {"table-key-properties": ["id"]}},
        {"breadcrumb": ["properties", "id"], "metadata": {"inclusion": "automatic"}},
        {"breadcrumb": ["properties", "total"], "metadata": {"inclusion": "available"}},
        {"breadcrumb": ["properties", "old"],
         "metadata": {"inclusion": "available", "selected-by-default": false}},
        {"breadcrumb": ["properties", "blob"], "metadata": {"inclusion": "unsupported"}}]},
    {"tap_stream_id": "public-log", "stream": "log", "schema": {},
     "metadata": [{"breadcrumb": [], "metadata": {"forced-replication-method": "INCREMENTAL"}}]},
    {"tap_stream_id": "audit", "stream": "audit", "replication_method": "LOG_BASED",
     "schema": {"properties": {"a": {"inclusion": "available"}}}}]})";

Json selected(const std::vector<std::string>& patterns) {
    const auto catalog = select_streams(kCatalog, patterns);
    if (!catalog)
        return catalog.error().id + ": " + catalog.error().what + " " + catalog.error().remedy;
    return Json::parse(catalog->text)["streams"];
}

Json root_of(const Json& stream) {
    for (const auto& entry : stream["metadata"]) {
        if (entry["breadcrumb"].empty()) return entry["metadata"];
    }
    return {};
}

TEST(SelectStreams, MarksAllWithoutPatternsInBothWays) {
    const auto streams = selected({});
    for (const auto& stream : streams) {
        EXPECT_EQ(root_of(stream)["selected"], true);
        EXPECT_EQ(stream["schema"]["selected"], true);
    }
    EXPECT_EQ(root_of(streams[0])["replication-method"], "FULL_TABLE");
    EXPECT_EQ(root_of(streams[1])["replication-method"], "INCREMENTAL");
    EXPECT_FALSE(root_of(streams[2]).contains("replication-method"));
}

TEST(SelectStreams, SelectsAvailableFieldsUnlessTheTapSaysOtherwise) {
    const auto streams = selected({});
    const auto& fields = streams[0]["metadata"];
    EXPECT_FALSE(fields[1]["metadata"].contains("selected"));
    EXPECT_EQ(fields[2]["metadata"]["selected"], true);
    EXPECT_EQ(fields[3]["metadata"]["selected"], false);
    EXPECT_FALSE(fields[4]["metadata"].contains("selected"));
    EXPECT_EQ(streams[2]["schema"]["properties"]["a"]["selected"], true);
}

TEST(SelectStreams, FollowsPatternsAndExclusions) {
    const auto streams = selected({"public-*", "!public-log"});
    EXPECT_EQ(root_of(streams[0])["selected"], true);
    EXPECT_EQ(root_of(streams[1])["selected"], false);
    EXPECT_EQ(root_of(streams[2])["selected"], false);
    EXPECT_EQ(root_of(selected({"!audit"})[1])["selected"], true);
    EXPECT_EQ(root_of(selected({"orders"})[0])["selected"], true);
}

TEST(SelectStreams, RefusesWhatMatchesOrLeavesNothing) {
    EXPECT_EQ(selected({"public-oders"}),
              "stream-unknown: no stream of the source matches --stream public-oders "
              "did you mean public-orders?");
    EXPECT_EQ(selected({"audit", "!audit"}).get<std::string>().substr(0, 16), "nothing-selected");
    EXPECT_EQ(select_streams("[]", {}).error().id, "catalog");
    EXPECT_EQ(select_streams(R"({"streams": [1]})", {}).error().id, "catalog");
}

TEST(ShellWords, AreSplitAsAShellSplitsThem) {
    EXPECT_EQ(split_words(R"(a 'b c'"d \" $e"  f\ g '')").value(),
              (std::vector<std::string>{"a", "b cd \" $e", "f g", ""}));
    EXPECT_FALSE(split_words("a 'b"));
    EXPECT_TRUE(split_words("  ").value().empty());
}

TEST(ShellWords, AreQuotedSoThatTheyComeBack) {
    for (const std::string word : {"plain", "two words", "it's", "a\"b", "$x", "", "a\\b", "*"}) {
        EXPECT_EQ(split_words(quoted_word(word)).value(), std::vector<std::string>{word}) << word;
    }
    EXPECT_EQ(quoted_word("sqlite:a.db"), "sqlite:a.db");
}

TEST(Glob, MatchesStarsAndQuestionMarks) {
    EXPECT_TRUE(matches_glob("public-*", "public-orders"));
    EXPECT_TRUE(matches_glob("*a*b", "xxaxxab"));
    EXPECT_TRUE(matches_glob("a?c", "abc"));
    EXPECT_FALSE(matches_glob("a?c", "ac"));
    EXPECT_FALSE(matches_glob("a", "ab"));
    EXPECT_TRUE(matches_glob("*", ""));
    EXPECT_FALSE(matches_glob("*a*a*a*a*a*a*a*a*a*b", std::string(5000, 'a')));
}

}  // namespace
}  // namespace streams
