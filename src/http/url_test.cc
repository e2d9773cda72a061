#include "http/url.h"

#include <gtest/gtest.h>

namespace streams::http {
namespace {

std::string resolved(const std::string& base, const std::string& reference) {
    const auto url = Url::parse(base);
    if (!url) return url.error().id;
    const auto next = url->resolve(reference);
    return next ? next->text() : next.error().id;
}

TEST(Url, ResolvesReferencesAsRfc3986Says) {
    const struct {
        const char* base;
        const char* reference;
        const char* expected;
    } cases[] = {
        {"https://h/a/b?x=1", "?page=2", "https://h/a/b?page=2"},
        {"https://h/a/b", "c", "https://h/a/c"},
        {"https://h/a/b", "/c?d=%2B+e", "https://h/c?d=%2B+e"},
        {"https://h/a/b", "//other/x", "https://other/x"},
        {"https://h/a/b", "http://other:81/x", "http://other:81/x"},
        {"https://h/a/b", "../../../c", "https://h/c"},
        {"https://h/a/b?x=1", "", "https://h/a/b?x=1"},
        {"https://h/a/b?x=1", "#part", "https://h/a/b?x=1"},
        {"https://h/a/b#part", "c#d", "https://h/a/c"},
        {"https://h", "c", "https://h/c"},
        {"https://h/a", "/b c", "https://h/b%20c"},
        {"https://h/a", "file:///etc/passwd", "bad-url"},
        {"https://h/a", "ftp://h/x", "bad-url"},
        {"https://h/a", "javascript:alert(1)", "bad-url"},
        {"https://h/a", "/b\r\nX: y", "bad-url"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(resolved(each.base, each.reference), each.expected)
            << each.base << " + " << each.reference;
    }
}

TEST(Url, RefusesWhatIsNotAbsoluteHttp) {
    for (const char* text : {"", "api.example.com/v1", "/v1", "https://", "file:///etc/passwd",
                             "https:///v1", "ftp://h/", "https://h/\n", "http://h:99999/"}) {
        const auto url = Url::parse(text);
        ASSERT_FALSE(url) << text << " became " << url->text();
        EXPECT_EQ(url.error().id, "bad-url") << text;
        EXPECT_EQ(url.error().kind, ErrorKind::Config) << text;
    }
}

TEST(Url, APathMayLookLikeAUrl) {
    EXPECT_EQ(resolved("https://h/a", "/proxy/https:///b"), "https://h/proxy/https:///b");
    EXPECT_TRUE(Url::parse("https://h/proxy/https:///b"));
}

TEST(Url, ANulCutsNothingOff) {
    EXPECT_FALSE(Url::parse(std::string("https://good.example\0.evil.example/", 35)));
}

TEST(Url, AnErrorShowsNoPartOfAPassword) {
    for (const char* text : {"ftp://someone:hunter22@h/x?token=abcdef",
                             "http:?someone://hunter22@h", "@?hunter22://@"}) {
        const auto url = Url::parse(text);
        ASSERT_FALSE(url) << text;
        EXPECT_EQ(url.error().what.find("hunter22"), std::string::npos) << url.error().what;
        EXPECT_EQ(url.error().what.find("abcdef"), std::string::npos) << url.error().what;
    }
}

TEST(Url, TakesUserAndPasswordOutOfTheText) {
    const auto url = Url::parse("https://me:p%40ss@h/a");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->text(), "https://h/a");
    EXPECT_EQ(url->user_info(), "me:p@ss");
}

TEST(Url, AReferenceChoosesNoCredentials) {
    const auto next = Url::parse("https://me:secret@h/a")->resolve("https://you:other@h/b");
    ASSERT_TRUE(next);
    EXPECT_EQ(next->text(), "https://h/b");
    EXPECT_EQ(next->user_info(), "");
}

TEST(Url, AnOriginIsSchemeHostAndPort) {
    const auto origin = [](const char* text) { return Url::parse(text)->origin(); };
    EXPECT_EQ(origin("https://API.example.com/x"), "https://api.example.com:443");
    EXPECT_EQ(origin("https://api.example.com:443/"), origin("https://api.example.com"));
    EXPECT_NE(origin("http://api.example.com"), origin("https://api.example.com"));
    EXPECT_NE(origin("https://api.example.com"), origin("https://api.example.com:8443"));
    EXPECT_NE(origin("https://api.example.com"), origin("https://api.example.com.evil.org"));
    EXPECT_NE(origin("https://api.example.com@evil.org"), origin("https://api.example.com"));
}

TEST(Url, JoinsParametersBehindThoseThatAreThere) {
    const auto with = [](const char* text, const Query& query) {
        return Url::parse(text)->with_query(query).text();
    };
    EXPECT_EQ(with("https://h/a", {{"q", "a b&c=d/ü"}, {"e", ""}}),
              "https://h/a?q=a%20b%26c%3Dd%2F%C3%BC&e=");
    EXPECT_EQ(with("https://h/a?x=1", {{"y", "2"}}), "https://h/a?x=1&y=2");
    EXPECT_EQ(with("https://h/a?x=1&", {{"y", "2"}}), "https://h/a?x=1&y=2");
    EXPECT_EQ(with("https://h/a?", {{"y", "2"}}), "https://h/a?y=2");
    EXPECT_EQ(with("https://h", {{"since", "2022-01-01T00:00:00+02:00"}}),
              "https://h/?since=2022-01-01T00%3A00%3A00%2B02%3A00");
}

TEST(Url, FindsAParameterByItsDecodedName) {
    const auto url = Url::parse("https://h/a?filter%5Bx%5D=1&flag&b=x=y");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->has_parameter("filter[x]"));
    EXPECT_TRUE(url->has_parameter("flag"));
    EXPECT_TRUE(url->has_parameter("b"));
    EXPECT_FALSE(url->has_parameter("x"));
    EXPECT_FALSE(Url::parse("https://h/b")->has_parameter("b"));
}

TEST(Url, KnowsThisMachine) {
    EXPECT_TRUE(Url::parse("http://127.0.0.1:80/")->is_loopback());
    EXPECT_TRUE(Url::parse("http://LOCALHOST/")->is_loopback());
    EXPECT_TRUE(Url::parse("http://[::1]:9/")->is_loopback());
    EXPECT_FALSE(Url::parse("http://10.0.0.1/")->is_loopback());
}

}  // namespace
}  // namespace streams::http
