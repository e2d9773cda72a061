#include "run/summary.h"

#include <gtest/gtest.h>

#include "run/log_relay.h"
#include "run/progress_lines.h"
#include "run/sample.h"
#include "run/state_edit.h"

namespace streams {
namespace {

using Time = RunReport::Time;

Time at(int millis) {
    return Time() + std::chrono::milliseconds(millis);
}

RunFacts github() {
    RunFacts facts;
    facts.source = "github";
    facts.destination = "github.db";
    facts.argument = "sqlite:github.db";
    facts.pipeline = "github";
    facts.run = "r1";
    facts.first_run = true;
    facts.can_show = true;
    facts.state = R"({"commits":"2017-01-17T20:32:05Z"})";
    facts.state_place = "github.db";
    facts.elapsed = std::chrono::milliseconds(310);
    facts.streamer_seconds = 0.2;
    return facts;
}

TEST(SummaryText, ShowsAFirstRun) {
    RunReport report;
    report.take(Side::Streamer, R"({"stream":"commits","records":0,"phase":"start"})", at(0));
    report.take(Side::Streamer, R"({"stream":"commits","records":40,"phase":"end"})", at(120));
    report.take(Side::Streamer, R"({"stream":"issues","records":0,"phase":"start"})", at(120));
    report.take(Side::Streamer, R"({"stream":"issues","records":1,"phase":"end"})", at(200));
    report.take(Side::Streamer, R"({"stream":"labels","records":0,"phase":"end"})", at(200));
    report.take(Side::Persister,
                R"({"stream":"commits","rows":40,"new":40,"changed":0,"same":0,"table":"commits",)"
                R"("created":true,"key":["_sdc_repository","sha"],"seconds":0.01,"commit":1})",
                at(250));
    report.take(Side::Persister,
                R"({"stream":"issues","rows":1,"new":1,"changed":0,"same":0,"table":"issues",)"
                R"("created":true,"key":["id"],"seconds":0.01,"commit":1})",
                at(250));
    auto facts = github();
    facts.samples["issues"] = "13  Test issue 13";
    facts.cron_command = "streams run -q github sqlite:github.db";
    facts.is_tap = true;
    EXPECT_EQ(header_text(facts), "github -> github.db   first run\n");
    EXPECT_EQ(
        summary_text(facts, report),
        "  commits   40 rows   0.1s   new table, key _sdc_repository, sha\n"
        "  issues      1 row   0.1s   new table, key id                     13  Test issue 13\n"
        "Done   41 rows in 2 tables, 0.3s; 1 stream was empty. Slowest: the tap (0.2s).\n"
        "State  {\"commits\":\"2017-01-17T20:32:05Z\"}   kept in github.db\n"
        "Next   streams show sqlite:github.db issues\n"
        "Cron   */15 * * * * streams run -q github sqlite:github.db\n");
}

TEST(SummaryText, CallsASourceOfPagesAnApiAndKeepsCronForTaps) {
    RunReport report;
    report.take(Side::Streamer, R"({"stream":"issues","records":1,"page":1})", at(0));
    report.take(Side::Streamer, R"({"stream":"issues","records":1,"phase":"end"})", at(80));
    report.take(Side::Persister,
                R"({"stream":"issues","rows":1,"new":1,"table":"issues","commit":1})", at(90));
    auto facts = github();
    facts.cron_command = "streams run -q github sqlite:github.db";
    const auto text = summary_text(facts, report);
    EXPECT_NE(text.find(" Slowest: the API (0.2s).\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("Cron"), std::string::npos) << text;
}

TEST(SummaryText, NamesWhatTookLongest) {
    RunReport report;
    report.take(Side::Persister,
                R"({"stream":"issues","rows":1,"new":1,"table":"issues","commit":1})", at(90));
    report.take(Side::Persister,
                R"({"report":{"slowest":"source","seconds":{"total":10,"source":8.2}}})", at(90));
    auto facts = github();
    EXPECT_NE(summary_text(facts, report)
                  .find(" Slowest: the source (82 % of the time was spent waiting for it; "),
              std::string::npos);
    report.take(Side::Persister,
                R"({"report":{"slowest":"commit","seconds":{"total":10,"commit":7}}})", at(90));
    EXPECT_NE(summary_text(facts, report).find(" Slowest: committing (7.0s of "), std::string::npos)
        << summary_text(facts, report);
}

TEST(SampleLine, TakesWhatTellsMost) {
    EXPECT_EQ(sample_line({"_sdc_repository", "id", "url", "title", "updated_at", "number", "body"},
                          {"o/r", "7", "https://x", "Test issue 13", "2022-07-05T13:45:22.000000Z",
                           "13", "null"},
                          {"id"}),
              "13  Test issue 13  2022-07-05 13:45:22Z  7");
    EXPECT_EQ(sample_line({"sha", "author"}, {std::string(40, 'a'), "{}"}, {"sha"}), "");
}

TEST(SummaryText, SaysThatNothingIsNew) {
    RunReport report;
    report.take(Side::Persister,
                R"({"stream":"issues","rows":2,"new":0,"changed":0,"same":2,"table":"issues",)"
                R"("created":false,"key":["id"],"seconds":0.01,"commit":2})",
                at(100));
    auto facts = github();
    facts.first_run = false;
    facts.state_before =
        R"({"commits":"2017-01-17T20:32:05Z","issues":"2022-07-05T13:45:22Z","x":null})";
    facts.elapsed = std::chrono::milliseconds(140);
    EXPECT_EQ(summary_text(facts, report),
              "Done   0 new rows since 2022-07-05 13:45 (2 came again, the same), 0.1s.\n");
    EXPECT_EQ(summary_text(facts, RunReport()),
              "Done   0 new rows since 2022-07-05 13:45, 0.1s.\n");
}

TEST(SummaryText, ShowsWhatChanged) {
    RunReport report;
    report.take(
        Side::Persister,
        R"({"stream":"issues","rows":5,"new":1,"changed":3,"same":1,"table":"issues","commit":2})",
        at(100));
    auto facts = github();
    facts.first_run = false;
    EXPECT_EQ(summary_text(facts, report),
              "  issues   5 rows   0.0s   1 new, 3 changed, 1 came again, the same\n"
              "Done   1 new row, 3 changed in 1 table (1 came again, the same), 0.3s.\n"
              "State  {\"commits\":\"2017-01-17T20:32:05Z\"}   kept in github.db\n");
}

TEST(SummaryText, GathersManyStreams) {
    RunReport report;
    for (int index = 1; index <= 14; ++index) {
        report.take(Side::Persister,
                    "{\"stream\":\"s" + std::to_string(index) + "\",\"rows\":" +
                        std::to_string(index * 1000) + ",\"table\":\"t\",\"commit\":1}",
                    at(0));
    }
    const auto text = summary_text(github(), report);
    EXPECT_TRUE(text.starts_with("  s14        14,000 rows   0.0s\n")) << text;
    EXPECT_NE(text.find("  5 others   15,000 rows\n"), std::string::npos) << text;
}

TEST(SafeText, CountsWhatIsStored) {
    RunReport report;
    EXPECT_EQ(safe_text(github(), report), "nothing was stored; the state is unchanged");
    report.take(Side::Persister, R"({"stream":"a","rows":1,"commit":1})", at(0));
    EXPECT_EQ(safe_text(github(), report),
              "1 row is stored, up to the last STATE; nothing after it");
}

TEST(SummaryText, ClaimsNoCountsThatNobodyMade) {
    auto facts = github();
    facts.destination = "target-x";
    facts.counts_rows = false;
    facts.first_run = false;
    EXPECT_EQ(summary_text(facts, RunReport()),
              "Done   target-x does not count its rows, 0.3s.\n"
              "State  {\"commits\":\"2017-01-17T20:32:05Z\"}   kept in github.db\n");
    EXPECT_EQ(safe_text(facts, RunReport()),
              "target-x may have stored rows; the state is that of its last answer");
}

TEST(ReportJson, HoldsCountsStateAndProblem) {
    RunReport report;
    report.take(Side::Persister, R"({"stream":"a","rows":1,"new":1,"table":"a","commit":1})",
                at(0));
    const auto text = report_json(github(), report, 3, "CRITICAL bad [x]");
    EXPECT_NE(text.find(R"("status":3)"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("streams":[{"stream":"a","table":"a","rows":1,"new":1)"),
              std::string::npos);
    EXPECT_NE(
        text.find(R"("state":{"commits":"2017-01-17T20:32:05Z"},"error":"CRITICAL bad [x]"})"),
        std::string::npos)
        << text;
}

TEST(ProgressLine, SaysWhereAStreamIs) {
    EXPECT_EQ(progress_line({.name = "issues", .records = 9, .page = 3, .pages = 5}, 8),
              "  issues             9 rows   page 3 of 5");
    EXPECT_EQ(progress_line({.name = "a", .records = 1200, .page = 1, .wait_seconds = 90}, 1),
              "  a       1,200 rows   waits 1m30s for the source");
}

// What is written to standard error while `act` runs.
template <typename Act>
std::string written_by(const Act& act) {
    testing::internal::CaptureStderr();
    act();
    return testing::internal::GetCapturedStderr();
}

TEST(ProgressLinesOf, AreOneLineIn30SecondsWhereThereIsNoTerminal) {
    RunReport report;
    report.take(Side::Streamer, R"({"stream":"issues","records":1200,"page":3})", at(0));
    ProgressLines lines("github -> github.db", false, false, at(0));
    EXPECT_EQ(written_by([&] { lines.show(report, at(29'999)); }), "");
    EXPECT_EQ(written_by([&] { lines.show(report, at(30'000)); }),
              "github -> github.db   30.0s   1,200 rows read, 0 stored\n");
    EXPECT_EQ(written_by([&] { lines.show(report, at(59'000)); }), "");
    EXPECT_NE(written_by([&] { lines.show(report, at(60'000)); }), "");
    EXPECT_EQ(written_by([&] { lines.clear(); }), "");
    ProgressLines quiet("x", false, true, at(0));
    EXPECT_EQ(written_by([&] { quiet.show(report, at(90'000)); }), "");
}

TEST(ProgressLinesOf, AreRedrawnInPlaceOnATerminal) {
    RunReport report;
    report.take(Side::Streamer, R"({"stream":"issues","records":9,"page":3,"pages":5})", at(0));
    ProgressLines lines("x", true, false, at(0));
    EXPECT_EQ(written_by([&] { lines.show(report, at(199)); }), "");
    EXPECT_EQ(written_by([&] { lines.show(report, at(200)); }),
              "\x1b[2K  issues           9 rows   page 3 of 5\n");
    EXPECT_EQ(written_by([&] { lines.show(report, at(400)); }),
              "\x1b[1F\x1b[2K  issues           9 rows   page 3 of 5\n");
    EXPECT_EQ(written_by([&] { lines.write_above("note\n"); }), "\x1b[1F\x1b[0Jnote\n");
    EXPECT_EQ(written_by([&] { lines.clear(); }), "");
}

TEST(LogRelayOf, HidesEverydayNewsAndKeepsFatalErrorsBack) {
    LogRelay relay("tap", LogRelay::Shows::Unusual);
    EXPECT_EQ(relay.take("  INFO Replicating"), "");
    EXPECT_EQ(relay.take("2026-11-20 09:14:03,000 | INFO     | tap | x"), "");
    EXPECT_EQ(relay.take("INFO METRIC: {}"), "");
    EXPECT_EQ(relay.take("WARNING careful \x1b[2J"), "tap: WARNING careful \\x1b[2J\n");
    EXPECT_EQ(relay.take("INFORMED guess"), "tap: INFORMED guess\n");
    EXPECT_EQ(relay.take("CRITICAL it is over [token-refused]"), "");
    EXPECT_EQ(relay.take("  do     something"), "");
    EXPECT_EQ(relay.take("BrokenPipeError"), "tap: BrokenPipeError\n");
    EXPECT_EQ(relay.critical(), "CRITICAL it is over [token-refused]\n  do     something\n");
    EXPECT_EQ(relay.critical_id(), "token-refused");
    EXPECT_TRUE(relay.met_broken_pipe());
    LogRelay verbose("tap", LogRelay::Shows::Everything);
    EXPECT_EQ(verbose.take("  INFO Replicating"), "tap:   INFO Replicating\n");
    LogRelay quiet("tap", LogRelay::Shows::Nothing);
    EXPECT_EQ(quiet.take("Traceback"), "");
    EXPECT_EQ(quiet.last_lines(), "Traceback\n");
    EXPECT_EQ(quiet.critical_id(), "");
}

TEST(StateEdit, TakesOneStreamOutOfEveryKnownLayout) {
    EXPECT_EQ(without_stream(R"({"a":"1","b":null})", "a").value(), R"({"b":null})");
    EXPECT_EQ(without_stream(R"({"o/r":{"a":"1","b":"2"}})", "a").value(), R"({"o/r":{"b":"2"}})");
    EXPECT_EQ(
        without_stream(R"({"currently_syncing":"a","bookmarks":{"a":{},"b":{}}})", "a").value(),
        R"({"bookmarks":{"b":{}}})");
    EXPECT_EQ(
        without_stream(R"([{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"}}}])", "a")
            .value(),
        "[]");
    EXPECT_EQ(without_stream("\"2017\"", "a").error().id, "state-layout");
    EXPECT_EQ(without_stream(R"({"b":1})", "a").value(), R"({"b":1})");
}

TEST(StateEdit, FindsTheLatestTime) {
    EXPECT_EQ(
        latest_time_of(R"({"a":"2017-01-17T20:32:05Z","b":["2022-07-05 13:45:22"],"c":"2030"})"),
        "2022-07-05 13:45");
    EXPECT_EQ(latest_time_of("{}"), "");
    EXPECT_EQ(latest_time_of("no json"), "");
}

}  // namespace
}  // namespace streams
