#pragma once

#include <utility>

#include "base/clock.h"

namespace streams {

/// A clock for tests: it stands still, and whoever waits finds the time already over.
class ManualClock final : public Clock {
 public:
    explicit ManualClock(Wall wall = Wall{}) : wall_(wall) {}

    Wall wall() const override { return wall_; }
    Monotonic monotonic() const override { return monotonic_; }
    bool wait(std::chrono::milliseconds time, const std::function<bool()>& stopping) override {
        if (stopping && stopping()) return false;
        waited_ += time;
        advance(time);
        return true;
    }

    void advance(std::chrono::milliseconds time) {
        wall_ += time;
        monotonic_ += time;
    }

    /// The calendar alone jumps, as when somebody sets it.
    void set_wall(Wall wall) { wall_ = wall; }

    /// All that was waited for since the last call.
    std::chrono::milliseconds take_waited() { return std::exchange(waited_, {}); }

 private:
    Wall wall_;
    Monotonic monotonic_{};
    std::chrono::milliseconds waited_{};
};

}  // namespace streams
