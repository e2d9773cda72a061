#include "pipeline/pipeline.h"

#include <array>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "base/file.h"
#include "pipeline/testing_persister.h"
#include "state/state_hash.h"

namespace streams {
namespace {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        reading = Descriptor(ends[0]);
        writing = Descriptor(ends[1]);
        ::fcntl(writing.get(), F_SETPIPE_SZ, 1 << 20);
    }
    void put(std::string_view text) const { EXPECT_TRUE(write_all(writing.get(), text, "pipe")); }
    std::string rest() {
        writing.reset();
        std::string all(1 << 16, '\0');
        const ssize_t count = ::read(reading.get(), all.data(), all.size());
        all.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return all;
    }
    Descriptor reading;
    Descriptor writing;
};

std::string record(int id) {
    return R"({"type":"RECORD","stream":"s","record":{"id":)" + std::to_string(id) + "}}\n";
}
std::string state(const std::string& value) {
    return R"({"type":"STATE","value":)" + value + "}\n";
}

// One run over what the test puts into `data` and `end`.
class PipelineTest : public ::testing::Test {
 protected:
    PipelineTest() {
        options_.limits.idle = std::chrono::milliseconds(20);
        options_.limits.end_silence = std::chrono::milliseconds(100);
    }

    Result<Ending> run() {
        Pipe out;
        const Reporter reporter(std::nullopt);
        WorkClock clock;
        Committer committer(
            [&](const Context& context) -> Result<std::unique_ptr<Persister>> {
                return std::make_unique<TestingPersister>(store_, !context.pipeline.empty());
            },
            options_, reporter, clock, out.writing.get());
        Input input(data_.reading.get(), options_.end_fd, stop_.reading.get(),
                    options_.limits.end_silence);
        ChunkReader reader(data_.reading.get());
        Intake intake(options_, {.takes = {.columns = false, .records = true}},
                      [](const std::string&) { return std::vector<Field>{}; });
        Pipeline pipeline(input, reader, intake, committer, clock, options_);
        auto ending = pipeline.run();
        safe_ = pipeline.safe();
        printed_ = out.rest();
        return ending;
    }

    void under_runner() { options_.end_fd = end_.reading.get(); }
    void named(std::optional<std::string> given) {
        options_.context.pipeline = "p";
        options_.state_path = "state.json";
        options_.given_state = std::move(given);
    }

    TestingStore store_;
    RunOptions options_;
    Pipe data_, end_, stop_;
    std::string printed_, safe_;
};

using Texts = std::vector<std::string>;

TEST_F(PipelineTest, StoresWhatABarePipeSendsAndRepeatsItsState) {
    data_.put(record(1) + state(R"({"a":1.0})") + record(2));
    data_.writing.reset();
    ASSERT_TRUE(run());
    EXPECT_EQ(store_.records, (Texts{R"({"id":1})", R"({"id":2})"}));
    EXPECT_EQ(printed_, "{\"a\":1.0}\n");
}

TEST_F(PipelineTest, HandsNothingBehindTheLastStateToThePersisterBeforeItIsCommitted) {
    std::jthread writer([this] {
        data_.put(record(1) + state("1") + record(2));
        std::this_thread::sleep_until(std::chrono::steady_clock::now() +
                                      std::chrono::milliseconds(200));
        data_.put(state("2"));
        data_.writing.reset();
    });
    ASSERT_TRUE(run());
    EXPECT_EQ(store_.calls, (Texts{"open s", "write 1", "commit 1", "write 1", "commit 2"}));
}

TEST_F(PipelineTest, DiscardsWhatIsBehindTheLastStateAfterAbort) {
    under_runner();
    data_.put(record(1) + state("1") + record(2) + "{\"type\":\"REC");
    data_.writing.reset();
    end_.put("ABORT\n");
    const auto ending = run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().id, "input-cut");
    EXPECT_EQ(store_.records, Texts{R"({"id":1})"});
    EXPECT_EQ(printed_, "1\n");
}

