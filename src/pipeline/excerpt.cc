#include "pipeline/excerpt.h"

#include <algorithm>
#include <fmt/format.h>

namespace streams {
namespace {

constexpr std::size_t kWidth = 88;
constexpr std::size_t kBefore = 60;

}  // namespace

std::string excerpt(std::string_view line, std::uint64_t number, std::int64_t column,
                    std::size_t length) {
    const std::size_t at = column < 0 ? 0 : std::min(static_cast<std::size_t>(column), line.size());
    const std::size_t begin = at > kBefore ? at - kBefore : 0;
    std::string part(line.substr(begin, kWidth));
    for (auto& byte : part) {
        if (byte < ' ' || byte > '~') byte = '?';
    }
    const std::string front = begin != 0 ? "..." : "";
    const std::string back = begin + kWidth < line.size() ? "..." : "";
    const auto label = std::to_string(number);
    std::string text = fmt::format("{} | {}{}{}", label, front, part, back);
    if (column < 0) return text;
    const std::size_t indent = front.size() + at - begin;
    const std::size_t marks =
        std::clamp<std::size_t>(length, 1, kWidth - std::min(at - begin, kWidth - 1));
    return text + fmt::format("\n{} | {}{}", std::string(label.size(), ' '),
                              std::string(indent, ' '), std::string(marks, '^'));
}

}  // namespace streams
