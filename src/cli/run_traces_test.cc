#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "run/capture.h"

namespace streams {
namespace {

constexpr std::string_view kSchema =
    R"({"type":"SCHEMA","stream":"a","schema":{"type":"object","properties":{"id":{"type":"integer"}}},)"
    R"("key_properties":[]})";

std::string record(int id) {
    return R"({"type":"RECORD","stream":"a","record":{"id":)" + std::to_string(id) + "}}";
}

std::string state(int at) {
    return R"({"type":"STATE","value":{"at":)" + std::to_string(at) + "}}";
}

// Runs the real programs in a folder of its own: `streams run` with persist-file on the right.
class RunTraces : public testing::Test {
 protected:
    void SetUp() override {
        const auto* bin = std::getenv("STREAMS_BIN");  // Given by ctest.
        bin_ = bin == nullptr ? std::string() : bin;
        if (bin_.empty() || !file_exists(bin_ + "/streams") ||
            !file_exists(bin_ + "/persist-file")) {
            GTEST_SKIP() << "STREAMS_BIN names no folder with streams and persist-file";
        }
        std::string pattern = testing::TempDir() + "streams-traces-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        ASSERT_EQ(::chdir(folder_.c_str()), 0);
        ::setenv("HOME", folder_.c_str(), 1);
        ::unsetenv("XDG_STATE_HOME");
    }
    void TearDown() override {
        if (!folder_.empty()) std::filesystem::remove_all(folder_);
    }

    // A streamer that is a shell script: `cat` lines and what else there is to do.
    void streamer(const std::string& name, const std::string& script) {
        ASSERT_TRUE(write_file_durably(name, "#!/bin/sh\n" + script + '\n', 0755));
    }

    static std::string say(const std::vector<std::string>& lines) {
        std::string script = "cat <<'LINES'\n";
        for (const auto& line : lines) script += line + '\n';
        return script + "LINES\n";
    }

    Captured run(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {bin_ + "/streams", "run"});
        auto captured = run_captured(arguments, {});
        EXPECT_TRUE(captured);
        return captured ? *captured : Captured{};
    }

    // The ids that are stored, in order.
    std::string stored(const std::string& folder = "out/a") {
        std::vector<std::string> files;
        if (!file_exists(folder)) return {};
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            files.push_back(entry.path());
        std::ranges::sort(files);
        std::string ids;
        for (const auto& file : files) {
            std::string text = read_file(file, 1 << 20).value();
            while (!text.empty()) {
                const auto line = text.substr(0, text.find('\n'));
                ids += std::to_string(nlohmann::json::parse(line)["id"].get<int>()) + ' ';
                text.erase(0, line.size() + 1);
            }
        }
        return ids;
    }

    std::string bin_;

