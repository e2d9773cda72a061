#include "http/retry.h"

#include <gtest/gtest.h>
#include <vector>

#include "base/manual_clock.h"

namespace streams::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Answers from a script; its last answer stays.
class ScriptedClient final : public Client {
 public:
    explicit ScriptedClient(std::vector<Result<Response>> script) : script_(std::move(script)) {}

    Result<Response> send(const Request& request) override {
        sent.push_back(request);
        return script_[std::min(sent.size(), script_.size()) - 1];
    }

    std::vector<Request> sent;

 private:
    std::vector<Result<Response>> script_;
};

Result<Response> status(int status, Headers headers = {}, std::string body = "") {
    return Response{.status = status,
                    .headers = std::move(headers),
                    .body = std::move(body),
                    .effective_url = "https://api.example.com/x"};
}

Result<Response> broken(const char* id = "unreachable", ErrorKind kind = ErrorKind::Transient) {
    return std::unexpected(Error{kind, id, "api.example.com cannot be reached", {}, "refused", {}});
}

const Request kGet{.url = "https://api.example.com/x?api_key=CANARY"};

/// A retrier whose clock does not wait, and whose chance is always the same.
struct Trial {
    explicit Trial(std::vector<Result<Response>> script, double chance = 0.5,
                   RetryPolicy policy = {})
        : client(std::move(script)),
          retrier({.client = client,
                   .clock = clock,
                   .chance = [chance] { return chance; },
                   .report = [this](const Wait& wait) { waits.push_back(wait); }},
                  policy) {}

