#include "program/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/log.h"

namespace streams {
namespace {

struct Unit {
    std::string_view name;
    double factor;
};

// Splits `10m` into 10 and the factor of `m`; a negative factor: there is no such unit.
struct Parsed {
    double number = 0;
    double factor = -1;
};

template <std::size_t Count>
Parsed parse(std::string_view text, const std::array<Unit, Count>& units) {
    Parsed parsed;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), parsed.number);
    if (code != std::errc() || !std::isfinite(parsed.number) || parsed.number < 0) return {};
    auto name = text.substr(static_cast<std::size_t>(end - text.data()));
    while (name.starts_with(' ')) name.remove_prefix(1);
    const auto* unit = std::ranges::find(units, name, &Unit::name);
    if (unit != units.end()) parsed.factor = unit->factor;
    return parsed;
}

std::string two_digits(std::int64_t number) {
    auto text = std::to_string(number);
    if (number < 10) text.insert(text.begin(), '0');
    return text;
}

std::string one_decimal(double number) {
    std::array<char, 32> text = {};
    const auto [end, code] =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed, 1);
    return {text.data(), code == std::errc() ? end : text.data()};
}

}  // namespace

Result<std::uint64_t> bytes_of(std::string_view text) {
    constexpr std::array<Unit, 17> kUnits = {{{"", 1},
                                              {"B", 1},
                                              {"kB", 1e3},
                                              {"KB", 1e3},
                                              {"MB", 1e6},
                                              {"GB", 1e9},
                                              {"TB", 1e12},
                                              {"KiB", 1024},
                                              {"MiB", 1 << 20},
                                              {"GiB", 1 << 30},
                                              {"K", 1024},
                                              {"k", 1024},
                                              {"M", 1 << 20},
                                              {"m", 1 << 20},
                                              {"G", 1 << 30},
                                              {"g", 1 << 30},
                                              {"b", 1}}};
    const auto [number, factor] = parse(text, kUnits);
    if (factor < 0 || number * factor > 1e18) {
        return fail(ErrorKind::Config, "setting-value",
                    ascii_excerpt(text, 40) + " is no size: write 512MB or 2GiB");
    }
    return static_cast<std::uint64_t>(number * factor);
}

Result<std::chrono::milliseconds> duration_of(std::string_view text) {
    constexpr std::array<Unit, 6> kUnits = {
        {{"", 1e3}, {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}}};
    const auto [number, factor] = parse(text, kUnits);
    if (factor < 0 || number * factor > 1e15) {
        return fail(ErrorKind::Config, "setting-value",
                    ascii_excerpt(text, 40) + " is no length of time: write 90s, 10m or 2h");
    }
    return std::chrono::milliseconds(static_cast<std::int64_t>(number * factor));
}

std::string with_commas(std::uint64_t number) {
    auto text = std::to_string(number);
    for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > 0; place -= 3) {
        text.insert(static_cast<std::size_t>(place), 1, ',');
    }
    return text;
}

std::string duration_text(std::chrono::milliseconds duration) {
    const auto millis = std::max<std::int64_t>(duration.count(), 0);
    const auto seconds = millis / 1000;
    if (seconds < 90) return one_decimal(static_cast<double>(millis) / 1000) + "s";
    if (seconds < 3600) return std::to_string(seconds / 60) + "m" + two_digits(seconds % 60) + "s";
    return std::to_string(seconds / 3600) + "h" + two_digits(seconds % 3600 / 60) + "m";
}

std::string bytes_text(std::uint64_t bytes) {
    if (bytes < 1000) return std::to_string(bytes) + " B";
    if (bytes < 1'000'000) return std::to_string(bytes / 1000) + " kB";
    if (bytes < 1'000'000'000) return std::to_string(bytes / 1'000'000) + " MB";
    return one_decimal(static_cast<double>(bytes) / 1e9) + " GB";
}

}  // namespace streams
