#include "program/url.h"

#include <algorithm>

namespace streams {
namespace {

int hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

// A percent sign that begins no escape stays: people type file names.
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t index = 0; index < text.size(); ++index) {
        const bool escape = text[index] == '%' && index + 2 < text.size() &&
                            hex_digit(text[index + 1]) >= 0 && hex_digit(text[index + 2]) >= 0;
        if (escape) {
            plain +=
                static_cast<char>(hex_digit(text[index + 1]) * 16 + hex_digit(text[index + 2]));
            index += 2;
        } else {
            plain += text[index];
        }
    }
    return plain;
}

bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool is_of_scheme(char byte) {
    return is_letter(byte) || (byte >= '0' && byte <= '9') || byte == '+' || byte == '-' ||
           byte == '.';
}

std::vector<std::pair<std::string, std::string>> pairs_of(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        const auto equals = std::min(pair.find('='), pair.size());
        if (!pair.empty()) {
            const auto value =
                equals == pair.size() ? std::string_view("true") : pair.substr(equals + 1);
            pairs.emplace_back(unescaped(pair.substr(0, equals)), unescaped(value));
        }
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return pairs;
}

}  // namespace

std::string scheme_of(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon < 2 || !is_letter(text[0])) return {};
    std::string scheme(text.substr(0, colon));
    if (!std::ranges::all_of(scheme, is_of_scheme)) return {};
    for (auto& byte : scheme) {
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
    }
    return scheme;
}

Result<Url> parse_url(std::string_view text) {
    Url url{scheme_of(text), {}, {}};
    if (url.scheme.empty()) {
        return fail(ErrorKind::Config, "url",
                    "a URL begins with its scheme: sqlite:FILE, file:FOLDER");
    }
    text.remove_prefix(url.scheme.size() + 1);
    if (text.starts_with("//")) text.remove_prefix(2);
    const auto question = std::min(text.find('?'), text.size());
    url.path = unescaped(text.substr(0, question));
    if (question < text.size()) url.query = pairs_of(text.substr(question + 1));
    return url;
}

std::string without_credentials(std::string_view url) {
    std::string plain(url.substr(0, url.find('?')));
    const auto slashes = plain.find("://");
    if (slashes == std::string::npos) return plain;
    const auto authority_end = std::min(plain.find('/', slashes + 3), plain.size());
    const auto at = plain.rfind('@', authority_end);
    if (at != std::string::npos && at > slashes && at < authority_end) {
        plain.erase(slashes + 3, at - slashes - 2);
    }
    return plain;
}

}  // namespace streams
