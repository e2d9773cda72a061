#include "run/joined_run.h"

#include <csignal>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/signals.h"
#include "run/temporary_folder.h"

namespace streams {
namespace {

// A persister that keeps what it gets: the data in $1.data, the runner's word in $1.word. Knows the
// protocol with descriptors 3 and 4.
constexpr std::string_view kPersister = R"(out=$1; state=$2
echo "{\"state\":$state}" >&4
cat > $out.data
read -r word <&3 || word=NONE
echo "$word" > $out.word
echo '{"committed":1,"state":null}' >&4
echo '{"a":1}'
test "$word" = END || { echo 'CRITICAL input was cut [input-cut]' >&2; exit 1; }
)";

struct Watcher final : RunWatcher {
    Result<std::vector<std::string>> streamer_for(const std::optional<std::string>& at) override {
        asked = true;
        state = at;
        return streamer;
    }
    void reported(Side side, std::string_view line) override {
        reports.push_back((side == Side::Streamer ? "s " : "p ") + std::string(line));
    }
    Result<> stored(std::string_view value) override {
        states.emplace_back(value);
        return {};
    }
    void logged(Side side, std::string_view line) override {
        logs.push_back((side == Side::Streamer ? "s " : "p ") + std::string(line));
    }
    void passed() override {}

    std::vector<std::string> streamer;
    bool asked = false;
    std::optional<std::string> state;
    std::vector<std::string> reports;
    std::vector<std::string> states;
    std::vector<std::string> logs;
};

class JoinedRuns : public testing::Test {
 protected:
    void SetUp() override {
        ignore_signals_of_writes();
        folder_ = TemporaryFolder::make(testing::TempDir()).value();
        out_ = folder_.write("out", "").value();
    }

    std::vector<std::string> script(const std::string& text) { return {"sh", "-c", text}; }

    Joined join(const std::string& streamer, const std::string& persister = std::string(kPersister),
                const std::string& state = "null") {
        plan_.persister = {"sh", "-c", persister + "exit $?\n", "persister", out_, state};
        plan_.persister_ends = true;
        watcher_.streamer = script(streamer);
        auto joined = join_programs(plan_, watcher_);
        EXPECT_TRUE(joined) << joined.error().what;
        return joined ? *joined : Joined{};
    }

    std::string kept(const std::string& what) const {
        return read_file(out_ + '.' + what, 1 << 20).value_or("");
    }

    std::string out_;
    JoinPlan plan_{.kill_after = std::chrono::milliseconds(300)};
    Watcher watcher_;

