// N7: redirects. Credentials never leave the origin, and no redirect leads anywhere but to http.

#include <gtest/gtest.h>

#include "http/client.h"
#include "http/testing_server.h"

namespace streams::http {
namespace {

TestingServer::Script sends_to(const std::string& location, int status = 302) {
    return TestingServer::polite([=](const std::string& request) {
        return request.find(" /end ") != std::string::npos
                   ? answer(200, "", "end")
                   : answer(status, "Location: " + location + "\r\n", "elsewhere");
    });
}

Request with_secrets(const std::string& url, const std::string& method = "GET") {
    Request request{.method = method,
                    .url = url,
                    .headers = {{"Authorization", "Bearer CANARY_1"},
                                {"Cookie", "id=CANARY_2"},
                                {"X-Api-Key", "CANARY_3"},
                                {"X-Anything", "CANARY_4"},
                                {"Accept", "application/json"}}};
    for (const char* secret : {"CANARY_1", "CANARY_2", "CANARY_3"}) request.secrets.hide(secret);
    return request;
}

Result<Response> ask(const Request& request) {
    return (*make_client({}))->send(request);
}

std::string first_line(const std::string& request) {
    return request.substr(0, request.find("\r\n"));
}

TEST(RedirectN7, AtHomeTheHeadersGoAlong) {
    TestingServer server(sends_to("/end"));
    const auto response = ask(with_secrets(server.url("/begin")));
    ASSERT_TRUE(response) << response.error().what;
    EXPECT_EQ(response->body, "end");
    EXPECT_EQ(response->effective_url, server.url("/end"));
    EXPECT_EQ(header_of(server.requests().back(), "Authorization"), "Bearer CANARY_1");
}

TEST(RedirectN7, AnotherOriginSeesNoneOfTheCallersSecrets) {
    for (const int status : {301, 302, 303, 307, 308}) {
        TestingServer other(sends_to("/end"));
        // Another port is another origin; so is another name for the same machine.
        const std::string targets[] = {
            other.url("/end"), "http://localhost:" + std::to_string(other.port()) + "/end",
            "//me:CHOSEN@127.0.0.1:" + std::to_string(other.port()) + "/end"};
        for (const std::string& target : targets) {
            TestingServer server(sends_to(target, status));
            const auto response = ask(with_secrets(server.url("/begin")));
            ASSERT_TRUE(response) << response.error().what;
            const std::string seen = other.requests().back();
            EXPECT_EQ(seen.find("CANARY"), std::string::npos) << seen;
            EXPECT_EQ(header_of(seen, "Authorization"), "(none)") << seen;
            EXPECT_EQ(header_of(seen, "Accept"), "application/json");
        }
    }
}

TEST(RedirectN7, CredentialsDoNotComeBackWithTheRequest) {
    std::string home_url;
    TestingServer other(TestingServer::polite([&home_url](const std::string&) {
        return answer(302, "Location: " + home_url + "\r\n", "");
    }));
    TestingServer server(sends_to(other.url("/there")));
    home_url = server.url("/end");
    ASSERT_TRUE(ask(with_secrets(server.url("/begin"))));
    EXPECT_EQ(header_of(server.requests().back(), "Authorization"), "(none)")
        << "the other side chose the URL: our name must not stand under it";
}

TEST(RedirectN7, APasswordInTheUrlStaysAtHomeToo) {
    TestingServer other(sends_to("/end"));
    TestingServer server(sends_to(other.url("/end")));
    const std::string port = std::to_string(server.port());
    ASSERT_TRUE(ask({.url = "http://me:CANARY@127.0.0.1:" + port + "/begin"}));
    EXPECT_EQ(header_of(server.requests().front(), "Authorization"), "Basic bWU6Q0FOQVJZ");
    EXPECT_EQ(header_of(other.requests().front(), "Authorization"), "(none)");
}

TEST(RedirectN7, AUrlOfAnotherOriginThanHomeIsAskedWithoutSecrets) {
    TestingServer other(sends_to("/end"));
    Request request = with_secrets(other.url("/end"));
    request.home = "https://api.example.com/";
    ASSERT_TRUE(ask(request));
    EXPECT_EQ(other.requests().front().find("CANARY"), std::string::npos);
    request.home = other.url("/v1");
    ASSERT_TRUE(ask(request));
    EXPECT_NE(other.requests().back().find("CANARY"), std::string::npos);
}

TEST(RedirectN7, OtherSchemesAreRefused) {
    for (const char* target : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x",
                               "dict://127.0.0.1/x", "data:,x", "javascript:1"}) {
        TestingServer server(sends_to(target));
        const auto response = ask({.url = server.url("/begin")});
        ASSERT_FALSE(response) << target << " gave " << response->body;
        EXPECT_EQ(response.error().id, "bad-redirect") << target;
        EXPECT_EQ(response.error().kind, ErrorKind::Failed) << target;
    }
}

TEST(RedirectN7, ALoopEndsAfterTenRedirects) {
    TestingServer server(sends_to("/again"));
    const auto response = ask({.url = server.url("/begin")});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().id, "bad-redirect");
    EXPECT_EQ(server.requests().size(), 11U);
}

