#pragma once

#include <chrono>
#include <optional>

namespace streams {

/// What there is to do next.
enum class InputEvent {
    Readable,  ///< `read` will not block.
    Idle,      ///< Nothing came for as long as was asked.
    Ended,     ///< The end of all input, by END where a runner says it.
    Cut,       ///< The runner said ABORT or died, or the pipe was held open after END.
    Stopped,   ///< A signal asks for an orderly end.
};

/// Waits for the data pipe, the runner's word and signals at once.
///
/// The runner's word is one line on `end_fd`: END when the streamer has left with 0, ABORT when it
/// has not. The descriptor closed without a word is ABORT. After ABORT the pipe is still drained of
/// what it holds at that moment.
class Input {
 public:
    /// `stop_fd` becomes readable when a signal has come (`SignalWatch::descriptor`).
    Input(int data_fd, std::optional<int> end_fd, int stop_fd,
          std::chrono::milliseconds end_silence)
        : data_fd_(data_fd), end_fd_(end_fd), stop_fd_(stop_fd), end_silence_(end_silence) {}

    InputEvent wait(std::chrono::milliseconds at_most);

    /// The reader has met the end of the data pipe.
    void data_ended() { data_open_ = false; }

 private:
    using Clock = std::chrono::steady_clock;
    enum class Word { None, End, Abort };

    std::optional<InputEvent> decided() const;
    /// When the pipe is read no longer, though it is still open.
    Clock::time_point cut_time() const;
    void read_word();

    int data_fd_;
    std::optional<int> end_fd_;
    int stop_fd_;
    std::chrono::milliseconds end_silence_;
    bool data_open_ = true;
    Word word_ = Word::None;
    Clock::time_point last_data_ = Clock::now();
    Clock::time_point word_time_;
};

}  // namespace streams
