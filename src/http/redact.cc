#include "http/redact.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "http/base64.h"
#include "http/percent.h"

namespace streams::http {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::size_t kSecretBytesMin = 4;
constexpr std::string_view kUrlEnds = " \t\r\n\"'<>";

/// Parts that make a name secret wherever they stand in it.
constexpr std::array<std::string_view, 12> kSecretParts = {
    "auth",       "token",     "secret",  "password", "passwd",     "cookie",
    "credential", "signature", "session", "apikey",   "privatekey", "accesskey"};

/// Names that are secret as a whole, without `-` and `_`.
constexpr std::array<std::string_view, 6> kSecretNames = {"key", "sig",  "pass",
                                                          "pwd", "code", "jwt"};

std::string squeezed(std::string_view name) {
    std::string letters;
    for (const char c : name) {
        if (c != '-' && c != '_') {
            letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return letters;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

}  // namespace

bool is_secret_name(std::string_view name) {
    const std::string letters = squeezed(name);
    return std::ranges::find(kSecretNames, letters) != kSecretNames.end() ||
           std::ranges::any_of(kSecretParts, [&](std::string_view part) {
               return letters.find(part) != std::string::npos;
           });
}

std::string redact_url(std::string_view url) {
    std::string shown(url.substr(0, url.find('?')));
    const std::size_t scheme = shown.find("://");
    if (scheme != std::string::npos) {
        const std::size_t host = scheme + 3;
        const std::size_t end = std::min(shown.find_first_of("/#", host), shown.size());
        const std::size_t at = shown.rfind('@', end);
        if (at != std::string::npos && at >= host) shown.replace(host, at - host, kHidden);
    }
    if (shown.size() == url.size() || url.find('?') == std::string_view::npos) return shown;
    std::string_view rest = url.substr(url.find('?') + 1);
    char separator = '?';
    while (true) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        const std::string_view name = pair.substr(0, pair.find('='));
        shown += separator;
        if (name.size() < pair.size() && is_secret_name(percent_decode(name, true))) {
            shown.append(name).append("=").append(kHidden);
        } else {
            shown += pair;
        }
        if (pair.size() == rest.size()) return shown;
        rest.remove_prefix(pair.size() + 1);
        separator = '&';
    }
}

std::string redact_headers(const Headers& headers) {
    std::string lines;
    for (const auto& [name, value] : headers) {
        const bool url = same_name(name, "Location") || same_name(name, "Link");
        lines += name + ": ";
        lines += is_secret_name(name) ? std::string(kHidden)
                 : url                ? Redactor().clean(value)
                                      : value;
        lines += '\n';
    }
    return lines;
}

void Redactor::hide(std::string_view secret) {
    if (secret.size() < kSecretBytesMin) return;
    for (std::string form : {std::string(secret), percent_encode(secret), base64(secret)}) {
        if (std::ranges::find(secrets_, form) == secrets_.end())
            secrets_.push_back(std::move(form));
    }
    std::ranges::stable_sort(secrets_, std::ranges::greater{}, &std::string::size);
}

std::string Redactor::clean(std::string_view text) const {
    std::string shown(text);
    for (const std::string& secret : secrets_) replace_all(shown, secret, kHidden);
    std::size_t at = shown.find("://");
    while (at != std::string::npos) {
        std::size_t begin = at;
        while (begin > 0 && std::isalpha(static_cast<unsigned char>(shown[begin - 1])) != 0)
            --begin;
        const std::size_t end = std::min(shown.find_first_of(kUrlEnds, at), shown.size());
        const std::string url = redact_url(std::string_view(shown).substr(begin, end - begin));
        shown.replace(begin, end - begin, url);
        at = shown.find("://", begin + std::max<std::size_t>(url.size(), 1));
    }
    return shown;
}

}  // namespace streams::http
