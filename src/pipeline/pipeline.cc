#include "pipeline/pipeline.h"

#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "message/line_splitter.h"
#include "pipeline/batch_files.h"

namespace streams {
namespace {

template <typename T>
void append(std::vector<T>& to, std::vector<T> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

std::unexpected<Error> input_cut() {
    return std::unexpected(Error{ErrorKind::Failed,
                                 "input-cut",
                                 "input was cut",
                                 {},
                                 "the streamer did not end well, or the runner is gone",
                                 "see the message of the streamer"});
}

}  // namespace

Result<Ending> Pipeline::run() {
    auto begun = committer_.begin();
    if (!begun) return std::unexpected(std::move(begun).error());
    if (*begun == Beginning::AlreadyDone) {
        log_info("This run has stored its last commit already; nothing is left to do");
        return Ending::Done;
    }
    auto ending = loop();
    if (ending || persister_failed_) return ending;
    return std::unexpected(with_ready_committed(std::move(ending).error()).error());
}

Result<Ending> Pipeline::loop() {
    while (true) {
        const bool is_parsing = pool_.chunks() != 0;
        switch (wait(is_parsing)) {
            case InputEvent::Readable:
                STREAMS_TRY(read());
                break;
            case InputEvent::Idle:
                STREAMS_TRY(is_parsing ? take_oldest() : commit_ready());
                break;
            case InputEvent::Ended:
                STREAMS_TRY(finish());
                return Ending::Done;
            case InputEvent::Cut:
                STREAMS_TRY(take_all());
                return input_cut();
            case InputEvent::Stopped:
                STREAMS_TRY(take_all());
                STREAMS_TRY(commit_ready());
                return Ending::Stopped;
        }
        if (is_ready_ && Clock::now() - ready_since_ >= options_.limits.commit_age) {
            STREAMS_TRY(commit_ready());
        }
    }
}

InputEvent Pipeline::wait(bool is_parsing) {
    if (is_parsing) return input_.wait(std::chrono::milliseconds(0));
    const WorkScope waits(clock_, Work::Source);
    return input_.wait(options_.limits.idle);
}

// What the streamer finished before the fault is stored; what came behind is not.
Result<> Pipeline::with_ready_committed(Error error) {
    if (auto committed = commit_ready(); !committed) {
        log_warning("what was complete could not be stored either: " + committed.error().what);
    }
    committer_.discard();
    return std::unexpected(std::move(error));
}

Result<> Pipeline::read() {
    auto read = read_some();
    if (!read) {
        STREAMS_TRY(take_all());
        auto error = std::move(read).error();
        if (error.where.empty()) error.where = fmt::format("line {}", line_ + 1);
        return std::unexpected(std::move(error));
    }
    if (read->chunk) STREAMS_TRY(give(*read->chunk));
    if (!read->is_end) return {};
    input_.data_ended();
    return take_all();
}

Result<ChunkReader::Read> Pipeline::read_some() {
    const WorkScope reads(clock_, Work::Pipe);
    return reader_.read_some();
}

// Small inputs never see a second thread.
Result<> Pipeline::give(Chunk& chunk) {
    const auto& limits = options_.limits;
    const bool alone = limits.parsers < 2 || chunk.number == 0 || bytes_read_ < limits.alone_bytes;
    bytes_read_ += chunk.size;
    clock_.times.bytes += chunk.size;
    const auto plans = alone ? nullptr : intake_.plans();
    if (!plans) {
        STREAMS_TRY(take_all());
        return take_lines(chunk, 0);
    }
    while (pool_.chunks() != 0 &&
           (pool_.chunks() >= limits.chunks() ||
            pool_.bytes() + chunk.bytes.capacity() > limits.chunks_bytes())) {
        STREAMS_TRY(take_oldest());
    }
    pool_.give(std::move(chunk), plans);
    return {};
}

Result<> Pipeline::take_all() {
    while (pool_.chunks() != 0) STREAMS_TRY(take_oldest());
    return {};
}

Result<> Pipeline::take_oldest() {
    auto parsed = pool_.take_oldest();
    auto taken = take_parsed(parsed);
    reader_.give_back(std::move(parsed.chunk.bytes));
    return taken;
}

Result<> Pipeline::take_parsed(ParsedChunk& parsed) {
    const std::string_view bytes(reinterpret_cast<const char*>(parsed.chunk.bytes.data()),
                                 parsed.chunk.size);
    const std::uint64_t lines_before = line_;
    for (std::size_t i = 0; i < parsed.parts.size(); ++i) {
        const auto& part = parsed.parts[i];
        // A line before it has changed a stream: the rows are made once more.
        if (!intake_.adopt(parsed, i, lines_before)) return take_lines(parsed.chunk, part.begin);
        line_ += part.lines;
        bytes_since_commit_ += part.line - part.begin;
        if (intake_.bytes() > options_.limits.segment_bytes()) STREAMS_TRY(force_out());
        if (!part.has_line()) continue;
        const bool is_torn = parsed.chunk.ends_torn && part.end == parsed.chunk.size;
        auto goes_on =
            take_line(bytes.substr(part.line, part.line_size), part.end - part.line, is_torn);
        if (!goes_on) return std::unexpected(std::move(goes_on).error());
        if (!*goes_on) return {};
    }
    return take_lines(parsed.chunk, parsed.end);
}

Result<> Pipeline::take_lines(const Chunk& chunk, std::size_t begin) {
    LineSplitter lines(chunk, begin);
    while (true) {
        const std::size_t position = lines.position();
        const auto line = lines.next();
        if (!line) return {};
        auto goes_on = take_line(*line, lines.position() - position, lines.is_torn());
        if (!goes_on) return std::unexpected(std::move(goes_on).error());
        if (!*goes_on) return {};
    }
}

// False at a torn line before the runner has spoken: before ABORT it is no fault.
Result<bool> Pipeline::take_line(std::string_view line, std::size_t bytes, bool is_torn) {
    ++line_;
    bytes_since_commit_ += bytes;
    auto taken = intake_.take(line, line_);
    if (!taken) {
        if (!is_torn || !options_.under_runner()) return std::unexpected(std::move(taken).error());
        torn_ = std::move(taken).error();
        return false;
    }
    if (intake_.wants_batch()) STREAMS_TRY(take_batch(line));
    if (auto& state = *taken; state) STREAMS_TRY(end_segment(*std::move(state)));
    if (intake_.bytes() > options_.limits.segment_bytes()) STREAMS_TRY(force_out());
    return true;
}

Result<> Pipeline::take_batch(std::string_view line) {
    const BatchFiles files(options_.batch_roots, options_.limits.line_bytes_max);
    auto read = files.read(
        line,
        [this](std::string_view record, const std::string& file, std::uint64_t number) -> Result<> {
            bytes_since_commit_ += record.size();
            STREAMS_TRY(intake_.take_of_file(record, line_, fmt::format("{}:{}", file, number)));
            if (intake_.bytes() > options_.limits.segment_bytes()) return force_out();
            return {};
        });
    if (read || !read.error().where.empty()) return read;
    auto error = std::move(read).error();
    error.where = fmt::format("the BATCH on line {}", line_);
    return std::unexpected(std::move(error));
}

Result<> Pipeline::end_segment(std::string state) {
    if (options_.limit == 0) ready_.state = std::move(state);
    ready_line_ = line_;
    append(ready_.rejects, intake_.take_rejects());
    append(ready_.activations, intake_.take_activations());
    if (intake_.overwrites()) return {};  // Nothing is committed before END.
    STREAMS_TRY(hand_over());
    if (!is_ready_) ready_since_ = Clock::now();
    is_ready_ = true;
    if (bytes_since_commit_ < options_.limits.commit_bytes) return {};
    return commit_ready();
}

Result<> Pipeline::force_out() {
    STREAMS_TRY(commit_ready());
    return hand_over();
}

Result<> Pipeline::hand_over() {
    for (auto& waiting : intake_.take_items()) {
        const Item item = std::exchange(waiting, {});  // Freed before the next one is written.
        if (options_.context.dry_run) continue;
        if (auto written = committer_.write(item); !written) {
            persister_failed_ = true;
            return written;
        }
    }
    return {};
}

Result<> Pipeline::commit_ready() {
    if (!is_ready_) return {};
    is_ready_ = false;
    bytes_since_commit_ = 0;
    auto request = std::exchange(ready_, {});
    if (options_.context.dry_run) return {};
    if (auto committed = committer_.commit(std::move(request)); !committed) {
        persister_failed_ = true;
        return committed;
    }
    committed_line_ = ready_line_;
    return {};
}

Result<> Pipeline::finish() {
    if (torn_) return std::unexpected(*std::move(torn_));
    // Without END nobody knows whether the streamer meant an activation behind its last STATE.
    if (!options_.under_runner() && intake_.drop_activations()) {
        log_warning(
            "an ACTIVATE_VERSION behind the last STATE is passed over: no runner says that "
            "the streamer ended well");
    }
    append(ready_.rejects, intake_.take_rejects());
    append(ready_.activations, intake_.take_activations());
    STREAMS_TRY(hand_over());
    ready_.ends_run = options_.under_runner() || options_.limit != 0;
    is_ready_ = true;
    return commit_ready();
}

std::string Pipeline::safe() const {
    if (options_.context.dry_run) return "nothing was stored: it was a dry run";
    const auto rows = committer_.rows_committed();
    if (committed_line_ != 0) {
        return fmt::format("{} rows are stored, up to the STATE on line {}; nothing after it", rows,
                           committed_line_);
    }
    return rows == 0 ? "nothing was stored; the state is unchanged"
                     : fmt::format("{} rows are stored", rows);
}

}  // namespace streams
