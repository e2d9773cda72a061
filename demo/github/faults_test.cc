#include "demo/github/faults.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "demo/github/asking.h"

namespace streams::demo {
namespace {

using nlohmann::json;

// The statuses of so many requests for one list.
std::vector<int> statuses(Api& api, const std::string& target, int count) {
    std::vector<int> out;
    out.reserve(static_cast<std::size_t>(count));
    for (int at = 0; at < count; ++at) out.push_back(api.answer(asking(target)).status);
    return out;
}

TEST(Faults, ThatLastGiveTheirStatusEveryTime) {
    Api api({}, noon);
    const std::map<std::string, int> lasting = {
        {"/repos/fault/empty/commits", 409},
        {"/repos/fault/empty/issues", 200},
        {"/repos/fault/issues-disabled/issues", 410},
        {"/repos/fault/issues-disabled/issues/comments", 410},
        {"/repos/fault/issues-disabled/commits", 200},
        {"/repos/fault/blocked/issues", 451},
        {"/repos/fault/blocked", 451},
        {"/repos/fault/renamed/issues", 301},
        {"/repos/fault/found/issues", 302},
        {"/repos/fault/moved/issues", 307},
        {"/repos/fault/elsewhere/issues", 301},
        {"/repos/fault/redirect-loop/issues", 301},
        {"/repos/fault/too-deep/issues", 200},
        {"/repos/fault/too-deep/issues?page=2", 422},
        {"/repos/fault/later-page-down/issues?page=2", 502},
        {"/repos/fault/down/commits", 500},
        {"/repos/fault/bad-token/commits", 401},
        {"/repos/fault/forbidden/commits", 403},
        {"/repos/fault/sso/commits", 403},
        {"/repos/fault/not-json/commits", 200},
        {"/repos/fault/unheard-of/commits", 404}};
    for (const auto& [target, status] : lasting) {
        EXPECT_EQ(statuses(api, target, 3), std::vector<int>(3, status)) << target;
    }
}

TEST(Faults, ThatPassDoSoForEachListByItself) {
    Api api({}, noon);
    const std::map<std::string, std::vector<int>> passing = {
        {"secondary-limit", {403, 200}}, {"secondary-blind", {403, 200}},
        {"primary-limit", {403, 200}},   {"429", {429, 200}},
        {"429-date", {429, 200}},        {"flaky", {502, 503, 200, 200}},
        {"gateway-timeout", {504, 200}}, {"odd-401", {401, 200}}};
    for (const auto& [fault, expected] : passing) {
        for (const auto* list : {"/commits", "/issues", "-again/issues"}) {
            const auto target = "/repos/fault/" + fault + list;
            EXPECT_EQ(statuses(api, target, static_cast<int>(expected.size())), expected) << target;
        }
    }
}

TEST(Faults, SayHowLongToWait) {
    Api api({}, noon);
    const auto secondary = api.answer(asking("/repos/fault/secondary-limit/issues"));
    EXPECT_EQ(header_of(secondary, "Retry-After"), "1");
    EXPECT_NE(secondary.body.find("secondary rate limit"), std::string::npos);
    const auto primary = api.answer(asking("/repos/fault/primary-limit/issues"));
    EXPECT_EQ(header_of(primary, "X-RateLimit-Remaining"), "0");
    EXPECT_EQ(header_of(primary, "X-RateLimit-Reset"), "43202");
    const auto dated = api.answer(asking("/repos/fault/429-date/issues"));
    EXPECT_EQ(header_of(dated, "Retry-After"), "Thu, 01 Jan 1970 12:00:02 GMT");
}

TEST(Faults, LeadWhereTheySay) {
    Api api({}, noon);
    const auto place = [&](const std::string& name) {
        const auto answer = api.answer(asking("/repos/fault/" + name + "/issues?per_page=5"));
        return header_of(answer, "Location");
    };
    const auto demo = "/repositories/" + std::to_string(kDemoId) + "/issues?per_page=5";
    EXPECT_EQ(place("renamed"), "http://127.0.0.1:8080" + demo);
    EXPECT_EQ(place("elsewhere"), "http://localhost:8080/foreign" + demo);
    EXPECT_EQ(place("redirect-loop"),
              "http://127.0.0.1:8080/repos/fault/redirect-loop/issues?per_page=5");
    EXPECT_EQ(api.answer(asking(demo)).status, 200);
}

TEST(Faults, OfPagesLinkWhereTheyShould) {
    Api api({}, noon);
    const auto target = "/repos/fault/endless/commits?per_page=100";
    EXPECT_EQ(next_of(api.answer(asking(target))), target);

    const auto first = api.answer(asking("/repos/fault/other-host/commits?per_page=100"));
    EXPECT_NE(header_of(first, "Link").find("http://localhost:8080/foreign/"), std::string::npos);
    const auto second = api.answer(asking(next_of(first)));
    EXPECT_EQ(second.status, 200);
    EXPECT_EQ(json::parse(second.body).size(), 100U);
    EXPECT_TRUE(next_of(second).starts_with("/repositories/"));
}

}  // namespace
}  // namespace streams::demo
