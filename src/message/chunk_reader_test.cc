#include "message/chunk_reader.h"

#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/file.h"
#include "base/process.h"
#include "message/line_splitter.h"
#include "message/test_input.h"

namespace streams {
namespace {

struct Outcome {
    std::vector<std::string> lines;
    bool is_torn = false;
    std::string error;
    std::size_t chunks = 0;
};

Outcome read_all(int descriptor, ChunkLimits limits) {
    ChunkReader reader(descriptor, limits);
    Outcome outcome;
    while (true) {
        const auto read = reader.read_some();
        if (!read) {
            outcome.error = read.error().id;
            return outcome;
        }
        if (read->chunk != nullptr) {
            EXPECT_EQ(read->chunk->number, outcome.chunks++);
            LineSplitter lines(*read->chunk);
            while (const auto line = lines.next()) {
                outcome.lines.emplace_back(*line);
                outcome.is_torn = lines.is_torn();
            }
        }
        if (read->is_end) return outcome;
    }
}

Outcome read_all(std::string_view text, ChunkLimits limits = {}) {
    return read_all(file_of(text).get(), limits);
}

using Lines = std::vector<std::string>;

TEST(ChunkReader, GivesTheSameLinesForEverySizeOfChunk) {
    std::mt19937 random(7);
    std::string text;
    Lines expected;
    for (int count = 0; count < 300; ++count) {
        expected.emplace_back(random() % 200, static_cast<char>('a' + count % 26));
        text += expected.back() + (count % 3 == 0 ? "\r\n" : "\n");
    }
    for (const std::size_t size : kChunkSizes) {
        const auto outcome = read_all(text, {.chunk_bytes = size});
        EXPECT_EQ(outcome.lines, expected) << size;
        EXPECT_FALSE(outcome.is_torn);
    }
}

TEST(ChunkReader, HandsOnAnUnterminatedTailAsTorn) {
    for (const std::size_t size : kChunkSizes) {
        const auto outcome = read_all("one\ntwo\nthr", {.chunk_bytes = size});
        EXPECT_EQ(outcome.lines, (Lines{"one", "two", "thr"}));
        EXPECT_TRUE(outcome.is_torn);
    }
    EXPECT_FALSE(read_all("one\n").is_torn);
}

TEST(ChunkReader, EndsAtOnceOnEmptyInput) {
    const auto outcome = read_all("");
    EXPECT_TRUE(outcome.lines.empty());
    EXPECT_EQ(outcome.chunks, 0U);
}

TEST(ChunkReader, HandsOnCompleteLinesWithoutWaitingForMore) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    ChunkReader reader(pipe->read.get());
    ASSERT_TRUE(write_all(pipe->write.get(), "first\nsecond\nthi", "pipe"));
    auto read = reader.read_some();
    ASSERT_TRUE(read && read->chunk != nullptr);
    EXPECT_EQ(read->chunk->size, 13U);
    ASSERT_TRUE(write_all(pipe->write.get(), "rd", "pipe"));
    read = reader.read_some();
    ASSERT_TRUE(read);
    EXPECT_EQ(read->chunk, nullptr);
    ASSERT_TRUE(write_all(pipe->write.get(), "\n", "pipe"));
    read = reader.read_some();
    ASSERT_TRUE(read && read->chunk != nullptr);
    LineSplitter lines(*read->chunk);
    EXPECT_EQ(lines.next(), "third");
}

TEST(ChunkReader, AnswersWithNothingWhereADescriptorWouldBlock) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    ASSERT_EQ(::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK), 0);
    ChunkReader reader(pipe->read.get());
    const auto read = reader.read_some();
    ASSERT_TRUE(read);
    EXPECT_EQ(read->chunk, nullptr);
    EXPECT_FALSE(read->is_end);
}

TEST(ChunkReader, FailsOnADescriptorThatCannotBeRead) {
    ChunkReader reader(-1);
    const auto read = reader.read_some();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::Failed);
}

TEST(ChunkReader, LetsAChunkBeMovedAway) {
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    ChunkReader reader(pipe->read.get());
    std::vector<Chunk> kept;
    for (const std::string_view text : {"a\nx", "b\ny", "c\n"}) {
        ASSERT_TRUE(write_all(pipe->write.get(), text, "pipe"));
        const auto read = reader.read_some();
        ASSERT_TRUE(read && read->chunk != nullptr);
        kept.push_back(std::move(*read->chunk));
    }
    Lines found;
    for (const auto& chunk : kept) {
        LineSplitter lines(chunk);
        while (const auto line = lines.next()) found.emplace_back(*line);
    }
    EXPECT_EQ(found, (Lines{"a", "xb", "yc"}));
}

