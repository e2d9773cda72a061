#include "pipeline/pipeline.h"

#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "message/line_splitter.h"

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
        switch (input_.wait(options_.limits.idle)) {
            case InputEvent::Readable:
                STREAMS_TRY(read());
                break;
            case InputEvent::Idle:
                STREAMS_TRY(commit_ready());
                break;
            case InputEvent::Ended:
                STREAMS_TRY(finish());
                return Ending::Done;
            case InputEvent::Cut:
                return input_cut();
            case InputEvent::Stopped:
                STREAMS_TRY(commit_ready());
                return Ending::Stopped;
        }
        if (is_ready_ && Clock::now() - ready_since_ >= options_.limits.commit_age) {
            STREAMS_TRY(commit_ready());
        }
    }
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
    auto read = reader_.read_some();
    if (!read) {
        auto error = std::move(read).error();
        if (error.where.empty()) error.where = fmt::format("line {}", line_ + 1);
        return std::unexpected(std::move(error));
    }
    if (read->chunk) STREAMS_TRY(take_chunk(*read->chunk));
    if (read->is_end) input_.data_ended();
    return {};
}

Result<> Pipeline::take_chunk(const Chunk& chunk) {
    LineSplitter lines(chunk);
    while (const auto line = lines.next()) {
        ++line_;
        bytes_since_commit_ += line->size() + 1;
        auto taken = intake_.take(*line, line_);
        if (!taken) {
            // Before ABORT a torn line is no fault; the runner's word is still to come.
            if (!lines.is_torn() || !options_.under_runner()) {
                return std::unexpected(std::move(taken).error());
            }
            torn_ = std::move(taken).error();
            return {};
        }
        if (*taken) STREAMS_TRY(end_segment(std::move(**taken)));
        if (intake_.bytes() > options_.limits.segment_bytes()) STREAMS_TRY(force_out());
    }
    return {};
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
    for (auto& item : intake_.take_items()) {
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
