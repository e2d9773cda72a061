#pragma once

#include <chrono>
#include <functional>

namespace streams {

/// Where time comes from, so that a test's hour takes no time.
class Clock {
 public:
    using Wall = std::chrono::sys_time<std::chrono::microseconds>;
    using Monotonic = std::chrono::steady_clock::time_point;

    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    /// What the calendar says; may jump.
    virtual Wall wall() const = 0;

    /// Never goes back; for measuring and for time-outs.
    virtual Monotonic monotonic() const = 0;

    /// Waits. `stopping` is asked several times a second; once it says yes the wait is over.
    /// Returns whether the whole time has passed.
    virtual bool wait(std::chrono::milliseconds time, const std::function<bool()>& stopping) = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
    Wall wall() const override;
    Monotonic monotonic() const override;
    bool wait(std::chrono::milliseconds time, const std::function<bool()>& stopping) override;
};

/// Numbers of 0 <= x < 1, for jitter; seeded by the machine. Not for secrets.
using Chance = std::function<double()>;
Chance system_chance();

}  // namespace streams
