#include "run/dotenv.h"

#include <algorithm>

#include "base/file.h"

namespace streams {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{16} << 20;

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

bool is_name(std::string_view name) {
    const auto fits = [](char it) {
        return (it >= 'a' && it <= 'z') || (it >= 'A' && it <= 'Z') || (it >= '0' && it <= '9') ||
               it == '_';
    };
    return !name.empty() && std::ranges::all_of(name, fits);
}

std::string value_of(std::string_view text) {
    text = trimmed(text);
    const char quote = text.empty() ? '\0' : text.front();
    if (quote == '"' || quote == '\'') {
        const auto end = text.find(quote, 1);
        if (end != std::string_view::npos) return std::string(text.substr(1, end - 1));
    }
    return std::string(trimmed(text.substr(0, text.find(" #"))));
}

}  // namespace

Result<> add_dotenv(Environment& environment, std::string_view text) {
    int number = 0;
    while (!text.empty()) {
        ++number;
        const auto end = std::min(text.find('\n'), text.size());
        auto line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with("export ")) line = trimmed(line.substr(7));
        const auto equals = line.find('=');
        const auto name = trimmed(line.substr(0, equals));
        if (equals == std::string_view::npos || !is_name(name)) {
            return fail(ErrorKind::Config, "config-syntax",
                        ".env:" + std::to_string(number) + ": a line is NAME=value");
        }
        if (!environment.find(name)) {
            environment.variables.emplace_back(name, value_of(line.substr(equals + 1)));
        }
    }
    return {};
}

Result<> add_dotenv_of_folder(Environment& environment) {
    if (!file_exists(".env")) return {};
    auto text = read_file(".env", kFileBytesMax);
    if (!text) return std::unexpected(std::move(text).error());
    return add_dotenv(environment, *text);
}

std::vector<std::string> pairs_of(const Environment& environment) {
    std::vector<std::string> pairs;
    pairs.reserve(environment.variables.size());
    for (const auto& [name, value] : environment.variables) {
        auto& pair = pairs.emplace_back(name);
        pair.append("=").append(value);
    }
    return pairs;
}

}  // namespace streams
