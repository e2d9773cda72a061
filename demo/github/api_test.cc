#include "demo/github/api.h"

#include <gtest/gtest.h>
#include <set>

#include "demo/github/asking.h"
#include "demo/github/port_file.h"
#include "demo/github/recorded_answers.h"

namespace streams::demo {
namespace {

using nlohmann::json;

// Follows `next` from `target` to the end; at most 1000 pages.
std::vector<json> all_pages(Api& api, std::string target) {
    std::vector<json> out;
    for (int page = 0; page < 1000 && !target.empty(); ++page) {
        const auto answer = api.answer(asking(target));
        EXPECT_EQ(answer.status, 200) << target << ' ' << answer.body;
        if (answer.status != 200) break;
        for (auto& element : json::parse(answer.body)) out.push_back(std::move(element));
        target = next_of(answer);
    }
    return out;
}

TEST(Api, GivesTheSameBytesInEveryRun) {
    Api first({}, noon);
    Api second({}, [] { return noon() + std::chrono::hours(999); });
    for (const auto* list : {"commits", "issues?state=all", "issues/comments", "pulls", "releases",
                             "labels", "milestones", "stargazers"}) {
        const auto target = std::string("/repos/octokit/large/") + list;
        EXPECT_EQ(first.answer(asking(target)).body, second.answer(asking(target)).body) << list;
    }
}

TEST(Api, ShowsEveryItemOnceWhateverThePageSize) {
    Api api({}, noon);
    const std::map<std::string, std::size_t> lists = {{"commits?", 437},
                                                      {"issues?state=all&", 361},
                                                      {"issues/comments?", 523},
                                                      {"pulls?state=all&", 120},
                                                      {"releases?", 37},
                                                      {"labels?", 41},
                                                      {"milestones?state=all&", 11},
                                                      {"stargazers?", 229}};
    for (const auto& [list, count] : lists) {
        for (const auto* size : {"37", "100"}) {
            const auto all = all_pages(api, "/repos/octokit/large/" + list + "per_page=" + size);
            std::set<std::string> keys;
            for (const auto& item : all) {
                keys.insert(item.contains("sha") ? item["sha"].dump() : item["id"].dump());
            }
            EXPECT_EQ(all.size(), count) << list << size;
            EXPECT_EQ(keys.size(), count) << list << size;
        }
    }
}

TEST(Api, ShowsEveryIssueOnceByCursor) {
    Api api({}, noon);
    std::set<std::int64_t> ids;
    const auto all = all_pages(api, "/repos/octokit/cursors/issues?state=all&per_page=100");
    for (const auto& issue : all) ids.insert(issue["id"].get<std::int64_t>());
    EXPECT_EQ(all.size(), 361U);
    EXPECT_EQ(ids.size(), 361U);
    EXPECT_EQ(api.answer(asking("/repos/octokit/cursors/issues?page=2")).status, 422);
}

TEST(Api, BringsTheSecondOfSinceAgain) {
    Api api({}, noon);
    const auto commits =
        all_pages(api, "/repos/octokit/demo/commits?since=2017-01-17T20:32:05Z&per_page=100");
    ASSERT_EQ(commits.size(), 1U);
    EXPECT_EQ(commits[0]["commit"]["committer"]["date"], "2017-01-17T20:32:05Z");
    const auto issues = all_pages(
        api, "/repos/octokit/demo/issues?state=all&since=2022-07-05T13%3A45%3A22Z&sort=updated");
    ASSERT_EQ(issues.size(), 1U);
    EXPECT_EQ(issues[0]["title"], "Test issue 13");
    EXPECT_EQ(issues[0]["updated_at"], "2022-07-05T13:45:22Z");
    EXPECT_TRUE(all_pages(api, "/repos/octokit/demo/commits?since=2017-01-17T20:32:06Z").empty());
}

TEST(Api, ComparesSinceWithTheCommittersDateAndListsNewestFirst) {
    Api api({}, noon);
    const auto commits = all_pages(api, "/repos/octokit/large/commits?since=2025-06-20T00:00:00Z");
    ASSERT_GT(commits.size(), 10U);
    ASSERT_LT(commits.size(), 437U);
    std::string before = "9999";
    bool authored_earlier = false;
    for (const auto& commit : commits) {
        const auto date = commit["commit"]["committer"]["date"].get<std::string>();
        EXPECT_LE(date, before);
        EXPECT_GE(date, "2025-06-20T00:00:00Z");
        authored_earlier |= commit["commit"]["author"]["date"] < "2025-06-20";
        before = date;
    }
    EXPECT_TRUE(authored_earlier) << "one was written before and committed after";
}

TEST(Api, ListsOpenIssuesUnlessAskedOtherwise) {
    Api api({}, noon);
    const auto count = [&](const std::string& query) {
        return all_pages(api, "/repos/octokit/demo/issues?" + query).size();
    };
    EXPECT_EQ(count("state=all"), 13U);
    EXPECT_EQ(count("") + count("state=closed"), 13U);
    EXPECT_GT(count("state=closed"), 0U);
    EXPECT_EQ(count(""), count("state=open"));
    EXPECT_EQ(api.answer(asking("/repos/octokit/demo/issues?state=both")).status, 422);
}

TEST(Api, OrdersByUpdateUpwardsWhenAsked) {
    Api api({}, noon);
    const auto issues =
        all_pages(api, "/repos/octokit/large/issues?state=all&sort=updated&direction=asc");
    std::string before;
    for (const auto& issue : issues) {
        EXPECT_GE(issue["updated_at"].get<std::string>(), before);
        before = issue["updated_at"].get<std::string>();
    }
}

TEST(Api, LinksThePagesAsGitHubWasRecordedToDo) {
    const auto recorded = recorded_answers("paginate-issues");
    if (!recorded) GTEST_SKIP() << "the recorded answers are not here";
    Api api({}, noon);
    std::string target = "/repos/octokit/demo/issues?per_page=3&state=all";
    for (const auto& one : *recorded) {
        const auto answer = api.answer(asking(target));
        auto expected = one["headers"]["link"].get<std::string>();
        const auto replace = [&](const std::string& old, const std::string& now) {
            for (auto at = expected.find(old); at != std::string::npos; at = expected.find(old)) {
                expected.replace(at, old.size(), now);
            }
        };
        replace("https://api.github.com/repositories/1000/",
                "http://127.0.0.1:8080/repositories/" + std::to_string(kDemoId) + '/');
        replace("per_page=3&page", "per_page=3&state=all&page");
        EXPECT_EQ(header_of(answer, "Link"), expected);
        EXPECT_EQ(json::parse(answer.body).size(), one["response"].size());
        EXPECT_EQ(json::parse(answer.body)[0]["number"], one["response"][0]["number"]);
        target = next_of(answer);
    }
    EXPECT_EQ(target, "");
}

TEST(Api, AnswersNothingNewToAnEtag) {
    Api api({}, noon);
    const auto first = api.answer(asking("/repos/octokit/demo/commits"));
    const auto etag = header_of(first, "ETag");
    const auto second =
        api.answer(asking("/repos/octokit/demo/commits", {{"If-None-Match", etag}}));
    EXPECT_EQ(second.status, 304);
    EXPECT_EQ(second.body, "");
    EXPECT_EQ(header_of(second, "X-RateLimit-Used"), header_of(first, "X-RateLimit-Used"));
    const auto other =
        api.answer(asking("/repos/octokit/demo/commits?per_page=3", {{"If-None-Match", etag}}));
    EXPECT_EQ(other.status, 200);
}

TEST(Api, GivesStarsADateOnlyWhenAskedForIt) {
    Api api({}, noon);
    const auto target = "/repos/octokit/large/stargazers";
    EXPECT_TRUE(json::parse(api.answer(asking(target)).body)[0].contains("login"));
    const auto dated = json::parse(
        api.answer(asking(target, {{"Accept", "application/vnd.github.star+json"}})).body)[0];
    EXPECT_TRUE(dated.contains("starred_at"));
    EXPECT_TRUE(dated["user"].contains("login"));
}

TEST(Api, RefusesWhatGitHubRefuses) {
    Api api({}, noon);
    const auto status = [&](const std::string& target, http::Headers headers = {}) {
        return api.answer(asking(target, std::move(headers))).status;
    };
    EXPECT_EQ(status("/repos/octokit/demo", {{"User-Agent", ""}}), 403);
    EXPECT_EQ(status("/repos/octokit/absent/issues"), 404);
    EXPECT_EQ(status("/repos/octokit/demo/issues/"), 404);
    EXPECT_EQ(status("/repos/octokit"), 404);
    EXPECT_EQ(status("/repositories/17/issues"), 404);
    EXPECT_EQ(status("/repos/octokit/private/issues"), 404);
    EXPECT_EQ(status("/repos/octokit/private/issues", {{"Authorization", "token t"}}), 200);
    EXPECT_EQ(status("/repos/octokit/demo", {{"Authorization", "Bearer wrong"}}), 401);
    EXPECT_EQ(status("/repos/octokit/demo", {{"Authorization", "Basic dTpw"}}), 401);
    EXPECT_EQ(status("/user"), 401);
    EXPECT_EQ(status("/user", {{"Authorization", "Bearer t"}}), 200);
    EXPECT_EQ(status("/repos/octokit/demo", {{"X-GitHub-Api-Version", "2001-01-01"}}), 400);
    EXPECT_EQ(status("/repos/octokit/demo/commits?since=yesterday"), 422);
    EXPECT_EQ(status("/foreign/repos/octokit/demo", {{"Authorization", "token t"}}), 400);
    const auto body = json::parse(api.answer(asking("/repos/octokit/absent")).body);
    EXPECT_EQ(body["message"], "Not Found");
    EXPECT_TRUE(body.contains("documentation_url"));
}

TEST(Api, CountsRequestsInItsLimitButNotTheQuestionAboutIt) {
    Api api({}, noon);
    const auto used = [](const http::Answer& answer) {
        return header_of(answer, "X-RateLimit-Used");
    };
    EXPECT_EQ(used(api.answer(asking("/repos/octokit/demo"))), "1");
    EXPECT_EQ(used(api.answer(asking("/rate_limit"))), "1");
    const auto again = api.answer(asking("/repos/octokit/demo"));
    EXPECT_EQ(used(again), "2");
    EXPECT_EQ(header_of(again, "X-RateLimit-Remaining"), "58");
    EXPECT_EQ(header_of(again, "X-RateLimit-Reset"), "46800");
}

TEST(Api, NamesItselfInItsAddressesBehindTheEnterprisePathToo) {
    Api api({}, noon);
    const auto answer = api.answer(asking("/api/v3/repos/octokit/demo/issues?per_page=1"));
    EXPECT_EQ(json::parse(answer.body)[0]["repository_url"],
              "http://127.0.0.1:8080/api/v3/repos/octokit/demo");
    EXPECT_TRUE(next_of(answer).starts_with("/api/v3/repositories/"));
}

TEST(PortFile, RemembersAPortAndForgivesNonsense) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "demo-port-file";
    std::filesystem::remove_all(folder);
    const auto file = (folder / "port").string();
    EXPECT_EQ(read_port(file), 0);
    ASSERT_TRUE(write_port(file, 40213));
    EXPECT_EQ(read_port(file), 40213);
    std::ofstream(file) << "no port";
    EXPECT_EQ(read_port(file), 0);
    std::ofstream(file) << "99999999";
    EXPECT_EQ(read_port(file), 0);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace streams::demo
