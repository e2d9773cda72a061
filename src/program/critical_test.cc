#include "program/critical.h"

#include <gtest/gtest.h>

#include "base/log.h"

namespace streams {
namespace {

TEST(CriticalText, LooksAsTheDocumentsShowIt) {
    const Error error{ErrorKind::Config,
                      "token-refused",
                      "GitHub refused the token: 401 Bad credentials",
                      "GET /repos/shop/api/commits; access_token came from GITHUB_TOKEN",
                      {},
                      "make one with scope \"repo\", then: streams check github"};
    EXPECT_EQ(critical_text(error, "nothing was read or written; the state is unchanged", false),
              "CRITICAL GitHub refused the token: 401 Bad credentials [token-refused]\n"
              "  where  GET /repos/shop/api/commits; access_token came from GITHUB_TOKEN\n"
              "  do     make one with scope \"repo\", then: streams check github\n"
              "  safe   nothing was read or written; the state is unchanged\n");
}

TEST(CriticalText, PutsAnExcerptFirst) {
    const Error error{ErrorKind::Data,
                      "record-type",
                      "orders.jsonl:17: stream \"orders\", field \"total\": a number was promised",
                      {},
                      "17 | {\"total\":\"12,50\"}\n   |          ^^^^^^^ line 1",
                      "correct the source\nor: --on-bad-record reject"};
    EXPECT_EQ(critical_text(error, "14 rows are stored", false),
              "CRITICAL orders.jsonl:17: stream \"orders\", field \"total\": a number was promised "
              "[record-type]\n"
              "  17 | {\"total\":\"12,50\"}\n"
              "     |          ^^^^^^^ line 1\n"
              "  do     correct the source\n"
              "         or: --on-bad-record reject\n"
              "  safe   14 rows are stored\n");
}

TEST(CriticalText, EscapesWhatTheOtherSideSaid) {
    const Error error{ErrorKind::Failed, "x", "a\x1b[2Jb\nCRITICAL c", {}, "\x9b", {}};
    EXPECT_EQ(critical_text(error, {}, false),
              "CRITICAL a\\x1b[2Jb\\x0aCRITICAL c [x]\n  why    \\x9b\n");
}

TEST(PrintCritical, GivesTheStatusOfTheKind) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(print_critical({ErrorKind::Failed, "a", "b", {}, {}, {}}), 1);
    EXPECT_EQ(print_critical({ErrorKind::Config, "a", "b", {}, {}, {}}), 2);
    EXPECT_EQ(print_critical({ErrorKind::Data, "a", "b", {}, {}, {}}), 3);
    EXPECT_EQ(print_critical({ErrorKind::Transient, "a", "b", {}, {}, {}}), 4);
    EXPECT_EQ(print_critical({ErrorKind::Busy, "a", "b", {}, {}, {}}), 5);
    set_log({.format = LogFormat::Json});
    print_critical({ErrorKind::Busy, "held", "it is \"held\"", {}, {}, "wait"}, "all is well");
    set_log({});
    const auto text = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(text.ends_with(R"({"level":"CRITICAL","id":"held","message":"it is \"held\"",)"
                               R"("do":"wait","safe":"all is well"})"
                               "\n"))
        << text;
}

}  // namespace
}  // namespace streams