TEST_F(PipelineTest, RunnerKilled) {
    under_runner();
    data_.put(record(1) + state("1") + record(2));
    data_.writing.reset();
    end_.writing.reset();
    ASSERT_FALSE(run());
    EXPECT_EQ(store_.records, Texts{R"({"id":1})"});
}

TEST_F(PipelineTest, CommitsTheTailWhenTheRunnerSaysEnd) {
    under_runner();
    data_.put(record(1) + state("1") + record(2));
    data_.writing.reset();
    end_.put("END\n");
    ASSERT_TRUE(run());
    EXPECT_EQ(store_.records.size(), 2U);
}

TEST_F(PipelineTest, GrandchildHoldsThePipe) {
    under_runner();
    data_.put(record(1) + state("1") + record(2));
    end_.put("END\n");
    const auto ending = run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().id, "input-cut");
    EXPECT_EQ(store_.records.size(), 1U);
}

TEST_F(PipelineTest, StreamerPrintsEnd) {
    under_runner();
    data_.put(record(1) + state("1") + record(2) + "END\n");
    data_.writing.reset();
    end_.put("ABORT\n");
    ASSERT_FALSE(run());
    EXPECT_EQ(store_.records.size(), 1U);
}

TEST_F(PipelineTest, CommitsAtTheStateBeforeItForcesRowsOut) {
    under_runner();
    options_.limits.memory = 1;
    data_.put(record(1) + state("1") + record(2) + record(3));
    data_.writing.reset();
    end_.put("ABORT\n");
    ASSERT_FALSE(run());
    EXPECT_EQ(store_.records, Texts{R"({"id":1})"});
    const auto& calls = store_.calls;
    const auto committed = std::ranges::find(calls, "commit 1");
    ASSERT_NE(committed, calls.end());
    EXPECT_EQ(std::count(committed, calls.end(), "write 1"), 2) << "forced out behind the commit";
    EXPECT_EQ(calls.back(), "discard");
}

TEST_F(PipelineTest, CommitsWhatIsCompleteAndStopsAtASignal) {
    data_.put(record(1) + state("1") + record(2));
    std::jthread signal([this] {
        std::this_thread::sleep_until(std::chrono::steady_clock::now() +
                                      std::chrono::milliseconds(50));
        stop_.put("x");
    });
    const auto ending = run();
    ASSERT_TRUE(ending);
    EXPECT_EQ(*ending, Ending::Stopped);
    EXPECT_EQ(store_.records.size(), 1U);
}

TEST_F(PipelineTest, StopsAtABadRecordWithWhatIsCompleteStored) {
    data_.put(record(1) + state("1") + record(2) + "{\"type\":\n" + record(3));
    data_.writing.reset();
    const auto ending = run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().kind, ErrorKind::Data);
    EXPECT_NE(ending.error().what.find("line 4"), std::string::npos) << ending.error().what;
    EXPECT_EQ(store_.records.size(), 1U);
    EXPECT_EQ(safe_, "1 rows are stored, up to the STATE on line 2; nothing after it");
}

TEST_F(PipelineTest, KeepsRejectsInTheCommitOfTheirSegment) {
    options_.keeps_rejects = true;
    data_.put(R"({"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}}})"
              "\n" +
              record(1) +
              R"({"type":"RECORD","stream":"s","record":{"id":"x"}})"
              "\n" +
              state("1"));
    data_.writing.reset();
    ASSERT_TRUE(run());
    ASSERT_EQ(store_.rejects.size(), 1U);
    EXPECT_EQ(store_.rejects[0].line, 3U);
    EXPECT_EQ(store_.rejects[0].id, "record-type");
    EXPECT_EQ(store_.records.size(), 1U);
}

