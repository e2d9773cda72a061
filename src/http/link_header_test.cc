#include "http/link_header.h"

#include <gtest/gtest.h>

#include "http/testing_server.h"

namespace streams::http {
namespace {

std::string next_of(const Headers& headers) {
    const auto next = next_url({.status = 200,
                                .headers = headers,
                                .body = "",
                                .effective_url = "https://api.example.com/v1/items?page=2"});
    return !next ? next.error().id : next->value_or("(none)");
}

TEST(LinkHeader, FindsTheNextPageAsGitHubWritesIt) {
    EXPECT_EQ(next_of({{"Link",
                        "<https://api.github.com/repositories/1/issues?page=1>; rel=\"prev\", "
                        "<https://api.github.com/repositories/1/issues?page=3>; rel=\"next\", "
                        "<https://api.github.com/repositories/1/issues?page=5>; rel=\"last\""}}),
              "https://api.github.com/repositories/1/issues?page=3");
    EXPECT_EQ(next_of({{"Link", "<https://h/?page=1>; rel=\"first\""}}), "(none)");
    EXPECT_EQ(next_of({}), "(none)");
}

TEST(LinkHeader, ReadsEveryFormOfRfc8288) {
    const struct {
        const char* text;
        const char* expected;
    } cases[] = {
        {"</v1/items?page=3>; rel=next", "https://api.example.com/v1/items?page=3"},
        {"<?page=3>;rel=NEXT", "https://api.example.com/v1/items?page=3"},
        {"<?page=3> ; REL = \"first next\" ; title=\"a, b; c\"",
         "https://api.example.com/v1/items?page=3"},
        {"<?a=1,2;3>; rel=\"next\"", "https://api.example.com/v1/items?a=1,2;3"},
        {"<?page=3>; title=\"say \\\"next\\\"\"; rel=\"next\"",
         "https://api.example.com/v1/items?page=3"},
        {",, <?page=3>; rel=next; ,", "https://api.example.com/v1/items?page=3"},
        {"<?page=3>; rel=prev; rel=next", "(none)"},
        {"<?page=3>; rel=\"nextish\"", "(none)"},
        {"<?page=3>; rel=next; anchor=\"#other\"", "(none)"},
        {"<?page=3>", "(none)"},
        {"<?page=3>; rel=next; flag", "https://api.example.com/v1/items?page=3"},
        {"", "(none)"},
        {"<?page=3; rel=\"next\"", "bad-link"},
        {"?page=3; rel=\"next\"", "bad-link"},
        {"<?page=3>; rel=\"next", "bad-link"},
        {"<?page=3> rel=\"next\"", "bad-link"},
        {"<?page=2>; rel=prev <?page=3>; rel=next", "bad-link"},
        {"<?page=3>; =next", "bad-link"},
        {"<file:///etc/passwd>; rel=next", "bad-url"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(next_of({{"link", each.text}}), each.expected) << each.text;
    }
}

TEST(LinkHeader, LooksIntoEveryHeader) {
    EXPECT_EQ(next_of({{"Link", "<?page=1>; rel=prev"}, {"link", "<?page=3>; rel=next"}}),
              "https://api.example.com/v1/items?page=3");
}

TEST(LinkHeader, LeadsThroughAllPages) {
    TestingServer server(TestingServer::polite([](const std::string& request) {
        if (request.starts_with("GET /items ")) {
            return answer(200, "Link: </items?page=2>; rel=\"next\"\r\n", "[1]");
        }
        if (request.starts_with("GET /items?page=2 ")) {
            return answer(200, "Link: <?page=3>; rel=\"next\", </items>; rel=\"prev\"\r\n", "[]");
        }
        return answer(200, "Link: </items?page=2>; rel=\"prev\"\r\n", "[2]");
    }));
    const auto client = make_client({});
    std::optional<std::string> url = server.url("/items");
    std::string bodies;
    while (url) {
        const auto response = (*client)->send({.url = *url});
        ASSERT_TRUE(response) << response.error().why;
        bodies += response->body;
        const auto next = next_url(*response);
        ASSERT_TRUE(next) << next.error().what;
        url = *next;
    }
    EXPECT_EQ(bodies, "[1][][2]");
    EXPECT_EQ(server.connections(), 1U);
}

}  // namespace
}  // namespace streams::http
