// The limit of reading messages: walks every value of every line, on some threads.
//
//   walk_values FILE [THREADS]

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"
#include "bench/walk.h"
#include "message/line_splitter.h"

namespace {

// Gives whole lines to many threads, one chunk at a time.
class Source {
 public:
    explicit Source(int descriptor) : reader_(descriptor) {}

    std::optional<streams::Chunk> next() {
        const std::lock_guard held(mutex_);
        while (!is_end_) {
            auto read = reader_.read_some();
            if (!read) {
                std::fprintf(stderr, "%s\n", read.error().what.c_str());
                std::exit(1);
            }
            is_end_ = read->is_end;
            if (read->chunk != nullptr) return std::move(*read->chunk);
        }
        return std::nullopt;
    }

 private:
    std::mutex mutex_;
    streams::ChunkReader reader_;
    bool is_end_ = false;
};

std::uint64_t walk_chunks(Source& source) {
    simdjson::ondemand::parser parser;
    std::uint64_t sum = 0;
    while (const auto chunk = source.next()) {
        streams::LineSplitter lines(*chunk);
        while (const auto line = lines.next()) {
            if (streams::bench::walk_line(parser, *line, sum)) continue;
            std::fputs("a line is bad\n", stderr);
            std::exit(1);
        }
    }
    return sum;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("walk_values FILE [THREADS]\n", stderr);
        return 2;
    }
    const auto file = streams::open_file(argv[1], O_RDONLY);
    if (!file) return 2;
    Source source(file->get());
    std::atomic<std::uint64_t> sum = 0;
    {
        std::vector<std::jthread> threads;
        const int count = std::max(argc > 2 ? std::atoi(argv[2]) : 1, 1);
        threads.reserve(static_cast<std::size_t>(count));
        threads.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) threads.emplace_back([&] { sum += walk_chunks(source); });
    }
    std::printf("%llu\n", static_cast<unsigned long long>(sum.load()));
    return 0;
}
