#include "pipeline/input.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <string_view>
#include <unistd.h>

namespace streams {
namespace {

// A grandchild of the streamer may write for ever: what the pipe holds at ABORT is read within
// this.
constexpr std::chrono::milliseconds kDrain{1'000};

bool is_ready(const pollfd& descriptor) {
    return (descriptor.revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

int milliseconds_of(std::chrono::steady_clock::duration time) {
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(time).count();
    return static_cast<int>(std::max<std::int64_t>(whole, 0));
}

}  // namespace

Input::Clock::time_point Input::cut_time() const {
    if (word_ == Word::End) return last_data_ + end_silence_;
    if (word_ == Word::Abort) return word_time_ + kDrain;
    return Clock::time_point::max();
}

std::optional<InputEvent> Input::decided() const {
    if (data_open_) return std::nullopt;
    if (!end_fd_ || word_ == Word::End) return InputEvent::Ended;
    if (word_ == Word::Abort) return InputEvent::Cut;
    return std::nullopt;
}

void Input::read_word() {
    char text[16];
    const ssize_t count = ::read(*end_fd_, text, sizeof text);
    if (count < 0 && errno == EINTR) return;
    const std::string_view word(text, count > 0 ? static_cast<std::size_t>(count) : 0);
    word_ = word.starts_with("END") ? Word::End : Word::Abort;
    last_data_ = word_time_ = Clock::now();  // The silence after END is counted from END.
}

InputEvent Input::wait(std::chrono::milliseconds at_most) {
    const auto until = Clock::now() + at_most;
    while (true) {
        if (const auto event = decided()) return *event;
        const auto now = Clock::now();
        const auto cut = cut_time();
        if (now >= cut) return InputEvent::Cut;
        const auto left = word_ == Word::Abort ? Clock::duration(0) : std::min(until, cut) - now;

        // A negative descriptor is passed over by poll.
        pollfd descriptors[] = {{stop_fd_, POLLIN, 0},
                                {data_open_ ? data_fd_ : -1, POLLIN, 0},
                                {end_fd_ && word_ == Word::None ? *end_fd_ : -1, POLLIN, 0}};
        const int ready = ::poll(descriptors, 3, milliseconds_of(left));
        if (ready < 0 && errno == EINTR) continue;
        if (is_ready(descriptors[0])) return InputEvent::Stopped;
        if (is_ready(descriptors[2])) read_word();
        if (is_ready(descriptors[1])) {
            last_data_ = Clock::now();
            return InputEvent::Readable;
        }
        if (word_ == Word::Abort) return InputEvent::Cut;
        if (Clock::now() >= until) return InputEvent::Idle;
    }
}

}  // namespace streams
