#include "streamers/github/github.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "base/manual_clock.h"
#include "http/server.h"
#include "manifest/sync.h"

namespace streams::github {
namespace {

TEST(GithubManifest, HasEightStreamsWithTheirKeys) {
    const auto manifest = load();
    ASSERT_TRUE(manifest) << manifest.error().what << ' ' << manifest.error().where;
    std::vector<std::string> names;
    for (const auto& stream : manifest->streams) {
        names.push_back(stream.name);
        for (const std::string& key : stream.key) {
            EXPECT_NE(stream.schema.find("properties")->find(key), nullptr) << stream.name;
        }
    }
    EXPECT_EQ(names,
              (std::vector<std::string>{"commits", "issues", "issue_comments", "pull_requests",
                                        "releases", "labels", "milestones", "stargazers"}));
    EXPECT_EQ(manifest->find("commits")->key, (std::vector<std::string>{"_sdc_repository", "sha"}));
    EXPECT_TRUE(manifest->flat_state);
}

TEST(GithubManifest, KeepsTheTokenSecretAndKnowsWhatIdentifiesTheSource) {
    const auto manifest = load();
    ASSERT_TRUE(manifest);
    for (const Setting& setting : manifest->spec.settings()) {
        EXPECT_EQ(setting.secret, setting.name == "access_token") << setting.name;
        EXPECT_EQ(setting.identity, setting.name == "repo_path" || setting.name == "base_url");
        EXPECT_EQ(setting.required, setting.name == "repo_path");
        EXPECT_EQ(setting.variable, setting.secret ? "GITHUB_TOKEN" : "") << setting.name;
    }
}

TEST(GithubManifest, ARepositoryIsAnOwnerAndAName) {
    const auto manifest = load();
    ASSERT_TRUE(manifest);
    const auto is_taken = [&](const std::string& path) {
        return manifest::check_patterns(manifest->patterns,
                                        Settings({{"repo_path", {path, "--repo-path"}}}));
    };
    for (const auto* path : {"a/b", "a/b c/d", " a/b\tc/d\n", "o-1/re.po_x"}) {
        EXPECT_TRUE(is_taken(path)) << path;
    }
    for (const auto* path : {"ab", "", "a/b c", "a/", "/b", "a/b/c", "https://github.com/a/b"}) {
        const auto refused = is_taken(path);
        ASSERT_FALSE(refused) << path;
        EXPECT_EQ(refused.error().id, "setting-value");
        EXPECT_EQ(refused.error().where, "--repo-path");
        EXPECT_EQ(refused.error().remedy, "write it as OWNER/REPO, several separated by blanks");
    }
}

// `check` against a server that gives every request one answer.
Result<> checked(int status, const std::string& body, const std::string& token) {
    const auto manifest = load();
    if (!manifest) return std::unexpected(manifest.error());
    const auto server =
        http::Server::start({}, [&](const http::Asked&) { return http::Answer{status, {}, body}; });
    const auto client = http::make_client({});
    ManualClock clock;
    manifest::World world{.client = **client, .clock = clock, .chance = [] { return 0.5; }};
    const Settings settings({{"base_url", {(*server)->url(), "default"}},
                             {"repo_path", {"o/r", "--repo-path"}},
                             {"access_token", {token, "GITHUB_TOKEN"}}});
    return manifest::check(*manifest, settings, world);
}

TEST(GithubManifest, SaysWhereARefusedTokenCameFrom) {
    const auto refused = checked(401, R"({"message":"Bad credentials"})", "0123456789\n");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().id, "token-refused");
    EXPECT_EQ(refused.error().kind, ErrorKind::Config);
    EXPECT_EQ(refused.error().what, "GitHub refused the token: 401 Bad credentials");
    EXPECT_TRUE(refused.error().where.ends_with(
        "; access_token came from GITHUB_TOKEN (it ends in a line break)"))
        << refused.error().where;
    EXPECT_EQ((refused.error().what + refused.error().where + refused.error().why).find("01234"),
              std::string::npos);
}

TEST(GithubManifest, KnowsTheStatusesOfGithub) {
    EXPECT_TRUE(checked(200, "[]", "t0123"));
    EXPECT_TRUE(checked(409, R"({"message":"Git Repository is empty."})", "t0123"));
    EXPECT_TRUE(checked(410, R"({"message":"Issues are disabled for this repo"})", "t0123"));
    EXPECT_TRUE(checked(451, R"({"message":"Repository access blocked"})", "t0123"));
    EXPECT_EQ(checked(404, R"({"message":"Not Found"})", "t0123").error().id, "not-found");
    EXPECT_EQ(checked(403, R"({"message":"Resource not accessible"})", "t0123").error().id,
              "access-refused");
    EXPECT_EQ(checked(403, R"({"message":"API rate limit exceeded for x"})", "t0123").error().id,
              "rate-limited");
    EXPECT_EQ(checked(500, "", "t0123").error().kind, ErrorKind::Transient);
    const auto invalid = checked(
        422, R"({"message":"Validation Failed","errors":[{"code":"invalid","field":"since"}]})",
        "t0123");
    ASSERT_FALSE(invalid);
    EXPECT_NE(invalid.error().why.find("since"), std::string::npos);
}

}  // namespace
}  // namespace streams::github
