#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace streams::demo {

/// Numbers that look random and are the same on every machine: all "chance" of this server.
class Dice {
 public:
    /// The same `subject` and `index` always begin the same sequence.
    Dice(std::string_view subject, std::uint64_t index) {
        state_ = 0xcbf29ce484222325U;
        for (const char letter : subject) mix(static_cast<unsigned char>(letter));
        mix(index);
    }

    /// The next number below `limit`, which is at least 1.
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    bool one_in(std::uint64_t limit) { return below(limit) == 0; }

    template <typename List>
    const auto& pick(const List& list) {
        return list[static_cast<std::size_t>(below(list.size()))];
    }

    /// The splitmix64 generator.
    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t value = state_;
        value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
        value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
        return value ^ (value >> 31U);
    }

 private:
    void mix(std::uint64_t value) { state_ = (state_ ^ value) * 0x100000001b3U; }

    std::uint64_t state_;
};

}  // namespace streams::demo