TEST_F(PipelineTest, NeverPrintsANullState) {
    data_.put(record(1) + state("null"));
    data_.writing.reset();
    ASSERT_TRUE(run());
    EXPECT_EQ(printed_, "");
    EXPECT_EQ(store_.records.size(), 1U);
}

TEST_F(PipelineTest, PrintsAnEqualStateWithoutACommit) {
    named(R"({"a":1})");
    store_.entry = {
        .epoch = 1, .commit = 4, .state = R"({"a":1})", .state_hash = *state_hash(R"({"a":1})")};
    data_.put(state(R"({ "a" : 1.0 })"));
    data_.writing.reset();
    ASSERT_TRUE(run());
    EXPECT_EQ(printed_, "{ \"a\" : 1.0 }\n");
    EXPECT_TRUE(store_.calls.empty());
}

TEST_F(PipelineTest, CrashBetweenCommitAndEcho) {
    named(R"({"a":1})");
    store_.entry = {
        .epoch = 1, .commit = 4, .state = R"({"a":2})", .state_hash = *state_hash(R"({"a":2})")};
    store_.hashes = {*state_hash(R"({"a":1})"), store_.entry.state_hash};
    data_.put(record(1) + state(R"({"a":2})"));
    const auto ending = run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().id, "state-older");
    EXPECT_EQ(printed_, "{\"a\":2}\n");
    EXPECT_TRUE(store_.records.empty());
}

TEST_F(PipelineTest, RefusesAStateThatItNeverStored) {
    named(R"({"a":9})");
    store_.entry = {
        .epoch = 1, .commit = 4, .state = R"({"a":2})", .state_hash = *state_hash(R"({"a":2})")};
    const auto ending = run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().id, "state-unknown");
    EXPECT_EQ(ending.error().kind, ErrorKind::Busy);
    EXPECT_EQ(printed_, "");
}

TEST_F(PipelineTest, OtherSourceSameName) {
    named(std::nullopt);
    options_.source_print = "c/d";
    store_.entry = {.epoch = 1, .commit = 0, .source_print = "a/b"};
    const auto ending = run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().id, "other-source");
    EXPECT_EQ(ending.error().kind, ErrorKind::Config);
}

TEST_F(PipelineTest, DroppedTable) {
    named(std::nullopt);
    store_.entry = {.epoch = 1, .commit = 3, .missing = {"s"}};
    const auto ending = run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().id, "table-missing");
    EXPECT_NE(ending.error().remedy.find("--refresh s"), std::string::npos);
}

TEST_F(PipelineTest, PrintsTheStateOfACommitWhoseAnswerWasLost) {
    named(std::nullopt);
    store_.fails_commit = true;
    data_.put(record(1) + state("1"));
    data_.writing.reset();
    const auto ending = run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().kind, ErrorKind::Transient);
    EXPECT_EQ(printed_, "1\n");
}

TEST_F(PipelineTest, RetryAfterEnd) {
    under_runner();
    options_.context.pipeline = "p";
    options_.run = "run-7";
    store_.entry = {.epoch = 1, .commit = 1, .ended_run = "run-7"};
    const auto ending = run();
    ASSERT_TRUE(ending);
    EXPECT_EQ(*ending, Ending::Done);
    EXPECT_TRUE(store_.calls.empty());
}

TEST_F(PipelineTest, CommitsNothingAfterAFailedWrite) {
    store_.fails_write = true;
    data_.put(record(1) + state("1"));
    data_.writing.reset();
    const auto ending = run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().id, "disk-full");
    EXPECT_EQ(printed_, "");
    EXPECT_TRUE(store_.records.empty());
}

TEST_F(PipelineTest, StoresAndPrintsNothingInADryRun) {
    options_.context.dry_run = true;
    data_.put(record(1) + state("1"));
    data_.writing.reset();
    ASSERT_TRUE(run());
    EXPECT_EQ(printed_, "");
    EXPECT_TRUE(store_.calls.empty());
}

}  // namespace
}  // namespace streams
