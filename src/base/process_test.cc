#include "base/process.h"

#include <csignal>
#include <gtest/gtest.h>
#include <poll.h>

namespace streams {
namespace {

std::string read_all(int from) {
    std::string text(4096, '\0');
    std::size_t used = 0;
    while (true) {
        const auto count = read_some(from, text.data() + used, text.size() - used, "pipe").value();
        if (count == 0) break;
        used += count;
    }
    text.resize(used);
    return text;
}

TEST(Process, PassesDescriptorsByNumberEvenWhenTheyCross) {
    auto first = make_pipe().value();
    auto second = make_pipe().value();
    // Each takes the number of the other: one dup2 after the other would lose one.
    const int low = first.write.get();
    const int high = second.write.get();
    const auto script =
        "echo one >&" + std::to_string(high) + "; echo two >&" + std::to_string(low);
    const auto program = spawn({.arguments = {"bash", "-c", script},
                                .environment = {},
                                .passed = {{low, high}, {high, low}},
                                .folder = {}});
    ASSERT_TRUE(program) << program.error().what;
    first.write.reset();
    second.write.reset();
    EXPECT_TRUE(wait_for(*program).good());
    EXPECT_EQ(read_all(first.read.get()), "one\n");
    EXPECT_EQ(read_all(second.read.get()), "two\n");
}

TEST(Process, KeepsEveryOtherDescriptorToItself) {
    auto leak = make_pipe().value();
    auto out = make_pipe().value();
    const auto kept = ::dup(leak.write.get());  // Without close-on-exec.
    const auto program = spawn({.arguments = {"sh", "-c", "ls /proc/self/fd | wc -l"},
                                .environment = {},
                                .passed = {{out.write.get(), 1}},
                                .folder = {}});
    ASSERT_TRUE(program);
    out.write.reset();
    EXPECT_EQ(read_all(out.read.get()), "4\n");  // 0, 1, 2 and the folder that ls reads.
    wait_for(*program);
    Descriptor closes(kept);
}

TEST(Process, SaysThatAProgramIsMissing) {
    const auto program = spawn(
        {.arguments = {"no-such-program-here"}, .environment = {}, .passed = {}, .folder = {}});
    ASSERT_FALSE(program);
    EXPECT_EQ(program.error().id, "program-missing");
}

TEST(Process, TellsStatusesAndSignalsApart) {
    const SpawnPlan three{
        .arguments = {"sh", "-c", "exit 3"}, .environment = {}, .passed = {}, .folder = {}};
    EXPECT_EQ(to_text(wait_for(spawn(three).value())), "status 3");
    const SpawnPlan killed{
        .arguments = {"sh", "-c", "kill -9 $$"}, .environment = {}, .passed = {}, .folder = {}};
    EXPECT_EQ(to_text(wait_for(spawn(killed).value())), "killed by SIGKILL");
}

TEST(Process, ShowsOnADescriptorThatAProgramEnded) {
    const auto program = spawn({.arguments = {"sleep", "60"},
                                .environment = {},
                                .passed = {},
                                .folder = {},
                                .own_group = true});
    ASSERT_TRUE(program);
    auto watch = watch_exit(*program);
    ASSERT_TRUE(watch) << watch.error().what;
    EXPECT_FALSE(try_wait(*program).has_value());
    ::kill(*program, SIGKILL);
    pollfd ended = {watch->get(), POLLIN, 0};
    EXPECT_EQ(::poll(&ended, 1, 10'000), 1);
    EXPECT_EQ(wait_for(*program).signal, SIGKILL);
}

TEST(FindProgram, LooksBesideFirstAndThenOnThePath) {
    EXPECT_EQ(find_program("sh", "", "/nowhere:/bin"), "/bin/sh");
    EXPECT_EQ(find_program("sh", "/bin", ""), "/bin/sh");
    EXPECT_EQ(find_program("/bin/sh", "", ""), "/bin/sh");
    EXPECT_EQ(find_program("no-such-program-here", "/bin", "/bin"), "");
}

}  // namespace
}  // namespace streams
