#include "base/clock.h"

#include <algorithm>
#include <random>
#include <thread>

namespace streams {
namespace {

constexpr std::chrono::milliseconds kSlice{100};

}  // namespace

Clock::Wall SystemClock::wall() const {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

Clock::Monotonic SystemClock::monotonic() const {
    return std::chrono::steady_clock::now();
}

bool SystemClock::wait(std::chrono::milliseconds time, const std::function<bool()>& stopping) {
    const Monotonic end = monotonic() + time;
    while (true) {
        if (stopping && stopping()) return false;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - monotonic());
        if (left.count() <= 0) return true;
        std::this_thread::sleep_for(std::min(left, kSlice));
    }
}

Chance system_chance() {
    return [engine = std::mt19937_64(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
    };
}

}  // namespace streams