 private:
    std::string folder_;
};

TEST_F(RunTraces, GoesOnFromTheStateOfTheDestination) {
    streamer("tap.sh", "test \"$1\" = --state && at=$(cat $2)\necho \"at ${at:-none}\" >&2\n" +
                           say({std::string(kSchema), record(1), state(1)}));
    const auto first = run({"./tap.sh", "file:out"});
    EXPECT_EQ(first.exit.status, 0) << first.log;
    EXPECT_NE(first.log.find("tap: at none\n"), std::string::npos) << first.log;
    EXPECT_NE(first.log.find("Done   1 row in 1 table"), std::string::npos) << first.log;
    const auto second = run({"./tap.sh", "file:out"});
    EXPECT_NE(second.log.find("tap: at {\"at\":1}\n"), std::string::npos) << second.log;
    EXPECT_EQ(stored(), "1 1 ");
}

TEST_F(RunTraces, NamesTheStreamerThatFailedFirst) {
    streamer("tap.sh", say({std::string(kSchema), record(1), state(1), record(2)}) +
                           "echo 'KeyError: x' >&2; exit 1");
    const auto ran = run({"./tap.sh", "file:out"});
    EXPECT_EQ(ran.exit.status, 1);
    EXPECT_NE(
        ran.log.find("CRITICAL tap left with status 1 [streamer-failed]\n  why    KeyError: x\n"),
        std::string::npos)
        << ran.log;
    EXPECT_NE(ran.log.find("  safe   1 row is stored, up to the last STATE"), std::string::npos)
        << ran.log;
    EXPECT_EQ(ran.log.find("input-cut"), std::string::npos) << ran.log;
    EXPECT_EQ(stored(), "1 ");
}

TEST_F(RunTraces, NamesThePersisterThatRefused) {
    streamer("tap.sh", say({std::string(kSchema), record(1), state(1), "no message"}) +
                           "while :; do echo '" + record(3) + "'; done");
    const auto ran = run({"./tap.sh", "file:out"});
    EXPECT_EQ(ran.exit.status, 3);
    EXPECT_NE(ran.log.find("CRITICAL"), std::string::npos);
    EXPECT_EQ(ran.log.find("streamer-failed"), std::string::npos) << ran.log;
}

TEST_F(RunTraces, StreamerPrintsEnd) {
    streamer("tap.sh", say({std::string(kSchema), record(1), state(1), record(2), "END"}));
    EXPECT_EQ(run({"./tap.sh", "file:out"}).exit.status, 3);
    EXPECT_EQ(stored().find('2'), std::string::npos);
}

TEST_F(RunTraces, GrandchildHoldsThePipe) {
    streamer("tap.sh",
             say({std::string(kSchema), record(1), state(1), record(2)}) + "sleep 60 &\nexit 0");
    const auto ran = run({"./tap.sh", "file:out"});
    EXPECT_EQ(ran.exit.status, 1) << ran.log;
    EXPECT_NE(ran.log.find("[input-cut]"), std::string::npos) << ran.log;
    EXPECT_EQ(stored(), "1 ");
}

TEST_F(RunTraces, FailsRightAfterState) {
    streamer("tap.sh", say({std::string(kSchema), record(1), state(1)}) + "exit 1");
    for (int again = 0; again < 40; ++again) {
        std::filesystem::remove_all("out");
        EXPECT_EQ(run({"./tap.sh", "file:out"}).exit.status, 1);
        ASSERT_EQ(stored(), "1 ") << again;
    }
}

TEST_F(RunTraces, WrapperDropsDescriptors) {
    std::filesystem::create_directory("bin");
    streamer("bin/persist-wrapped", "exec 3<&- 4>&-\nexec " + bin_ + "/persist-file \"$@\"");
    streamer("tap.sh", say({std::string(kSchema), record(1), state(1)}));
    const auto ran = run({"./tap.sh", "./bin/persist-wrapped --path out"});
    EXPECT_EQ(ran.exit.status, 2) << ran.log;
    EXPECT_FALSE(file_exists("out"));
}

TEST_F(RunTraces, TakesNoProgramOfOursForAStrangerBecauseItWasKilled) {
    std::filesystem::create_directory("bin");
    streamer("bin/persist-killed",
             "test $1 != describe || kill -9 $$\nexec " + bin_ + "/persist-file \"$@\"");
    streamer("tap.sh", say({std::string(kSchema), record(1), state(1)}));
    const auto ran = run({"./tap.sh", "./bin/persist-killed --path out"});
    EXPECT_EQ(ran.exit.status, 1) << ran.log;
    EXPECT_NE(ran.log.find("[program-killed]"), std::string::npos) << ran.log;
    EXPECT_FALSE(file_exists("out"));
}

TEST_F(RunTraces, StreamerIgnoresSigpipe) {
    streamer("tap.sh", "trap '' PIPE\n" +
                           say({std::string(kSchema), record(1), state(1), "no message"}) +
                           "while :; do echo x 2>/dev/null || sleep 0.05; done");
    EXPECT_EQ(run({"./tap.sh", "file:out"}).exit.status, 3);
}

TEST_F(RunTraces, StopsInGoodOrderOnASignal) {
    streamer("tap.sh", say({std::string(kSchema), record(1), state(1), record(2)}) +
                           "touch started; exec sleep 60");
    auto log = make_pipe().value();
    const auto runner = spawn({.arguments = {bin_ + "/streams", "run", "./tap.sh", "file:out"},
                               .passed = {{log.write.get(), 2}}});
    ASSERT_TRUE(runner);
    for (int tries = 0; tries < 1000 && !file_exists("started"); ++tries) ::usleep(10'000);
    ::kill(*runner, SIGTERM);
    EXPECT_EQ(wait_for(*runner).status, 143);
    EXPECT_EQ(stored(), "1 ");
}

TEST_F(RunTraces, RunnerKilled) {
    streamer("tap.sh", say({std::string(kSchema), record(1), state(1), record(2)}) +
                           "touch started; exec sleep 60");
    const auto runner =
        spawn({.arguments = {bin_ + "/streams", "run", "-q", "./tap.sh", "file:out"}});
    ASSERT_TRUE(runner);
    for (int tries = 0; tries < 1000 && !file_exists("started"); ++tries) ::usleep(10'000);
    ::kill(*runner, SIGKILL);
    wait_for(*runner);
    // The lock is free when the persister has ended: the next run waits for it.
    streamer("tap.sh", say({std::string(kSchema), record(3), state(2)}));
    EXPECT_EQ(run({"./tap.sh", "file:out"}).exit.status, 0);
    EXPECT_EQ(stored(), "1 3 ");
}

TEST_F(RunTraces, MissingStateFile) {
    streamer("reader", say({std::string(kSchema), record(1), state(1)}));
    const auto pipe =
        "./reader --state s | " + bin_ + "/persist-file --path out --pipeline p --state s >> s";
    for (int again = 0; again < 30; ++again) {
        std::filesystem::remove_all("out");
        std::filesystem::remove("s");
        const auto ran = run_captured({"sh", "-c", pipe}, {});
        ASSERT_TRUE(ran);
        ASSERT_EQ(ran->exit.status, 0) << ran->log;
        ASSERT_EQ(read_file("s", 100).value(), "{\"at\":1}\n");
    }
}

TEST_F(RunTraces, KeepsTheStateOfAForeignTarget) {
    streamer("tap.sh",
             "test \"$1\" = --state && echo \"at $(cat $2)\" >&2\n" + say({record(1), state(1)}));
    streamer("target-x", "cat > got; echo '{\"at\":7}'");
    const auto first = run({"./tap.sh", "./target-x --config z"});
    EXPECT_EQ(first.exit.status, 0) << first.log;
    const auto second = run({"./tap.sh", "./target-x --config z"});
    EXPECT_NE(second.log.find("tap: at {\"at\":7}"), std::string::npos) << second.log;
    EXPECT_NE(second.log.find("kept in"), std::string::npos) << second.log;
    EXPECT_NE(read_file("got", 1000).value().find(record(1)), std::string::npos);
}

// Every process whose command line or environment holds `text`, but this one.
std::string seen_in_processes(const std::string& text) {
    std::string seen;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        for (const auto* name : {"/cmdline", "/environ"}) {
            const auto content = read_file(entry.path().string() + name, 1 << 20).value_or("");
            if (content.find(text) != std::string::npos) seen += entry.path().string() + name + ' ';
        }
    }
    return seen;
}

TEST_F(RunTraces, NobodySeesSettingsInTheListOfProcesses) {
    streamer("stream-x",
             "case $1 in\n"
             "describe) echo '{\"capabilities\":[\"arguments-fd\"]}'; exit;;\n"
             "sync) cat <&9 > got; touch started; while ! test -e go; do sleep 0.01; done;;\n"
             "esac\n" +
                 say({std::string(kSchema), record(1), state(1)}));
    const std::string token = "t0ken" + std::to_string(::getpid());
    const std::string folder = "f0lder" + std::to_string(::getpid());
    const auto runner =
        spawn({.arguments = {bin_ + "/streams", "run", "-q", "./stream-x",
                             "file:out?schema=" + folder, "--set", "access_token=" + token}});
    ASSERT_TRUE(runner);
    for (int tries = 0; tries < 1000 && !file_exists("started"); ++tries) ::usleep(10'000);
    EXPECT_EQ(seen_in_processes(token), "");
    const auto only_typed = "/proc/" + std::to_string(*runner) + "/cmdline ";
    EXPECT_EQ(seen_in_processes(folder), only_typed) << "hidden from the children's";
    EXPECT_TRUE(write_file_durably("go", ""));
    EXPECT_EQ(wait_for(*runner).status, 0);
    EXPECT_EQ(read_file("got", 1000).value(), "[\"--access-token=" + token + "\"]");
    EXPECT_EQ(stored("out/" + folder + "/a"), "1 ");
}

TEST_F(RunTraces, NoPasswordOfAUrlIsPrinted) {
    streamer("persist-xx",
             "test $1 = describe && echo '{\"tier\":\"B\"}' && exit\n"
             "cat > /dev/null; echo '{\"at\":1}'");
    streamer("tap.sh", say({record(1), state(1)}));
    const auto path = std::getenv("PATH") + std::string(":.");
    ::setenv("PATH", path.c_str(), 1);
    const std::string url = "xx://me:hunter2@host/db";
    for (const auto& arguments : {std::vector<std::string>{"./tap.sh", url, "--json", "-v"},
                                  std::vector<std::string>{"./nothing.sh", url},
                                  std::vector<std::string>{"./tap.sh", "x" + url},
                                  std::vector<std::string>{"./tap.sh", "1" + url}}) {
        const auto ran = run(arguments);
        EXPECT_EQ((ran.out + ran.log).find("hunter2"), std::string::npos) << ran.out << ran.log;
        EXPECT_FALSE(ran.log.empty());
    }
    const auto asked = run_captured({bin_ + "/streams", "state", "history", url}, {}).value();
    EXPECT_EQ(asked.exit.status, 2);
    EXPECT_NE(asked.log.find("xx://host/db"), std::string::npos) << asked.log;
    EXPECT_EQ(asked.log.find("hunter2"), std::string::npos) << asked.log;
}

TEST_F(RunTraces, ForeignProgramsGetSettingsInAFileThatGoes) {
    const std::string sync =
        "while test $# -gt 0; do test \"$1\" = --config && file=$2; shift; done\n"
        "stat -c %a $file > mode; cp $file got; echo $file > where\n" +
        say({std::string(kSchema), record(1), state(1)});
    streamer("stream-x", "test $1 = describe && echo '{\"capabilities\":[]}' && exit\n" + sync);
    streamer("other", sync);
    for (const auto* program : {"./stream-x", "./other"}) {
        const auto ran =
            run({program, "file:out", "--pipeline", program, "--set", "a_key=v", "--set", "n=5"});
        EXPECT_EQ(ran.exit.status, 0) << ran.log;
        EXPECT_EQ(read_file("mode", 100).value(), "600\n");
        const auto got = nlohmann::json::parse(read_file("got", 1000).value());
        EXPECT_EQ(got["a_key"], "v");
        EXPECT_EQ(got["n"], 5);
        auto where = read_file("where", 1000).value();
        where.pop_back();
        EXPECT_FALSE(file_exists(where));
    }
}

// Whether a program has opened a file whose name ends so.
bool has_open(pid_t program, std::string_view ending) {
    std::error_code gone;
    const auto folder = "/proc/" + std::to_string(program) + "/fd";
    for (const auto& entry : std::filesystem::directory_iterator(folder, gone)) {
        const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
        if (target.ends_with(ending)) return true;
    }
    return false;
}

TEST_F(RunTraces, WaitsForTheFirstRun) {
    streamer("tap.sh", "touch started; while ! test -e go; do sleep 0.01; done\n" +
                           say({record(1), state(1)}));
    streamer("next.sh", "cat $2 > from\n" + say({record(2), state(2)}));
    streamer("target-x", "cat > got; echo '{\"at\":7}'");
    const auto spawn_run = [&](const std::string& source, const std::string& wait) {
        return spawn({.arguments = {bin_ + "/streams", "run", "-q", source, "./target-x",
                                    "--pipeline", "p", "--wait", wait}})
            .value();
    };
    const auto first = spawn_run("./tap.sh", "0s");
    for (int tries = 0; tries < 1000 && !file_exists("started"); ++tries) ::usleep(10'000);
    const auto busy = run({"./next.sh", "./target-x", "--pipeline", "p", "--wait", "0s"});
    EXPECT_EQ(busy.exit.status, 5) << busy.log;
    EXPECT_NE(busy.log.find("[pipeline-locked]"), std::string::npos) << busy.log;
    EXPECT_NE(busy.log.find("wait for it: --wait 10m"), std::string::npos) << busy.log;
    EXPECT_FALSE(file_exists("from"));
    const auto second = spawn_run("./next.sh", "10m");
    for (int tries = 0; tries < 1000 && !has_open(second, ".jsonl"); ++tries) ::usleep(10'000);
    EXPECT_FALSE(try_wait(second)) << "it waits";
    EXPECT_TRUE(write_file_durably("go", ""));
    EXPECT_EQ(wait_for(first).status, 0);
    EXPECT_EQ(wait_for(second).status, 0);
    EXPECT_EQ(read_file("from", 100).value(), "{\"at\":7}\n") << "it went on from the first";
}

TEST_F(RunTraces, RefreshesOneStreamAndLeavesTheOthers) {
    const auto schema_of = [](const std::string& stream) {
        return R"({"type":"SCHEMA","stream":")" + stream +
               R"(","schema":{"type":"object","properties":{"id":{"type":"integer"}}},)"
               R"("key_properties":[]})";
    };
    const auto record_of = [](const std::string& stream, int id) {
        return R"({"type":"RECORD","stream":")" + stream + R"(","record":{"id":)" +
               std::to_string(id) + "}}";
    };
    const auto tap = [&](int id) {
        streamer("tap.sh",
                 "cat \"$2\" > from 2>/dev/null\n" +
                     say({schema_of("a"), schema_of("b"), record_of("a", id), record_of("b", id),
                          R"({"type":"STATE","value":{"a":)" + std::to_string(id) + R"(,"b":)" +
                              std::to_string(id) + "}}"}));
    };
    tap(1);
    EXPECT_EQ(run({"./tap.sh", "file:out"}).exit.status, 0);
    tap(2);
    const auto ran = run({"./tap.sh", "file:out", "--refresh", "a"});
    EXPECT_EQ(ran.exit.status, 0) << ran.log;
    EXPECT_EQ(read_file("from", 100).value(), "{\"b\":1}\n");
    EXPECT_EQ(stored("out/a"), "2 ");
    EXPECT_EQ(stored("out/b"), "1 2 ");
}

TEST_F(RunTraces, APatternThatMatchesNothingIsRefused) {
    streamer("stream-x", R"(case $1 in
describe) echo '{"capabilities":["discover","catalog"]}'; exit;;
discover) echo '{"streams":[{"tap_stream_id":"issues","stream":"issues","schema":{}}]}'; exit;;
esac
touch started)");
    const auto unknown = run({"./stream-x", "file:out", "--stream", "isues"});
    EXPECT_EQ(unknown.exit.status, 2);
    EXPECT_NE(unknown.log.find("[stream-unknown]\n  do     did you mean issues?\n"),
              std::string::npos)
        << unknown.log;
    const auto refresh = run({"./stream-x", "file:out", "--refresh", "isues"});
    EXPECT_EQ(refresh.exit.status, 2);
    EXPECT_NE(refresh.log.find("no stream of the source matches --refresh isues [stream-unknown]"),
              std::string::npos)
        << refresh.log;
    const auto nothing = run({"./stream-x", "file:out", "--stream", "!iss*"});
    EXPECT_EQ(nothing.exit.status, 2);
    EXPECT_NE(nothing.log.find("[nothing-selected]"), std::string::npos) << nothing.log;
    streamer("plain.sh", "touch started");
    const auto plain = run({"./plain.sh", "file:out", "--stream", "a"});
    EXPECT_EQ(plain.exit.status, 2);
    EXPECT_NE(plain.log.find("is it a Singer tap? add --singer"), std::string::npos) << plain.log;
    EXPECT_FALSE(file_exists("started"));
    EXPECT_FALSE(file_exists("out"));
}

TEST_F(RunTraces, ReadsVariablesFromTheFileOfTheFolder) {
    EXPECT_TRUE(write_file_durably(".env", "# secrets\nX_TOKEN='from file'\nHOME=/nowhere\n"));
    streamer("stream-x",
             "test $1 = check && echo \"$X_TOKEN\" && exit\n"
             "echo \"$X_TOKEN, $HOME\" > seen\n" +
                 say({record(1), state(1)}));
    EXPECT_EQ(run({"./stream-x", "file:out"}).exit.status, 0);
    EXPECT_EQ(read_file("seen", 1000).value(),
              "from file, " + std::string(std::getenv("HOME")) + "\n");
    const auto checked = run_captured({bin_ + "/streams", "check", "./stream-x"}, {});
    EXPECT_EQ(checked.value().out, "from file\n");
    EXPECT_TRUE(write_file_durably(".env", "X_TOKEN\n"));
    const auto refused = run({"./stream-x", "file:out"});
    EXPECT_EQ(refused.exit.status, 2);
    EXPECT_NE(refused.log.find(".env:1: a line is NAME=value [config-syntax]"), std::string::npos)
        << refused.log;
}

TEST_F(RunTraces, DiscoversAndSelectsForATap) {
    streamer("tap-x", R"(case "$*" in
*--discover*) echo '{"streams":[{"tap_stream_id":"a","stream":"a","schema":{}},{"tap_stream_id":"b","stream":"b","schema":{}}]}'; exit;;
*--help*) echo 'usage: --config --properties'; exit;;
esac
echo "$*" > arguments
while test $# -gt 0; do test "$1" = --properties && cp "$2" catalog; shift; done
)" + say({std::string(kSchema), record(1), state(1)}));
    const auto ran = run({"./tap-x --config c.json", "file:out", "--stream", "a*"});
    EXPECT_EQ(ran.exit.status, 0) << ran.log;
    const auto streams = nlohmann::json::parse(read_file("catalog", 10'000).value())["streams"];
    EXPECT_EQ(streams[0]["schema"]["selected"], true);
    EXPECT_EQ(streams[1]["schema"]["selected"], false);
    EXPECT_NE(ran.log.find("2 streams discovered, 1 selected by --stream"), std::string::npos)
        << ran.log;
    const auto unknown = run({"./tap-x", "file:out", "--stream", "zebra"});
    EXPECT_EQ(unknown.exit.status, 2);
    EXPECT_NE(unknown.log.find("[stream-unknown]"), std::string::npos) << unknown.log;
}

TEST_F(RunTraces, ReportsInJsonAndSaysNothingElseWhenQuiet) {
    streamer("tap.sh", say({std::string(kSchema), record(1), state(1)}));
    const auto ran = run({"./tap.sh", "file:out", "-q", "--json"});
    EXPECT_EQ(ran.log, "");
    const auto report = nlohmann::json::parse(ran.out, nullptr, false);
    ASSERT_TRUE(report.is_object()) << ran.out;
    EXPECT_EQ(report["rows"], 1);
    EXPECT_EQ(report["status"], 0);
    EXPECT_EQ(report["state"]["at"], 1);
}

TEST_F(RunTraces, AnotherSourceUnderTheSameNameIsRefused) {
    streamer("tap.sh", say({std::string(kSchema), record(1), state(1)}));
    streamer("other.sh", say({std::string(kSchema), record(2), state(2)}));
    EXPECT_EQ(run({"./tap.sh", "file:out", "--pipeline", "p"}).exit.status, 0);
    const auto refused = run({"./other.sh", "file:out", "--pipeline", "p"});
    EXPECT_EQ(refused.exit.status, 2) << refused.log;
    EXPECT_EQ(run({"./other.sh", "file:out", "--pipeline", "p", "--same-source"}).exit.status, 0);
    EXPECT_EQ(stored(), "1 2 ");
}

TEST_F(RunTraces, RehearsesWithoutTouchingTheRealTables) {
    streamer("tap.sh", say({std::string(kSchema), record(1), record(2), record(3), state(1)}));
    const auto ran = run({"./tap.sh", "file:out", "--limit", "2"});
    EXPECT_EQ(ran.exit.status, 0) << ran.log;
    EXPECT_EQ(stored(), "");
    EXPECT_EQ(stored("out/preview/a"), "1 2 ") << ran.log;
}

}  // namespace
}  // namespace streams
