#include "manifest/bookmarks.h"

#include <gtest/gtest.h>

namespace streams::manifest {
namespace {

Bookmarks::Layout layout(bool flat, const std::vector<std::string>& labels) {
    return {flat, {{"commits", "commit.committer.date"}, {"issues", "updated_at"}}, labels};
}

Json partition_of(const std::string& label) {
    Json partition = Json::object();
    partition.set("repository", Json::text(label));
    return partition;
}

std::string again(Bookmarks::Layout of, const std::string& state) {
    const auto bookmarks = Bookmarks::open(std::move(of), state);
    return bookmarks ? bookmarks->dump() : bookmarks.error().id;
}

TEST(Bookmarks, AreNullUntilTheFirstRow) {
    auto bookmarks = Bookmarks::open(layout(true, {"a/b"}), std::nullopt);
    ASSERT_TRUE(bookmarks);
    EXPECT_EQ(bookmarks->dump(), R"({"commits":null,"issues":null})");
    bookmarks->set("issues", partition_of("a/b"), "a/b", "2017");
    EXPECT_EQ(bookmarks->dump(), R"({"commits":null,"issues":"2017"})");
    EXPECT_EQ(bookmarks->of("issues", partition_of("a/b"), "a/b"), "2017");
}

TEST(Bookmarks, OfSeveralPartitionsAreKeptByLabel) {
    const std::string flat = R"({"commits":"2016","issues":null})";
    EXPECT_EQ(again(layout(true, {"a/b", "c/d"}), flat),
              R"({"a/b":{"commits":"2016","issues":null},"c/d":{"commits":null,"issues":null}})");
    const std::string both =
        R"({"a/b":{"commits":"1","issues":"2"},"c/d":{"commits":"3","issues":null}})";
    EXPECT_EQ(again(layout(true, {"a/b", "c/d"}), both), both);
    EXPECT_EQ(again(layout(true, {"c/d"}), both), R"({"commits":"3","issues":null})");
    EXPECT_EQ(again(layout(true, {"c/d", "e/f"}), both),
              R"({"c/d":{"commits":"3","issues":null},"e/f":{"commits":null,"issues":null},)"
              R"("a/b":{"commits":"1","issues":"2"}})");
}

TEST(Bookmarks, InTheLayoutOfTheCdkAreReadAndWritten) {
    const std::string whole = R"({"issues":{"updated_at":"2017"}})";
    EXPECT_EQ(again(layout(false, {}), whole), whole);
    EXPECT_EQ(again(layout(true, {"a/b"}), whole), R"({"commits":null,"issues":"2017"})");
    EXPECT_EQ(again(layout(false, {}), R"({"issues":"2017"})"), whole);
    const std::string divided =
        R"({"issues":{"use_global_cursor":false,"states":[{"partition":{"repository":"a/b"},)"
        R"("cursor":{"updated_at":"2017"}}]}})";
    EXPECT_EQ(again(layout(false, {}), divided), divided);
    const auto bookmarks = Bookmarks::open(layout(false, {}), divided);
    EXPECT_EQ(bookmarks->of("issues", partition_of("a/b"), "a/b"), "2017");
    EXPECT_EQ(bookmarks->of("issues", partition_of("c/d"), "c/d"), std::nullopt);
}

TEST(Bookmarks, ThatAreNoneAreRefused) {
    for (const std::string state :
         {"[1]", "5", "{", R"({"issues":["2017"]})", R"({"issues":true})"}) {
        EXPECT_EQ(again(layout(true, {"a/b"}), state), "state-refused") << state;
    }
    EXPECT_EQ(again(layout(true, {"a/b"}), "{}"), R"({"commits":null,"issues":null})");
}

}  // namespace
}  // namespace streams::manifest
