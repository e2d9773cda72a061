#include "state/canonical_json.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "message/json_scanner.h"

// The text is read into a flat tree first, so that members can be put in order without copying
// their values once a level; both ways go without recursion.

namespace streams {
namespace {

struct Node {
    std::string_view key;  ///< With its quotes; empty outside of objects.
    std::string_view raw;  ///< Of an array or object only its first byte.
    std::size_t end = 0;   ///< The node behind this one and all that is in it.
};

// Of text that is known to be JSON.
std::vector<Node> tree_of(std::string_view text) {
    std::vector<Node> nodes;
    std::vector<std::size_t> open;
    std::string_view key;
    JsonScanner scanner(text);
    while (!scanner.at_end()) {
        const char next = scanner.peek();
        const std::string_view raw = text.substr(scanner.position(), 1);
        if (next == '{' || next == '[') {
            scanner.take(next, {});
            open.push_back(nodes.size());
            nodes.push_back({std::exchange(key, {}), raw, 0});
        } else if (next == '}' || next == ']') {
            scanner.take(next, {});
            nodes[open.back()].end = nodes.size();
            open.pop_back();
        } else if (next == ',') {
            scanner.take(',', {});
        } else {
            std::string_view scalar;
            scanner.take_value(scalar);
            if (scanner.peek() == ':') {
                scanner.take(':', {});
                key = scalar;
            } else {
                nodes.push_back({std::exchange(key, {}), scalar, nodes.size() + 1});
            }
        }
    }
    return nodes;
}

std::string_view without_leading_zeros(std::string_view digits) {
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string_view::npos ? std::string_view() : digits.substr(first);
}

// `digits` plus or minus a smaller `change`, digit by digit.
std::string shift_long(std::string_view digits, std::uint64_t change, bool adds) {
    std::string shifted(digits);
    bool carries = false;
    for (std::size_t index = shifted.size(); index-- > 0 && (change != 0 || carries);) {
        const int part = static_cast<int>(change % 10) + (carries ? 1 : 0);
        const int digit = shifted[index] - '0' + (adds ? part : -part);
        carries = digit < 0 || digit > 9;
        shifted[index] = static_cast<char>('0' + (digit + 10) % 10);
        change /= 10;
    }
    if (carries) shifted.insert(0, 1, '1');
    return std::string(without_leading_zeros(shifted));
}

// The exponent `text` (as JSON has it, or empty) plus `change`, which is smaller than 10^18.
std::string shifted_exponent(std::string_view text, std::int64_t change) {
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) text.remove_prefix(1);
    text = without_leading_zeros(text);
    constexpr std::size_t kDigitsOf64Bits = 18;
    if (text.size() <= kDigitsOf64Bits) {
        std::int64_t exponent = 0;
        std::from_chars(text.begin(), text.end(), exponent);
        return std::to_string((is_negative ? -exponent : exponent) + change);
    }
    const auto size = static_cast<std::uint64_t>(change < 0 ? -change : change);
    const std::string shifted = shift_long(text, size, (change < 0) == is_negative);
    return is_negative ? '-' + shifted : shifted;
}

void append_number(std::string& to, std::string_view raw) {
    const bool is_negative = raw.starts_with('-');
    if (is_negative) raw.remove_prefix(1);
    const std::size_t mark = std::min(raw.find_first_of("eE"), raw.size());
    const std::string_view exponent = raw.substr(std::min(mark + 1, raw.size()));
    const std::string_view mantissa = raw.substr(0, mark);
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    const std::string_view fraction = mantissa.substr(std::min(point + 1, mantissa.size()));

    std::string digits(mantissa.substr(0, point));
    digits += fraction;
    auto change = -static_cast<std::int64_t>(fraction.size());
    const std::size_t last = digits.find_last_not_of('0');
    if (last == std::string::npos) {
        to += '0';
        return;
    }
    change += static_cast<std::int64_t>(digits.size() - last - 1);
    digits.resize(last + 1);
    if (is_negative) to += '-';
    to += without_leading_zeros(digits);
    const std::string shifted = shifted_exponent(exponent, change);
    if (shifted != "0") to += 'e' + shifted;
}

// What is still to be written of one array or object.
struct Level {
    std::vector<std::pair<std::string, std::size_t>> children;  ///< Name and node, backwards.
    bool is_object = false;
    bool is_first = true;
};

Level level_of(const std::vector<Node>& nodes, std::size_t index) {
    Level level;
    level.is_object = nodes[index].raw == "{";
    for (std::size_t child = index + 1; child < nodes[index].end; child = nodes[child].end) {
        auto& [name, node] = level.children.emplace_back();
        if (level.is_object) unescape_json(nodes[child].key, name);
        node = child;
    }
    std::ranges::reverse(level.children);
    if (!level.is_object) return level;
    // Backwards and stable: of equal names the last of the text comes first, and stays.
    auto& children = level.children;
    std::ranges::stable_sort(children,
                             [](const auto& a, const auto& b) { return a.first > b.first; });
    const auto repeated = std::ranges::unique(
        children, [](const auto& a, const auto& b) { return a.first == b.first; });
    children.erase(repeated.begin(), repeated.end());
    return level;
}

std::string written(const std::vector<Node>& nodes) {
    std::string text;
    std::string unescaped;
    std::vector<Level> levels;
    const auto write = [&](std::size_t index) {
        const std::string_view raw = nodes[index].raw;
        switch (raw.front()) {
            case '{':
            case '[':
                text += raw;
                levels.push_back(level_of(nodes, index));
                break;
            case '"':
                unescape_json(raw, unescaped);
                append_json_string(text, unescaped);
                break;
            case 't':
            case 'f':
            case 'n':
                text += raw;
                break;
            default:
                append_number(text, raw);
        }
    };
    write(0);
    while (!levels.empty()) {
        Level& level = levels.back();
        if (level.children.empty()) {
            text += level.is_object ? '}' : ']';
            levels.pop_back();
            continue;
        }
        auto [name, index] = std::move(level.children.back());
        level.children.pop_back();
        if (!std::exchange(level.is_first, false)) text += ',';
        if (level.is_object) {
            append_json_string(text, name);
            text += ':';
        }
        write(index);
    }
    return text;
}

}  // namespace

Result<std::string> canonical_json(std::string_view text) {
    if (const std::size_t bad = find_bad_utf8(text); bad != text.size()) {
        return fail(ErrorKind::Data, "utf8",
                    "the value is not UTF-8: " + found_at(text, bad) + " at byte " +
                        std::to_string(bad + 1));
    }
    JsonFault fault;
    if (!is_json(text, &fault)) {
        return fail(ErrorKind::Data, fault.too_deep ? "json-depth" : "json-syntax",
                    "the value is not JSON: " + std::string(fault.expected) +
                        " is expected at byte " + std::to_string(fault.at + 1));
    }
    return written(tree_of(text));
}

}  // namespace streams