    ManualClock clock{Clock::Wall(seconds(1'795'503'600))};  // 2026-11-24T07:00:00Z.
    ScriptedClient client;
    std::vector<Wait> waits;
    Retrier retrier;
};

TEST(Retrier, AnAnswerIsTakenAtOnce) {
    Trial trial({status(200, {}, "[]")});
    const auto reply = trial.retrier.send(kGet);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->response.body, "[]");
    EXPECT_EQ(reply->attempts, 1);
    EXPECT_TRUE(trial.waits.empty());
}

TEST(Retrier, GoesOnAfterBrokenConnectionsAndServerErrors) {
    Trial trial({broken(), broken("timeout"), broken("short-answer"), status(503), status(200)});
    const auto reply = trial.retrier.send(kGet);
    ASSERT_TRUE(reply) << reply.error().what;
    EXPECT_EQ(reply->attempts, 5);
    EXPECT_EQ(trial.clock.take_waited(), milliseconds(500 + 1'000 + 2'000 + 4'000));
}

TEST(RetrierN4, AStormMeetsABoundedNumberOfAttempts) {
    Trial trial({status(500)});
    const auto reply = trial.retrier.send(kGet);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, ErrorKind::Transient);
    EXPECT_EQ(reply.error().id, "server-error");
    EXPECT_EQ(reply.error().what, "api.example.com answered 500 Internal Server Error");
    EXPECT_EQ(reply.error().where, "GET https://api.example.com/x?api_key=***; 6 attempts in 16 s");
    EXPECT_EQ(trial.client.sent.size(), 6U);
}

TEST(RetrierN4, AThirdOfFailuresCostsLessThanTwiceTheNeed) {
    std::vector<Result<Response>> script;
    for (int i = 0; i < 1000; ++i) script.push_back(status(i % 10 < 3 ? 502 : 200));
    Trial trial(script);
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(trial.retrier.send(kGet));
    EXPECT_LE(trial.client.sent.size(), 1000U);
}

TEST(RetrierN4, ADeadServerGetsOneAttemptUntilItAnswers) {
    std::vector<Result<Response>> script(6, status(500));
    script.insert(script.end(), {status(500), status(200), status(500), status(200)});
    Trial trial(script);
    EXPECT_FALSE(trial.retrier.send(kGet));
    EXPECT_FALSE(trial.retrier.send(kGet)) << "still broken";
    EXPECT_EQ(trial.client.sent.size(), 7U);
    EXPECT_TRUE(trial.retrier.send(kGet));
    EXPECT_TRUE(trial.retrier.send(kGet)) << "and with retries again";
    EXPECT_EQ(trial.client.sent.size(), 10U);
}

TEST(RetrierN4, TheBackOffIsRandomUpToABoundThatDoubles) {
    RetryPolicy policy;
    policy.attempts_max = 9;
    Trial longest({status(500)}, 0.999999, policy);
    EXPECT_FALSE(longest.retrier.send(kGet));
    std::vector<std::int64_t> totals;
    for (const Wait& wait : longest.waits) {
        if (wait.left == wait.total) totals.push_back(wait.total.count());
    }
    EXPECT_EQ(totals, (std::vector<std::int64_t>{999, 1'999, 3'999, 7'999, 15'999, 31'999, 59'999,
                                                 59'999}));
    Trial shortest({status(500)}, 0.0);
    EXPECT_FALSE(shortest.retrier.send(kGet));
    EXPECT_EQ(shortest.clock.take_waited(), milliseconds(0));
}

TEST(Retrier, TheBudgetEndsItBeforeAWaitThatWouldBreakIt) {
    RetryPolicy policy;
    policy.attempts_max = 1000;
    policy.budget = seconds(100);
    Trial trial({broken()}, 0.999, policy);
    const auto reply = trial.retrier.send(kGet);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().id, "unreachable");
    EXPECT_LE(trial.clock.take_waited(), seconds(100));
}

TEST(RetrierN3, WaitsAsLongAsAskedUpToTheCap) {
    const struct {
        int status;
        Headers headers;
        seconds expected;  // Without the jitter of half a second.
    } cases[] = {
        {503, {{"Retry-After", "7"}}, seconds(7)},
        {503, {{"Retry-After", "1000000000"}}, seconds(300)},
        {429, {{"Retry-After", "1000000000"}}, seconds(3'700)},
        {429, {{"Retry-After", "Tue, 24 Nov 2026 07:02:00 GMT"}}, seconds(120)},
        {429, {{"Retry-After", "Tue, 24 Nov 2026 06:00:00 GMT"}}, seconds(0)},
        {429,
         {{"Date", "Tue, 24 Nov 2026 08:00:00 GMT"},
          {"Retry-After", "Tue, 24 Nov 2026 08:00:09 GMT"}},
         seconds(9)},
        {429, {{"Retry-After", "0"}}, seconds(0)},
        {429, {{"Retry-After", "-1"}}, seconds(0)},
        {429, {{"Retry-After", "soon"}}, seconds(0)},
        {403, {{"Retry-After", "60"}}, seconds(60)},
        {403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1795504200"}}, seconds(600)},
        {429,
         {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1795504200000"}},
         seconds(600)},
    };
    for (const auto& each : cases) {
        Trial trial({status(each.status, each.headers), status(200)});
        const auto reply = trial.retrier.send(kGet);
        ASSERT_TRUE(reply) << reply.error().what;
        EXPECT_EQ(trial.clock.take_waited(), each.expected + milliseconds(500))
            << each.status << redact_headers(each.headers);
    }
}

TEST(RetrierN3, AWrongClockDoesNotMakeAWaitLonger) {
    Trial trial({status(429, {{"Date", "Tue, 24 Nov 2026 07:00:00 GMT"},
                              {"Retry-After", "Tue, 24 Nov 2026 07:00:05 GMT"}}),
                 status(200)});
    trial.clock.set_wall(Clock::Wall(seconds(0)));
    ASSERT_TRUE(trial.retrier.send(kGet));
    EXPECT_EQ(trial.clock.take_waited(), milliseconds(5'500));
}

TEST(Retrier, ALimitThatSaysWhenCostsNoAttempt) {
    std::vector<Result<Response>> script(12, status(429, {{"Retry-After", "30"}}));
    script.push_back(status(200));
    Trial trial(script);
    const auto reply = trial.retrier.send(kGet);
    ASSERT_TRUE(reply) << reply.error().what;
    EXPECT_EQ(reply->attempts, 13);
}

TEST(Retrier, ALimitBeyondTheBudgetIsGivenUp) {
    Trial trial({status(403, {{"X-RateLimit-Remaining", "0"}, {"Retry-After", "3600"}},
                        "{\"message\":\"API rate limit exceeded\"}")});
    const auto reply = trial.retrier.send(kGet);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().id, "rate-limited");
    EXPECT_EQ(reply.error().kind, ErrorKind::Transient);
    EXPECT_NE(reply.error().why.find("API rate limit exceeded"), std::string::npos);
    EXPECT_LE(trial.clock.take_waited(), seconds(7'400));
}

TEST(Retrier, ALimitThatNeverSaysWhenIsGivenUpAfterTheAttempts) {
    Trial trial({status(429)});
    const auto reply = trial.retrier.send(kGet);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().id, "rate-limited");
    EXPECT_EQ(trial.client.sent.size(), 6U);
}

TEST(Retrier, OtherStatusesFailAtOnceByName) {
    const struct {
        int status;
        const char* id;
        ErrorKind kind;
    } cases[] = {
        {401, "token-refused", ErrorKind::Config},
        {403, "access-refused", ErrorKind::Config},
        {404, "not-found", ErrorKind::Config},
        {422, "request-refused", ErrorKind::Failed},
    };
    for (const auto& each : cases) {
        Trial trial({status(each.status, {}, "no,\x1b[31m CANARY_9 is bad")});
        Request request = kGet;
        request.secrets.hide("CANARY_9");
        const auto reply = trial.retrier.send(request);
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().id, each.id);
        EXPECT_EQ(reply.error().kind, each.kind);
        EXPECT_EQ(reply.error().why, "no,\\x1b[31m *** is bad");
        EXPECT_EQ(trial.client.sent.size(), 1U);
    }
}

TEST(Retrier, TheClassifierDecides) {
    int asked = 0;
    const Classifier classify = [&asked](const Response& response, int attempt) -> Verdict {
        asked = attempt;
        if (response.status == 202) return {.action = Action::Retry, .after = seconds(3)};
        if (response.status == 409) return {.action = Action::Ignore};
        if (response.status == 200) {
            return {.action = Action::Fail,
                    .error = Error{ErrorKind::Data, "odd", "an odd answer", {}, {}, {}}};
        }
        return {};
    };
    Trial later({status(202), status(409)}, 0.0);
    const auto ignored = later.retrier.send(kGet, classify);
    ASSERT_TRUE(ignored);
    EXPECT_TRUE(ignored->ignored);
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(later.clock.take_waited(), seconds(3));
    Trial odd({status(200)});
    EXPECT_EQ(odd.retrier.send(kGet, classify).error().id, "odd");
    Trial fine({status(500)});
    EXPECT_TRUE(fine.retrier.send(kGet, classify));
}

TEST(RetrierN1, WhatIsNotRepeatableIsSentAgainOnlyIfNothingArrived) {
    const Request post{.method = "POST", .url = kGet.url, .body = "x"};
    const struct {
        Result<Response> first;
        std::size_t sent;
    } cases[] = {
        {broken("unreachable"), 2}, {broken("short-answer"), 1},
        {broken("timeout"), 1},     {status(500), 1},
        {status(503), 2},           {status(429), 2},
    };
    for (const auto& each : cases) {
        Trial trial({each.first, status(200)});
        const auto reply = trial.retrier.send(post);
        EXPECT_EQ(reply.has_value(), each.sent == 2);
        EXPECT_EQ(trial.client.sent.size(), each.sent);
        Trial again({each.first, status(200)});
        Request repeatable = post;
        repeatable.repeatable = true;
        EXPECT_TRUE(again.retrier.send(repeatable));
    }
}

TEST(Retrier, WhatNoRepetitionHelpsIsNotRepeated) {
    Trial trial({broken("tls-refused", ErrorKind::Config)});
    EXPECT_EQ(trial.retrier.send(kGet).error().id, "tls-refused");
    EXPECT_EQ(trial.client.sent.size(), 1U);
}

TEST(Retrier, AWaitReportsItself) {
    Trial trial({status(429, {{"Retry-After", "2"}}), status(200)}, 0.25);
    ASSERT_TRUE(trial.retrier.send(kGet));
    ASSERT_EQ(trial.waits.size(), 4U);
    EXPECT_EQ(trial.waits.front().total, milliseconds(2'250));
    EXPECT_EQ(trial.waits.front().left, milliseconds(2'250));
    EXPECT_EQ(trial.waits[1].left, milliseconds(1'250));
    EXPECT_EQ(trial.waits.back().left, milliseconds(0));
    EXPECT_TRUE(trial.waits.front().rate_limited);
    EXPECT_EQ(trial.waits.front().why, "429 Too Many Requests");
    EXPECT_EQ(trial.waits.front().request, "GET https://api.example.com/x?api_key=***");
}

TEST(Retrier, AStopEndsAWait) {
    ManualClock clock;
    ScriptedClient client({status(503)});
    int asked = 0;
    Retrier retrier({.client = client,
                     .clock = clock,
                     .chance = [] { return 0.9; },
                     .stopping = [&asked] { return ++asked > 3; }});
    const auto reply = retrier.send(kGet);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().id, "stopped");
}

/// Hands out a newer token each time it is asked to renew.
class RenewingAuthenticator final : public Authenticator {
 public:
    Result<> authenticate(Request& request) override {
        request.headers.set("Authorization", "Bearer " + std::to_string(token_));
        return {};
    }
    Result<bool> renew() override {
        ++token_;
        return true;
    }

 private:
    int token_ = 1;
};

TEST(Retrier, CredentialsAreRenewedOnce) {
    for (const bool helps : {true, false}) {
        ManualClock clock;
        ScriptedClient client({status(401), status(helps ? 200 : 401)});
        RenewingAuthenticator authenticator;
        Retrier retrier({.client = client,
                         .clock = clock,
                         .chance = [] { return 0.5; },
                         .authenticator = &authenticator});
        const auto reply = retrier.send(kGet);
        EXPECT_EQ(reply.has_value(), helps);
        ASSERT_EQ(client.sent.size(), 2U);
        EXPECT_EQ(client.sent.back().headers, (Headers{{"Authorization", "Bearer 2"}}));
    }
}

}  // namespace
}  // namespace streams::http