TEST(ChunkReader, HasZerosBehindEachChunk) {
    const auto file = file_of("abc\ndef\nghi");
    ChunkReader reader(file.get(), {.chunk_bytes = 5});
    for (auto read = reader.read_some(); !read->is_end; read = reader.read_some()) {
        if (read->chunk == nullptr) continue;
        const auto* behind = read->chunk->bytes.data() + read->chunk->size;
        EXPECT_EQ(std::string(behind, behind + kLinePadding), std::string(kLinePadding, '\0'));
    }
}

TEST(ChunkReader, RefusesALineBeyondTheLimitBehindThoseBeforeIt) {
    const std::string whole(100, 'w');
    for (const std::size_t size : kChunkSizes) {
        const ChunkLimits limits = {.chunk_bytes = size, .line_bytes_max = 100};
        auto outcome = read_all("a\n" + whole + "\nb\n", limits);
        EXPECT_EQ(outcome.lines, (Lines{"a", whole, "b"})) << size;
        EXPECT_EQ(outcome.error, "");
        outcome = read_all("a\n" + whole + "\n" + whole + "x\nb\n", limits);
        EXPECT_EQ(outcome.lines, (Lines{"a", whole})) << size;
        EXPECT_EQ(outcome.error, "line-too-long");
        outcome = read_all(whole + "x", limits);
        EXPECT_TRUE(outcome.lines.empty());
        EXPECT_EQ(outcome.error, "line-too-long");
    }
}

TEST(ChunkReader, RefusesAnEndlessLineInBoundedMemory) {
    const Descriptor zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
    const auto outcome = read_all(zeros.get(), {.line_bytes_max = std::size_t{8} << 20});
    EXPECT_EQ(outcome.error, "line-too-long");
    EXPECT_EQ(outcome.chunks, 0U);
}

TEST(ChunkReader, TakesALongLineThroughAPipeAndGivesItsMemoryBack) {
    constexpr std::size_t kLong = std::size_t{50} << 20;
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    std::jthread writer([&] {
        EXPECT_TRUE(
            write_all(pipe->write.get(), "a\n" + std::string(kLong, 'x') + "\nb\n", "pipe"));
        pipe->write.reset();
    });
    ChunkReader reader(pipe->read.get());
    Lines found;
    std::size_t last_capacity = 0;
    while (true) {
        const auto read = reader.read_some();
        ASSERT_TRUE(read);
        if (read->chunk != nullptr) {
            last_capacity = read->chunk->bytes.capacity();
            LineSplitter lines(*read->chunk);
            while (const auto line = lines.next()) found.push_back(std::to_string(line->size()));
        }
        if (read->is_end) break;
    }
    EXPECT_EQ(found, (Lines{"1", std::to_string(kLong), "1"}));
    EXPECT_LT(last_capacity, std::size_t{129} << 20);
}

TEST(ChunkReader, GoesOnAfterASignal) {
    struct sigaction action{};
    action.sa_handler = [](int) {};
    struct sigaction old{};
    ASSERT_EQ(::sigaction(SIGUSR1, &action, &old), 0);
    auto pipe = make_pipe();
    ASSERT_TRUE(pipe);
    const auto reading = ::pthread_self();
    std::jthread writer([&] {
        for (int count = 0; count < 20; ++count) {
            ::pthread_kill(reading, SIGUSR1);
            std::this_thread::yield();
        }
        EXPECT_TRUE(write_all(pipe->write.get(), "line\n", "pipe"));
        pipe->write.reset();
    });
    EXPECT_EQ(read_all(pipe->read.get(), {}).lines, Lines{"line"});
    writer.join();
    ::sigaction(SIGUSR1, &old, nullptr);
}

TEST(LineSplitter, LeavesOutAByteOrderMarkAtTheStartOnly) {
    EXPECT_EQ(read_all("\xef\xbb\xbf"
                       "a\n\xef\xbb\xbf"
                       "b\n")
                  .lines,
              (Lines{"a",
                     "\xef\xbb\xbf"
                     "b"}));
    EXPECT_TRUE(read_all("\xef\xbb\xbf").lines.empty());
}

TEST(LineSplitter, TakesOneCarriageReturnFromALineEndOnly) {
    EXPECT_EQ(read_all("a\r\n\r\n\r\r\nb\rc\n\nd\r").lines,
              (Lines{"a", "", "\r", "b\rc", "", "d\r"}));
}

TEST(LineSplitter, CountsItsLines) {
    const auto file = file_of("a\n\nb");
    ChunkReader reader(file.get(), {.chunk_bytes = 100});
    auto read = reader.read_some();
    LineSplitter lines(*read->chunk);
    while (lines.next()) EXPECT_FALSE(lines.is_torn());
    EXPECT_EQ(lines.lines(), 2U);
}

}  // namespace
}  // namespace streams
