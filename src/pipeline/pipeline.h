#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "message/chunk_reader.h"
#include "pipeline/committer.h"
#include "pipeline/input.h"
#include "pipeline/intake.h"
#include "pipeline/parser_pool.h"
#include "pipeline/run_options.h"
#include "pipeline/work_clock.h"

namespace streams {

/// How a run ended in good order.
enum class Ending {
    Done,
    Stopped,  ///< By a signal; what was complete is committed.
};

/// One run: from the input to the last commit.
///
///     input -> lines -> open segment -> persister -> commit -> STATE
///
/// A *segment* is what lies between two STATEs. Its rows wait in columns (`Intake`) until its STATE
/// has come; then they go to the persister, and the STATE is *ready*. Cadence decides when what is
/// ready is committed. If memory forces rows of an open segment out, what is ready is committed
/// first: so a transaction that holds rows of an unfinished segment began at a committed STATE, and
/// discarding is a rollback.
class Pipeline {
 public:
    /// All references outlive this object.
    Pipeline(Input& input, ChunkReader& reader, Intake& intake, Committer& committer,
             WorkClock& clock, const RunOptions& options)
        : input_(input),
          reader_(reader),
          intake_(intake),
          committer_(committer),
          clock_(clock),
          options_(options),
          pool_(options.limits.parsers, intake.takes()) {}

    /// Call once. On an error of the input, what is ready has been committed before it returns.
    Result<Ending> run();

    /// For the last line of an error: what is stored, and what is not.
    std::string safe() const;

 private:
    using Clock = std::chrono::steady_clock;

    Result<Ending> loop();
    InputEvent wait(bool is_parsing);
    Result<> read();
    Result<ChunkReader::Read> read_some();
    Result<> give(Chunk& chunk);
    Result<> take_lines(const Chunk& chunk, std::size_t begin);
    Result<bool> take_line(std::string_view line, std::size_t bytes, bool is_torn);
    Result<> take_batch(std::string_view line);
    Result<> take_oldest();
    Result<> take_parsed(ParsedChunk& parsed);
    Result<> take_all();
    Result<> end_segment(std::string state);
    Result<> force_out();
    Result<> hand_over();
    Result<> commit_ready();
    Result<> finish();
    Result<> with_ready_committed(Error error);

    Input& input_;
    ChunkReader& reader_;
    Intake& intake_;
    Committer& committer_;
    WorkClock& clock_;
    const RunOptions& options_;

    ParserPool pool_;
    std::uint64_t bytes_read_ = 0;
    std::uint64_t line_ = 0;     // The last line taken.
    std::optional<Error> torn_;  // Of a last line without line end, under a runner.
    bool persister_failed_ = false;
    bool is_ready_ = false;  // Complete segments wait for a commit.
    CommitRequest ready_;
    Clock::time_point ready_since_;
    std::uint64_t ready_line_ = 0;      // The line of ready_.state.
    std::uint64_t committed_line_ = 0;  // The line of the last STATE that was committed.
    std::size_t bytes_since_commit_ = 0;
};

}  // namespace streams