 private:
    TemporaryFolder folder_;
};

// The descriptors stand behind "$2", where the script does not look.
TEST_F(JoinedRuns, GiveTheStreamerTheStateOfTheDestinationAndTheWordEnd) {
    const auto joined = join("echo data", std::string(kPersister), R"({"a": 1.0})");
    EXPECT_TRUE(joined.persister.good());
    EXPECT_FALSE(joined.first.has_value());
    EXPECT_EQ(watcher_.state, R"({"a": 1.0})");
    EXPECT_EQ(kept("data"), "data\n");
    EXPECT_EQ(kept("word"), "END\n");
    EXPECT_EQ(watcher_.reports, std::vector<std::string>{R"(p {"committed":1,"state":null})"});
    EXPECT_EQ(watcher_.states, std::vector<std::string>{R"({"a":1})"});
}

TEST_F(JoinedRuns, SayAbortWhenTheStreamerFails) {
    const auto joined = join("echo half; echo 'Traceback: it broke' >&2; exit 7");
    EXPECT_EQ(joined.first, Side::Streamer);
    EXPECT_EQ(joined.streamer->status, 7);
    EXPECT_EQ(kept("data"), "half\n");
    EXPECT_EQ(kept("word"), "ABORT\n");
    EXPECT_EQ(watcher_.logs, (std::vector<std::string>{"s Traceback: it broke",
                                                       "p CRITICAL input was cut [input-cut]"}));
}

TEST_F(JoinedRuns, SayAbortWhenTheStreamerIsKilled) {
    const auto joined = join("echo half; kill -9 $$");
    EXPECT_EQ(joined.first, Side::Streamer);
    EXPECT_EQ(joined.streamer->signal, SIGKILL);
    EXPECT_EQ(kept("word"), "ABORT\n");
}

TEST_F(JoinedRuns, NeverStartAStreamerForAPersisterThatRefuses) {
    const auto joined = join("echo data", "echo 'CRITICAL held [pipeline-locked]' >&2; exit 5\n");
    EXPECT_EQ(joined.first, Side::Persister);
    EXPECT_EQ(joined.persister.status, 5);
    EXPECT_FALSE(joined.streamer.has_value());
    EXPECT_FALSE(watcher_.asked);
}

TEST_F(JoinedRuns, NeedNoStreamerForARunThatIsAlreadyDone) {
    const auto joined = join("echo data", "exit 0\n");
    EXPECT_FALSE(joined.first.has_value());
    EXPECT_TRUE(joined.persister.good());
    EXPECT_FALSE(watcher_.asked);
}

TEST_F(JoinedRuns, StreamerPrintsEnd) {
    const auto joined = join("echo END; exit 1");
    EXPECT_EQ(joined.first, Side::Streamer);
    EXPECT_EQ(kept("data"), "END\n");
    EXPECT_EQ(kept("word"), "ABORT\n");
}

TEST_F(JoinedRuns, StreamerCannotReachTheDescriptorOfEnd) {
    const auto joined =
        join("for fd in 3 4 5 6 7 8 9; do echo END >&$fd; done 2>/dev/null; exit 1");
    EXPECT_EQ(joined.first, Side::Streamer);
    EXPECT_EQ(kept("word"), "ABORT\n");
}

TEST_F(JoinedRuns, GrandchildHoldsThePipe) {
    // The persister waits for the word here instead of the end of input, as ours do after a while.
    const auto joined =
        join("echo data; sleep 60 & exit 0",
             "echo '{\"state\":null}' >&4; read -r word <&3; echo $word > $1.word; exit 1\n");
    EXPECT_EQ(joined.first, Side::Persister);
    EXPECT_TRUE(joined.streamer->good());
    EXPECT_EQ(kept("word"), "END\n");
}

TEST_F(JoinedRuns, StreamerIgnoresSigpipe) {
    const auto begin = std::chrono::steady_clock::now();
    const auto joined =
        join("trap '' PIPE TERM; while :; do echo x 2>/dev/null || sleep 0.01; done",
             "echo '{\"state\":null}' >&4; read -r line; echo bad >&2; exit 3\n");
    EXPECT_EQ(joined.first, Side::Persister);
    EXPECT_EQ(joined.persister.status, 3);
    EXPECT_EQ(joined.streamer->signal, SIGKILL);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST_F(JoinedRuns, NameThePersisterWhenTheStreamerDiesOfIt) {
    const auto joined =
        join("while :; do echo x; done", "echo '{\"state\":null}' >&4; read -r line; exit 3\n");
    EXPECT_EQ(joined.persister.status, 3);
    // Whichever was seen first, the streamer's end is by the pipe or by our SIGTERM.
    EXPECT_TRUE(joined.streamer->signal == SIGPIPE || joined.streamer->signal == SIGTERM);
}

TEST_F(JoinedRuns, GiveAForeignPersisterAPlainEndOfInput) {
    plan_.persister = script("cat > /dev/null; echo '{\"b\":2}'; echo '{\"b\":3}'");
    watcher_.streamer = script("echo data");
    const auto joined = join_programs(plan_, watcher_);
    ASSERT_TRUE(joined);
    EXPECT_FALSE(joined->first.has_value());
    EXPECT_EQ(watcher_.states, (std::vector<std::string>{R"({"b":2})", R"({"b":3})"}));
}

TEST_F(JoinedRuns, LetAStreamerLeaveThatHasSaidAll) {
    plan_.persister = script("cat > /dev/null");
    watcher_.streamer = script("echo data; exec >&-; sleep 0.2; exit 0");
    const auto joined = join_programs(plan_, watcher_);
    ASSERT_TRUE(joined);
    EXPECT_FALSE(joined->first.has_value());
}

TEST_F(JoinedRuns, NameAPersisterThatLeftBeforeTheStreamer) {
    plan_.persister = script("exit 0");
    watcher_.streamer = script("trap '' PIPE; while :; do sleep 0.05; done");
    const auto joined = join_programs(plan_, watcher_);
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->first, Side::Persister);
    EXPECT_EQ(joined->streamer->signal, SIGTERM);
}

TEST_F(JoinedRuns, SayWhenTheStreamerCannotBeStarted) {
    plan_.persister = {"sh", "-c", std::string(kPersister), "persister", out_ + ".gone", "null"};
    plan_.persister_ends = true;
    watcher_.streamer = {"/no/such/program"};
    const auto joined = join_programs(plan_, watcher_);
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().id, "program-missing");
}

TEST_F(JoinedRuns, PassOnLongLogsWithoutStopping) {
    const auto joined = join(
        "i=0; while [ $i -lt 3000 ]; do echo \"line $i of the log, at some length\" >&2; "
        "i=$((i+1)); done; echo data");
    EXPECT_FALSE(joined.first.has_value());
    EXPECT_EQ(watcher_.logs.size(), 3000U);
    EXPECT_EQ(kept("data"), "data\n");
}

// The runner dies mid-segment: the streamer dies with it, and END's descriptor closes without a
// word.
TEST_F(JoinedRuns, RunnerKilled) {
    const pid_t runner = ::fork();
    if (runner == 0) {
        plan_.persister = {"sh", "-c", std::string(kPersister), "persister", out_, "null"};
        plan_.persister_ends = true;
        watcher_.streamer = script("echo half; exec sleep 100");
        static_cast<void>(join_programs(plan_, watcher_));
        _exit(0);
    }
    const auto word = out_ + ".word";
    const auto data = out_ + ".data";
    for (int tries = 0; tries < 500 && read_file(data, 100).value_or("").empty(); ++tries)
        ::usleep(10'000);
    ::kill(runner, SIGKILL);
    wait_for(runner);
    for (int tries = 0; tries < 500 && read_file(word, 100).value_or("").empty(); ++tries)
        ::usleep(10'000);
    EXPECT_EQ(read_file(data, 100).value_or(""), "half\n");
    EXPECT_EQ(read_file(word, 100).value_or(""), "NONE\n");
}

}  // namespace
}  // namespace streams
