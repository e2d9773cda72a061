#include "program/streamer_program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "program/stream_output.h"

namespace streams {
namespace {

std::string read_all(int from) {
    std::string text(1 << 16, '\0');
    std::size_t used = 0;
    while (true) {
        const auto count = read_some(from, text.data() + used, text.size() - used, "pipe").value();
        if (count == 0) break;
        used += count;
    }
    text.resize(used);
    return text;
}

TEST(StreamOutputOf, WritesTheMessagesInOrder) {
    auto pipe = make_pipe().value();
    StreamOutput output({.data_fd = pipe.write.get(), .report_fd = {}});
    ASSERT_TRUE(output.schema("a\"b", R"({"type":"object"})", {"id"}, {"at"}));
    ASSERT_TRUE(output.record("a\"b", R"({"id":1})"));
    ASSERT_TRUE(output.state(R"({"at": 1.0})"));
    ASSERT_TRUE(output.schema("c", "{}", {}, {}));
    ASSERT_TRUE(output.flush());
    pipe.write.reset();
    EXPECT_EQ(read_all(pipe.read.get()),
              R"({"type":"SCHEMA","stream":"a\"b","schema":{"type":"object"},)"
              R"("key_properties":["id"],"bookmark_properties":["at"]})"
              "\n"
              R"({"type":"RECORD","stream":"a\"b","record":{"id":1}})"
              "\n"
              R"({"type":"STATE","value":{"at": 1.0}})"
              "\n"
              R"({"type":"SCHEMA","stream":"c","schema":{},"key_properties":[]})"
              "\n");
}

TEST(StreamOutputOf, DropsRecordsBeyondTheLimitOfTheirStream) {
    auto pipe = make_pipe().value();
    StreamOutput output({.data_fd = pipe.write.get(), .report_fd = {}, .limit = 1});
    for (const auto* stream : {"a", "a", "b"}) ASSERT_TRUE(output.record(stream, "{}"));
    ASSERT_TRUE(output.flush());
    pipe.write.reset();
    EXPECT_EQ(read_all(pipe.read.get()),
              "{\"type\":\"RECORD\",\"stream\":\"a\",\"record\":{}}\n"
              "{\"type\":\"RECORD\",\"stream\":\"b\",\"record\":{}}\n");
}

TEST(StreamOutputOf, ReportsPagesAtMostFiveTimesASecond) {
    auto pipe = make_pipe().value();
    StreamOutput output({.data_fd = -1, .report_fd = pipe.write.get()});
    output.progress({.stream = "a", .phase = "start"});
    for (std::uint64_t page = 1; page < 100; ++page) {
        output.progress({.stream = "a", .page = page, .phase = "page"});
    }
    output.progress({.stream = "a", .records = 7, .phase = "end"});
    pipe.write.reset();
    const auto text = read_all(pipe.read.get());
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 4);
    EXPECT_NE(text.find(R"("phase":"end","records":7)"), std::string::npos) << text;
}

// Runs a streamer's program in a child, as a shell would.
struct Ran {
    Exit exit;
    std::string out;
};

Ran run(std::vector<std::string> arguments, const StreamerEntry& entry) {
    auto out = make_pipe().value();
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(out.write.get(), STDOUT_FILENO);
        const auto quiet = ::open("/dev/null", O_WRONLY);
        ::dup2(quiet, STDERR_FILENO);
        std::string program = "stream-x";
        std::vector<char*> pointers{program.data()};
        for (auto& argument : arguments) pointers.push_back(argument.data());
        _exit(run_streamer(static_cast<int>(pointers.size()), pointers.data(), entry));
    }
    out.write.reset();
    auto text = read_all(out.read.get());
    return {wait_for(child), std::move(text)};
}

StreamerEntry entry() {
    StreamerEntry entry{.spec = Spec("x", "Streams x."),
                        .version = "1",
                        .sync = [](const Settings& settings, const StreamerInput& input,
                                   Output& output) -> Result<> {
                            STREAMS_TRY(output.record(settings.text("name"), "{}"));
                            if (settings.text("name") == "bad") {
                                return fail(ErrorKind::Transient, "away", "it is away");
                            }
                            return output.state(input.state.value_or("null"));
                        },
                        .check = {},
                        .discover = [](const Settings&) -> Result<std::string> { return "{}"; },
                        .examples = {}};
    entry.spec.append({.name = "name", .required = true, .identity = true});
    return entry;
}

TEST(StreamerProgram, SyncsFromTheLastStateOfTheFile) {
    const auto path = testing::TempDir() + "streamer-state-" + std::to_string(::getpid());
    ASSERT_TRUE(write_file_durably(path, "{\"a\": 1}\n{\"a\": 2}\n{\"a\""));
    const auto ran = run({"sync", "--name", "n", "--state", path}, entry());
    ::unlink(path.c_str());
    EXPECT_EQ(ran.exit.status, 0);
    EXPECT_EQ(ran.out,
              "{\"type\":\"RECORD\",\"stream\":\"n\",\"record\":{}}\n"
              "{\"type\":\"STATE\",\"value\":{\"a\": 2}}\n");
}

TEST(StreamerProgram, LeavesWithTheStatusOfWhatWentWrong) {
    EXPECT_EQ(run({"--name", "bad"}, entry()).exit.status, 4);
    EXPECT_EQ(run({"--name", "bad"}, entry()).out,
              "{\"type\":\"RECORD\",\"stream\":\"bad\",\"record\":{}}\n");
    EXPECT_EQ(run({}, entry()).exit.status, 2);
    EXPECT_EQ(run({"check"}, entry()).exit.status, 2);
    EXPECT_EQ(run({"--name", "n", "--report-fd", "77"}, entry()).exit.status, 2);
}

TEST(StreamerProgram, KnowsTheSingerSpellings) {
    EXPECT_EQ(run({"--discover"}, entry()).out, "{}\n");
    EXPECT_EQ(run({"discover"}, entry()).out, "{}\n");
    EXPECT_NE(run({"--about", "--format", "json"}, entry()).out.find("\"kind\": \"streamer\""),
              std::string::npos);
    EXPECT_EQ(run({"--test=schema", "--name", "n"}, entry()).out, "");
}

TEST(StreamerProgram, NamesItsSourceByAHash) {
    const auto one = run({"identity", "--name", "n"}, entry()).out;
    EXPECT_EQ(one.size(), 65U);
    EXPECT_NE(one, run({"identity", "--name", "m"}, entry()).out);
}

}  // namespace
}  // namespace streams