TEST(RedirectN7, TheMethodChangesAsTheStatusSays) {
    const struct {
        int status;
        const char* method;
        const char* expected;
    } cases[] = {
        {301, "GET", "GET"},   {301, "HEAD", "HEAD"}, {301, "POST", "GET"},
        {302, "POST", "GET"},  {302, "PUT", "PUT"},   {303, "POST", "GET"},
        {303, "PUT", "GET"},   {303, "HEAD", "HEAD"}, {303, "DELETE", "GET"},
        {307, "POST", "POST"}, {308, "POST", "POST"}, {308, "DELETE", "DELETE"},
        {307, "HEAD", "HEAD"},
    };
    for (const auto& each : cases) {
        TestingServer server(TestingServer::polite([&each](const std::string& request) {
            const std::string whole = request.find(" /end ") != std::string::npos
                                          ? answer(200, "", "")
                                          : answer(each.status, "Location: /end\r\n", "");
            return whole;
        }));
        Request request{.method = each.method,
                        .url = server.url("/begin"),
                        .headers = {{"Content-Type", "text/plain"}}};
        const bool carries =
            each.method == std::string("POST") || each.method == std::string("PUT");
        if (carries) request.body = "body";
        const auto response = ask(request);
        ASSERT_TRUE(response) << each.status << " " << each.method << response.error().why;
        const std::string last = server.requests().back();
        EXPECT_EQ(first_line(last), std::string(each.expected) + " /end HTTP/1.1");
        EXPECT_EQ(last.ends_with("body"), carries && each.method == std::string(each.expected));
    }
}

TEST(RedirectN7, ABodyIsNotSentOnToAnotherOrigin) {
    TestingServer other(sends_to("/end"));
    TestingServer server(sends_to(other.url("/end"), 307));
    const auto response =
        ask({.method = "POST", .url = server.url("/begin"), .body = "client_secret=CANARY"});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().id, "bad-redirect");
    EXPECT_TRUE(other.requests().empty());
}

TEST(RedirectN7, WhatIsNoRedirectIsAnAnswer) {
    for (const int status : {300, 304, 305, 399}) {
        TestingServer server(sends_to("/end", status));
        const auto response = ask({.url = server.url("/begin")});
        ASSERT_TRUE(response);
        EXPECT_EQ(response->status, status);
    }
    TestingServer nowhere(
        TestingServer::polite([](const std::string&) { return answer(302, "", ""); }));
    const auto response = ask({.url = nowhere.url()});
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 302);
}

// S8: a secret is in no error, whatever the server makes of it.
TEST(RedirectN7, NoErrorShowsASecret) {
    const std::string echoes[] = {"file:///CANARY_1", "http://x:CANARY_1@127.0.0.1:1/?t=CANARY_2",
                                  "http://127.0.0.1:1/CANARY_3"};
    for (const std::string& target : echoes) {
        TestingServer server(sends_to(target));
        Request request = with_secrets(server.url("/begin"));
        request.query = {{"api_key", "CANARY_5"}};
        const auto response = ask(request);
        ASSERT_FALSE(response);
        const Error& error = response.error();
        const std::string all = error.what + error.where + error.why + error.remedy;
        EXPECT_EQ(all.find("CANARY"), std::string::npos) << all;
        EXPECT_NE(error.where.find("api_key=***"), std::string::npos) << error.where;
    }
}

TEST(Proxy, AForeignHostIsAskedThroughTheProxyOfTheUsualVariable) {
    TestingServer proxy(
        TestingServer::polite([](const std::string&) { return answer(200, "", "x"); }));
    TestingServer local(
        TestingServer::polite([](const std::string&) { return answer(200, "", "y"); }));
    setenv("http_proxy", proxy.url().c_str(), 1);
    unsetenv("no_proxy");
    const auto foreign = ask({.url = "http://api.example.invalid/a"});
    const auto here = ask({.url = local.url()});
    unsetenv("http_proxy");
    ASSERT_TRUE(foreign) << foreign.error().why;
    EXPECT_EQ(first_line(proxy.requests().front()), "GET http://api.example.invalid/a HTTP/1.1");
    ASSERT_TRUE(here);
    EXPECT_EQ(here->body, "y");
}

}  // namespace
}  // namespace streams::http
