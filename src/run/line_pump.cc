#include "run/line_pump.h"

#include <array>
#include <poll.h>

namespace streams {

void LinePump::pump(const Take& take) {
    if (!from_.is_open()) return;
    std::array<char, 65536> bytes = {};
    const auto count = read_some(from_.get(), bytes.data(), bytes.size(), "a program");
    if (!count || *count == 0) {
        from_.reset();
        if (!line_.empty() && !drops_) take(line_);
        line_.clear();
        return;
    }
    line_.append(bytes.data(), *count);
    take_lines(take);
}

void LinePump::take_lines(const Take& take) {
    std::size_t begin = 0;
    while (true) {
        const auto end = line_.find('\n', begin);
        if (end == std::string::npos) break;
        if (!drops_) take(std::string_view(line_).substr(begin, end - begin));
        drops_ = false;
        begin = end + 1;
    }
    line_.erase(0, begin);
    if (line_.size() <= line_bytes_max_) return;
    if (!drops_) take(std::string_view(line_).substr(0, line_bytes_max_));
    drops_ = true;
    line_.clear();
}

void LinePump::drain(const Take& take) {
    while (from_.is_open()) {
        pollfd ready = {from_.get(), POLLIN, 0};
        if (::poll(&ready, 1, 0) <= 0 || ready.revents == 0) break;
        pump(take);
    }
    if (!line_.empty() && !drops_) take(line_);
    line_.clear();
    from_.reset();
}

}  // namespace streams
