#include "http/authentication.h"

#include <gtest/gtest.h>

namespace streams::http {
namespace {

Request authenticated(const AuthenticatorResult& authenticator, Request request) {
    EXPECT_TRUE(authenticator);
    EXPECT_TRUE((*authenticator)->authenticate(request));
    EXPECT_TRUE((*authenticator)->authenticate(request)) << "twice does no harm";
    return request;
}

const Request kRequest{.url = "https://api.example.com/v1/items"};

TEST(Authentication, PutsATokenIntoItsHeader) {
    const auto bearer =
        authenticated(make_token_authenticator("Bearer", "CANARY_1", "token"), kRequest);
    EXPECT_EQ(bearer.headers, (Headers{{"Authorization", "Bearer CANARY_1"}}));
    const auto token =
        authenticated(make_token_authenticator("token", "CANARY_1", "token"), kRequest);
    EXPECT_EQ(token.headers, (Headers{{"Authorization", "token CANARY_1"}}));
    EXPECT_EQ(token.secrets.clean("my CANARY_1"), "my ***");
}

TEST(Authentication, PacksUserAndPassword) {
    const auto both =
        authenticated(make_basic_authenticator("Aladdin", "open sesame", "password"), kRequest);
    EXPECT_EQ(both.headers, (Headers{{"Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}}));
    EXPECT_EQ(both.secrets.clean("open sesame, QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "***, ***");
    const auto key = authenticated(make_basic_authenticator("CANARY_1", "", "key"), kRequest);
    EXPECT_EQ(key.secrets.clean("CANARY_1"), "***");
    EXPECT_FALSE(make_basic_authenticator("a:b", "c", "user"));
}

TEST(Authentication, TakesAnyHeader) {
    const auto request =
        authenticated(make_header_authenticator("X-Api-Key", "CANARY_1", "api_key"), kRequest);
    EXPECT_EQ(request.headers, (Headers{{"X-Api-Key", "CANARY_1"}}));
}

TEST(Authentication, AddsAParameterOnceAndAtHomeOnly) {
    const auto make = [] { return make_query_authenticator("api key", "CANARY/1", "api_key"); };
    EXPECT_EQ(authenticated(make(), kRequest).query, (Query{{"api key", "CANARY/1"}}));
    const Request next{.url = "https://api.example.com/v1/items?page=2&api%20key=CANARY%2F1"};
    EXPECT_EQ(authenticated(make(), next).query, Query{});
    const Request elsewhere{.url = "https://evil.example/items", .home = kRequest.url};
    EXPECT_EQ(authenticated(make(), elsewhere).query, Query{});
    EXPECT_EQ(shown_request(authenticated(make(), next)),
              "GET https://api.example.com/v1/items?page=2&api%20key=***");
    EXPECT_EQ(
        shown_request(authenticated(make_query_authenticator("k", "CANARY/1", "k"), kRequest)),
        "GET https://api.example.com/v1/items?k=***");
}

TEST(Authentication, SaysWhatIsWrongWithASecretWithoutTellingIt) {
    const struct {
        const char* secret;
        const char* why;
    } cases[] = {
        {"", "it is empty"},
        {"CANARY\n", "it ends in a line break"},
        {" CANARY", "it begins with a blank"},
        {"CANARY ", "it ends in a blank"},
        {"CAN\nARY", "it has a line break or another control character"},
    };
    for (const auto& each : cases) {
        const auto made = make_token_authenticator("Bearer", each.secret, "access_token");
        ASSERT_FALSE(made) << each.secret;
        EXPECT_EQ(made.error().id, "bad-secret");
        EXPECT_EQ(made.error().kind, ErrorKind::Config);
        EXPECT_EQ(made.error().why, each.why);
        EXPECT_EQ(made.error().what, "access_token cannot be sent");
    }
}

}  // namespace
}  // namespace streams::http
