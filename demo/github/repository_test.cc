#include "demo/github/repository.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "demo/github/dates.h"
#include "demo/github/plans.h"

namespace streams::demo {
namespace {

Repository made(const char* name, Choices choices = {}) {
    return Repository(plan_of("octokit", name, choices).value_or(Plan{}));
}

TEST(Repository, OfTheDemonstrationHasThirteenIssuesFortyCommitsAndNothingElse) {
    const auto demo = made("demo");
    EXPECT_EQ(demo.items(Kind::Issues).size(), 13U);
    EXPECT_EQ(demo.items(Kind::Commits).size(), 40U);
    for (const auto kind : {Kind::IssueComments, Kind::Pulls, Kind::Releases, Kind::Labels,
                            Kind::Milestones, Kind::Stargazers}) {
        EXPECT_TRUE(demo.items(kind).empty());
    }
}

TEST(Repository, OfTheDemonstrationEndsInTheSecondsOfItsState) {
    const auto demo = made("demo");
    EXPECT_EQ(text_of(demo.items(Kind::Commits).back().updated), "2017-01-17T20:32:05Z");
    EXPECT_EQ(text_of(demo.items(Kind::Issues).back().updated), "2022-07-05T13:45:22Z");
    const auto older = [&](Kind kind) {
        const auto& all = demo.items(kind);
        return std::ranges::count_if(
            all, [&](const Item& item) { return item.updated < all.back().updated; });
    };
    EXPECT_EQ(older(Kind::Commits), 39);
    EXPECT_EQ(older(Kind::Issues), 12);
}

TEST(Repository, KeepsItsItemsWhenMoreComeLater) {
    const auto before = made("demo");
    const auto after = made("demo", {.later = 3});
    ASSERT_EQ(after.items(Kind::Issues).size(), 16U);
    ASSERT_EQ(after.items(Kind::Commits).size(), 43U);
    for (std::size_t index = 0; index < 13; ++index) {
        const auto& old = before.items(Kind::Issues)[index];
        const auto& now = after.items(Kind::Issues)[index];
        EXPECT_EQ(old.id, now.id);
        EXPECT_EQ(old.created, now.created);
        EXPECT_EQ(old.updated == now.updated, index != 1) << "only the second issue changed";
    }
    EXPECT_EQ(before.sha(39), after.sha(39));
    EXPECT_EQ(before.items(Kind::Commits)[39].updated, after.items(Kind::Commits)[39].updated);
    EXPECT_LT(after.items(Kind::Commits)[39].updated, after.items(Kind::Commits)[40].updated);
}

TEST(Repository, HasNoIdTwiceAndIdsBeyondThirtyTwoBits) {
    const auto large = made("large", {.scale = 5});
    for (const auto kind : {Kind::Issues, Kind::IssueComments, Kind::Pulls, Kind::Releases,
                            Kind::Labels, Kind::Milestones}) {
        std::set<std::int64_t> ids;
        for (const auto& item : large.items(kind)) ids.insert(item.id);
        EXPECT_EQ(ids.size(), large.items(kind).size());
        EXPECT_GT(*ids.begin(), std::int64_t{1} << 31);
    }
    EXPECT_GT(large.items(Kind::IssueComments).front().id, std::int64_t{1} << 32);
}

TEST(Repository, CountsTheCommentsOfAnIssueAsItListsThem) {
    const auto large = made("large");
    std::size_t counted = 0;
    for (const auto& issue : large.items(Kind::Issues)) counted += issue.comments;
    EXPECT_EQ(counted, large.items(Kind::IssueComments).size());
    for (const auto& comment : large.items(Kind::IssueComments)) {
        EXPECT_LE(large.items(Kind::Issues)[comment.of].created, comment.created);
        EXPECT_GE(large.items(Kind::Issues)[comment.of].updated, comment.updated);
    }
}

TEST(Repository, HasCommitsThatShareASecondWhereThatMatters) {
    const auto large = made("large");
    const auto& commits = large.items(Kind::Commits);
    const auto same = std::ranges::adjacent_find(commits, {}, &Item::updated);
    EXPECT_NE(same, commits.end());
    EXPECT_TRUE(std::ranges::is_sorted(commits, {}, &Item::updated));
}

TEST(Dates, ReadWhatTheyWriteAndOffsets) {
    const auto time = time_of("2022-07-05T13:45:22Z").value_or(std::chrono::sys_seconds());
    EXPECT_EQ(text_of(time), "2022-07-05T13:45:22Z");
    EXPECT_EQ(time_of("2022-07-05T15:45:22+02:00"), time);
    EXPECT_EQ(time_of("2022-07-05T13:45:22.999Z"), time);
    EXPECT_EQ(text_of(time_of("2022-07-05").value_or(time)), "2022-07-05T00:00:00Z");
    for (const auto* wrong : {"", "now", "2022-13-01", "2022-07-05T13:45", "2022-07-05 13:45:22Z",
                              "2022-07-05T13:45:22", "-022-07-05"}) {
        EXPECT_FALSE(time_of(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace streams::demo
