#include "cli/own_arguments.h"

#include <algorithm>
#include <string_view>

#include "run/secret_words.h"

namespace streams {
namespace {

constexpr char kBlank = '*';

void blank(char* begin, std::string_view text) {
    std::fill_n(begin, text.size(), kBlank);
}

// `NAME=VALUE`: the name stays.
void blank_pair(char* pair) {
    const std::string_view text(pair);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || !looks_secret(text.substr(0, equals))) return;
    blank(pair + equals + 1, text.substr(equals + 1));
}

// `scheme://USER:PASSWORD@host?QUERY`.
void blank_url(char* argument) {
    const std::string_view text(argument);
    const auto slashes = text.find("://");
    if (slashes == std::string_view::npos) return;
    const auto authority = slashes + 3;
    const auto end = std::min(text.find('/', authority), text.size());
    const auto at = text.substr(0, end).rfind('@');
    if (at != std::string_view::npos && at > authority) {
        blank(argument + authority, text.substr(authority, at - authority));
    }
    const auto query = text.find('?');
    if (query != std::string_view::npos) blank(argument + query + 1, text.substr(query + 1));
}

}  // namespace

void blank_secrets(int argc, char** argv) {
    for (int index = 1; index < argc; ++index) {
        const std::string_view flag(argv[index]);
        for (const std::string_view name : {"--set", "--to"}) {
            if (flag == name && index + 1 < argc) blank_pair(argv[index + 1]);
            const bool joined = flag.starts_with(name) && flag.substr(name.size()).starts_with('=');
            if (joined) blank_pair(argv[index] + name.size() + 1);
        }
        blank_url(argv[index]);
    }
}

}  // namespace streams
