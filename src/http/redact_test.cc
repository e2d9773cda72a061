#include "http/redact.h"

#include <gtest/gtest.h>

#include "http/base64.h"
#include "http/percent.h"

namespace streams::http {
namespace {

TEST(Base64, GivesTheVectorsOfRfc4648) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

TEST(Percent, DecodesWhatItEncodes) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    EXPECT_EQ(percent_decode(percent_encode(all)), all);
    EXPECT_EQ(percent_decode("%zz%4"), "%zz%4");
    EXPECT_EQ(percent_decode("%41"), "A");
    EXPECT_EQ(percent_decode("a+b"), "a+b");
    EXPECT_EQ(percent_decode("a+b", true), "a b");
}

TEST(Redact, KnowsTheNamesOfSecrets) {
    for (const char* name :
         {"Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "api_key", "access_token",
          "PRIVATE-TOKEN", "client_secret", "password", "sig", "key", "Proxy-Authorization"}) {
        EXPECT_TRUE(is_secret_name(name)) << name;
    }
    for (const char* name : {"page", "per_page", "since", "Accept", "sort", "monkey", "ETag"}) {
        EXPECT_FALSE(is_secret_name(name)) << name;
    }
}

TEST(Redact, AUrlLosesCredentialsAndKeepsTheRest) {
    EXPECT_EQ(redact_url("https://me:pw@h/a?page=2&access_token=x%26y&q"),
              "https://***@h/a?page=2&access_token=***&q");
    EXPECT_EQ(redact_url("https://me:p@w@h/a"), "https://***@h/a");
    EXPECT_EQ(redact_url("https://h/a@b"), "https://h/a@b");
    EXPECT_EQ(redact_url("https://h/a?access%5ftoken=x"), "https://h/a?access%5ftoken=***");
    EXPECT_EQ(redact_url("https://h/a?"), "https://h/a?");
    EXPECT_EQ(redact_url(""), "");
}

TEST(Redact, HeadersLoseTheValuesOfSecretNames) {
    EXPECT_EQ(redact_headers({{"Authorization", "Bearer abc"},
                              {"Accept", "a/b"},
                              {"Link", "<https://h/?token=abc&page=2>; rel=\"next\""}}),
              "Authorization: ***\nAccept: a/b\n"
              "Link: <https://h/?token=***&page=2>; rel=\"next\"\n");
}

TEST(Redactor, FindsASecretInEachForm) {
    Redactor redactor;
    redactor.hide("canary/+1");
    const std::string text = "raw canary/+1, url canary%2F%2B1, base64 " + base64("canary/+1");
    EXPECT_EQ(redactor.clean(text), "raw ***, url ***, base64 ***");
}

TEST(Redactor, ASecretThatHoldsAnotherGoesWhole) {
    Redactor redactor;
    redactor.hide("abcd");
    redactor.hide("xabcdx");
    EXPECT_EQ(redactor.clean("xabcdx abcd"), "*** ***");
}

TEST(Redactor, CleansEveryUrlInAText) {
    EXPECT_EQ(Redactor().clean("tried https://a:b@h/?token=1, then <http://g/?sig=2>."),
              "tried https://***@h/?token=*** then <http://g/?sig=***>.");
    EXPECT_EQ(Redactor().clean("no :// url"), "no :// url");
}

}  // namespace
}  // namespace streams::http
