#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace streams {

/// Every limit of a run, in one table. All sizes in bytes.
struct Limits {
    std::size_t memory = std::size_t{128} << 20;         ///< `--memory`.
    std::size_t line_bytes_max = std::size_t{64} << 20;  ///< A longer line ends the run.
    std::size_t rejects_max = 10'000;                    ///< `--rejects-max`, per run.
    std::size_t commit_bytes = std::size_t{64} << 20;    ///< Input between two commits, about.
    std::chrono::milliseconds commit_age{10'000};        ///< Of the oldest STATE not yet passed on.
    std::chrono::milliseconds idle{1'000};               ///< Quiet input commits what is ready.
    std::chrono::milliseconds end_silence{5'000};        ///< After END, without end of input.
    unsigned stop_seconds = 25;                          ///< For the last commit after a signal.

    unsigned parsers = 1;  ///< Threads that parse; 1: the one that reads does it.
    std::size_t alone_bytes = std::size_t{1} << 20;  ///< Of input that the reading thread parses.

    /// Chunks that wait for their parser or the sequencer; one may always.
    std::size_t chunks_bytes() const { return memory / 16; }
    std::size_t chunks() const { return std::size_t{2} * parsers; }

    /// What one read asks for.
    std::size_t chunk_bytes() const {
        constexpr std::size_t kMost = std::size_t{1} << 19;  // Its columns stay in the cache.
        return memory / 64 < kMost ? memory / 64 : kMost;
    }
    /// Rows that wait in columns; the other half is the parser's and the destination's.
    std::size_t segment_bytes() const { return memory / 4; }
    /// Rejected lines that wait for their commit.
    std::size_t rejects_bytes() const { return memory / 8; }
};

}  // namespace streams
