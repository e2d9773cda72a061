#include "program/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/log.h"

namespace streams {
namespace {

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

Result<std::chrono::milliseconds> duration_of(std::string_view text) {
    std::int64_t number = -1;
    const auto* end = text.data() + text.size();
    const auto [rest, code] = std::from_chars(text.data(), end, number);
    const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
    std::int64_t factor = unit.empty() || unit == "s" ? 1000 : 0;
    if (unit == "ms") factor = 1;
    if (unit == "m") factor = 60'000;
    if (unit == "h") factor = 3'600'000;
    if (code != std::errc() || number < 0 || number > 1'000'000 || factor == 0) {
        return fail(ErrorKind::Config, "setting-value",
                    ascii_excerpt(text, 40) + " is no length of time: write 90s, 10m or 2h");
    }
    return std::chrono::milliseconds(number * factor);
}

Result<std::uint64_t> bytes_of(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    unsigned shift = 64;
    if (unit.empty() || unit == "B") shift = 0;
    if (unit == "k" || unit == "K" || unit == "kB" || unit == "KB" || unit == "KiB") shift = 10;
    if (unit == "M" || unit == "MB" || unit == "MiB") shift = 20;
    if (unit == "G" || unit == "GB" || unit == "GiB") shift = 30;
    if (error != std::errc() || shift == 64 || number > (std::uint64_t{1} << 44 >> shift)) {
        return std::unexpected(Error{ErrorKind::Config,
                                     "setting-value",
                                     '"' + ascii_excerpt(text, 40) + "\" is not a size",
                                     {},
                                     {},
                                     "write it as 64MB or 1GB"});
    }
    return number << shift;
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
