#include "demo/github/shapes.h"

#include <gtest/gtest.h>
#include <set>

#include "demo/github/asking.h"
#include "demo/github/recorded_answers.h"

namespace streams::demo {
namespace {

using nlohmann::json;

json answered(const std::string& target) {
    Api api({}, noon);
    return json::parse(api.answer(asking(target, {{"Authorization", "token t"}})).body);
}

std::set<std::string> keys_of(const json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.insert(key);
    return keys;
}

// Every recorded member is generated, with the same type where both are not null; what is generated
// beyond that is in `newer`, which GitHub publishes but had not when the answers were recorded.
void expect_shape(const json& generated, const json& recorded,
                  const std::set<std::string>& newer = {}) {
    for (const auto& [key, value] : recorded.items()) {
        ASSERT_TRUE(generated.contains(key)) << key;
        const auto& ours = generated[key];
        if (ours.is_null() || value.is_null()) continue;
        EXPECT_EQ(std::string(ours.type_name()), value.type_name()) << key;
    }
    for (const auto& key : keys_of(generated)) {
        EXPECT_TRUE(recorded.contains(key) || newer.contains(key)) << key;
    }
}

TEST(Shapes, OfAnIssueItsUserAndItsReactionsAreTheRecordedOnes) {
    const auto recorded = recorded_answers("paginate-issues");
    if (!recorded) GTEST_SKIP() << "the recorded answers are not here";
    const auto& theirs = (*recorded)[0]["response"][0];
    for (const auto& ours : answered("/repos/octokit/large/issues?state=all&per_page=100")) {
        expect_shape(ours, theirs, {"draft", "pull_request", "type", "sub_issues_summary"});
        expect_shape(ours["user"], theirs["user"]);
        expect_shape(ours["reactions"], theirs["reactions"]);
    }
}

TEST(Shapes, OfALabelAreTheRecordedOnesAndTheDefaultLabelsToo) {
    const auto recorded = recorded_answers("labels");
    if (!recorded) GTEST_SKIP() << "the recorded answers are not here";
    const auto& theirs = (*recorded)[0]["response"];
    const auto ours = answered("/repos/octokit/large/labels?per_page=100");
    for (const auto& label : ours) expect_shape(label, theirs[0]);
    for (std::size_t at = 0; at < theirs.size(); ++at) {
        for (const auto* key : {"name", "color", "default", "description"}) {
            EXPECT_EQ(ours[at][key], theirs[at][key]);
        }
    }
}

TEST(Shapes, OfAReleaseAndItsAssetsAreTheRecordedOnes) {
    const auto recorded = recorded_answers("release-assets");
    if (!recorded) GTEST_SKIP() << "the recorded answers are not here";
    const auto& asset = (*recorded)[2]["response"][0];
    for (const auto& ours : answered("/repos/octokit/large/releases?per_page=100")) {
        expect_shape(ours, (*recorded)[0]["response"]);
        for (const auto& one : ours["assets"]) expect_shape(one, asset);
    }
}

TEST(Shapes, OfARepositoryAreTheRecordedOnesButWhatOnlyItsOwnerSees) {
    const auto recorded = recorded_answers("get-repository");
    if (!recorded) GTEST_SKIP() << "the recorded answers are not here";
    auto theirs = (*recorded)[0]["response"];
    for (const auto* key :
         {"allow_squash_merge", "allow_merge_commit", "allow_rebase_merge", "allow_auto_merge",
          "delete_branch_on_merge", "allow_update_branch", "use_squash_pr_title_as_default"}) {
        theirs.erase(key);
    }
    expect_shape(answered("/repos/octokit/large"), theirs, {"has_discussions"});
}

TEST(Shapes, OfAnErrorHoldWhatTheRecordedOneHolds) {
    const auto recorded = recorded_answers("errors");
    if (!recorded) GTEST_SKIP() << "the recorded answers are not here";
    const auto& theirs = (*recorded)[0]["response"];
    const auto ours = answered("/repos/octokit/demo/commits?since=x");
    expect_shape(ours, theirs, {"status"});
    expect_shape(ours["errors"][0], theirs["errors"][0]);
}

TEST(Shapes, MarkPullRequestsAmongIssuesAndListThemAgain) {
    std::set<std::int64_t> numbers;
    for (const auto& issue : answered("/repos/octokit/large/issues?state=all&per_page=100")) {
        EXPECT_EQ(issue.contains("pull_request"), issue["number"].get<int>() % 3 == 0);
        if (!issue.contains("pull_request")) continue;
        numbers.insert(issue["number"].get<std::int64_t>());
        EXPECT_TRUE(issue["pull_request"].contains("merged_at"));
    }
    std::set<std::int64_t> listed;
    for (const auto& pull : answered("/repos/octokit/large/pulls?state=all&per_page=100")) {
        listed.insert(pull["number"].get<std::int64_t>());
        EXPECT_TRUE(pull["head"]["repo"].contains("full_name"));
        EXPECT_TRUE(pull["merged_at"].is_null() || pull["state"] == "closed");
    }
    for (const auto number : numbers) EXPECT_TRUE(listed.contains(number)) << number;
}

TEST(Shapes, HoldTextsThatBreakCarelessReaders) {
    std::string all;
    bool null_body = false;
    bool null_user = false;
    for (int page = 1; page < 7; ++page) {
        const auto number = std::to_string(page);
        for (const auto& comment :
             answered("/repos/octokit/large/issues/comments?per_page=100&page=" + number)) {
            all += comment["body"].get<std::string>();
        }
        for (const auto& issue :
             answered("/repos/octokit/large/issues?state=all&per_page=100&page=" + number)) {
            null_body |= issue["body"].is_null();
        }
        for (const auto& commit :
             answered("/repos/octokit/large/commits?per_page=100&page=" + number)) {
            null_user |= commit["author"].is_null();
        }
    }
    EXPECT_TRUE(null_body);
    EXPECT_TRUE(null_user);
    for (const auto* text : {"\r\n", "👍🏽", "\u200b", "\\", "\"", "עברית", "2147483648"}) {
        EXPECT_NE(all.find(text), std::string::npos) << text;
    }
    EXPECT_NE(all.find('\0'), std::string::npos);
}

}  // namespace
}  // namespace streams::demo
