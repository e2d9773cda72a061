#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/file.h"

namespace streams {

/// Reads lines from a descriptor that `poll` watches.
class LinePump {
 public:
    using Take = std::function<void(std::string_view line)>;

    LinePump() = default;

    /// A longer line is cut, and its rest dropped.
    LinePump(Descriptor from, std::size_t line_bytes_max)
        : from_(std::move(from)), line_bytes_max_(line_bytes_max) {}

    bool is_open() const { return from_.is_open(); }
    int descriptor() const { return from_.get(); }

    /// Reads once and gives each line that is now whole, without its end; at the end of input the
    /// rest too.
    void pump(const Take& take);

    /// Reads all that is there, without waiting for more, and closes.
    void drain(const Take& take);

 private:
    void take_lines(const Take& take);

    Descriptor from_;
    std::size_t line_bytes_max_ = 0;
    std::string line_;
    bool drops_ = false;  // Until the end of a line that was too long.
};

}  // namespace streams
