#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "pipeline/parsed_chunk.h"

namespace streams {

/// Threads that parse chunks; the answers come in the order in which the chunks were given.
///
/// **Threads.** Driven by one thread, the sequencer's.
class ParserPool {
 public:
    /// The threads start with the first chunk.
    ParserPool(unsigned threads, Takes takes) : wanted_(threads), takes_(takes) {}
    ~ParserPool();
    ParserPool(const ParserPool&) = delete;
    ParserPool& operator=(const ParserPool&) = delete;

    void give(Chunk chunk, std::shared_ptr<const Plans> plans);

    /// Waits for the oldest chunk that was given and not taken; there is one.
    ParsedChunk take_oldest();

    std::size_t chunks() const { return chunks_; }  ///< Given and not taken.
    std::size_t bytes() const { return bytes_; }    ///< Of these chunks' buffers.

 private:
    struct Job {
        Chunk chunk;
        std::shared_ptr<const Plans> plans;
        ParsedChunk parsed;
        bool is_done = false;
    };

    void start();
    void work();
    Job* next_job();

    unsigned wanted_;
    Takes takes_;
    std::size_t chunks_ = 0;
    std::size_t bytes_ = 0;

    std::mutex mutex_;
    std::condition_variable is_given_;
    std::condition_variable is_done_;
    std::deque<std::unique_ptr<Job>> jobs_;  // Oldest first; under mutex_, as all below.
    std::size_t begun_ = 0;                  // So many of them, from the front, have a thread.
    bool is_over_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace streams
