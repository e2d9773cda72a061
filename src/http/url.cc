#include "http/url.h"

#include <algorithm>
#include <cctype>
#include <curl/curl.h>
#include <fmt/format.h>
#include <memory>

#include "base/log.h"
#include "http/percent.h"

namespace streams::http {
namespace {

constexpr std::size_t kShownBytesMax = 200;

struct CloseHandle {
    void operator()(CURLU* handle) const { curl_url_cleanup(handle); }
};
using Handle = std::unique_ptr<CURLU, CloseHandle>;

std::string part(CURLU* handle, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(handle, which, &text, flags) != CURLUE_OK) return {};
    std::string copy(text);
    curl_free(text);
    return copy;
}

/// What of a broken URL may be quoted: nothing before its last `@`, and no query. Where it is
/// broken nobody knows what is the password.
std::string shown(std::string_view text) {
    const std::size_t at = text.rfind('@');
    const std::string_view rest = at == std::string_view::npos ? text : text.substr(at);
    const std::string_view path = rest.substr(0, rest.find('?'));
    return ascii_excerpt((at == std::string_view::npos ? "" : "***") + std::string(path),
                         kShownBytesMax);
}

std::unexpected<Error> bad_url(std::string_view text, std::string why) {
    return std::unexpected(Error{ErrorKind::Config,
                                 "bad-url",
                                 fmt::format("\"{}\" is no URL that can be asked", shown(text)),
                                 {},
                                 std::move(why),
                                 "give an absolute URL, such as https://api.example.com/v1"});
}

std::string user_info_of(CURLU* handle) {
    const std::string user = part(handle, CURLUPART_USER, CURLU_URLDECODE);
    const std::string password = part(handle, CURLUPART_PASSWORD, CURLU_URLDECODE);
    return user.empty() && password.empty() ? std::string{} : user + ":" + password;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

Result<Url> Url::of(std::string_view base, std::string_view reference) {
    constexpr unsigned kFlags = CURLU_URLENCODE | CURLU_ALLOW_SPACE;
    // libcurl cuts the path off for a reference without one.
    const bool stays = !base.empty() && (reference.empty() || reference.front() == '#');
    const std::string_view complaint = base.empty() ? base : reference;
    if (reference.find('\0') != std::string_view::npos) return bad_url(complaint, "it has a NUL");

    const Handle handle(curl_url());
    if (handle == nullptr) return bad_url(reference, "out of memory");
    CURLUcode code = CURLUE_OK;
    if (!base.empty())
        code = curl_url_set(handle.get(), CURLUPART_URL, std::string(base).c_str(), kFlags);
    if (code == CURLUE_OK && !stays) {
        code = curl_url_set(handle.get(), CURLUPART_URL, std::string(reference).c_str(), kFlags);
    }
    if (code != CURLUE_OK) return bad_url(reference, curl_url_strerror(code));

    Url url;
    url.user_info_ = user_info_of(handle.get());
    const std::string scheme = lower(part(handle.get(), CURLUPART_SCHEME));
    if (scheme != "http" && scheme != "https") {
        return bad_url(reference, "the scheme \"" + scheme + "\" is neither http nor https");
    }
    url.host_ = lower(part(handle.get(), CURLUPART_HOST));
    if (url.host_.empty()) return bad_url(reference, "it has no host");
    curl_url_set(handle.get(), CURLUPART_USER, nullptr, 0);
    curl_url_set(handle.get(), CURLUPART_PASSWORD, nullptr, 0);
    curl_url_set(handle.get(), CURLUPART_OPTIONS, nullptr, 0);
    curl_url_set(handle.get(), CURLUPART_FRAGMENT, nullptr, 0);
    url.origin_ =
        scheme + "://" + url.host_ + ":" + part(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
    url.text_ = part(handle.get(), CURLUPART_URL);
    if (url.text_.empty()) return bad_url(reference, "it cannot be written down");
    return url;
}

Result<Url> Url::parse(std::string_view text) {
    if (text.empty()) return bad_url(text, "it is empty");
    // libcurl would take the first name of the path for the host.
    const std::size_t slash = std::min(text.find('/'), text.size());
    if (text.substr(slash).starts_with("///")) return bad_url(text, "it has no host");
    return of({}, text);
}

Result<Url> Url::resolve(std::string_view reference) const {
    Result<Url> url = of(text_, reference);
    if (!url) {
        url.error().kind = ErrorKind::Failed;
        url.error().remedy = "the other side sent it: nothing can be done here";
        return url;
    }
    url->user_info_.clear();
    return url;
}

Url Url::with_query(const Query& query) const {
    Url url = *this;
    for (const auto& [name, value] : query) {
        const std::size_t mark = url.text_.find('?');
        if (mark == std::string::npos) {
            url.text_ += '?';
        } else if (mark + 1 != url.text_.size() && url.text_.back() != '&') {
            url.text_ += '&';
        }
        url.text_ += percent_encode(name) + "=" + percent_encode(value);
    }
    return url;
}

bool Url::has_parameter(std::string_view name) const {
    const std::string_view text = text_;
    std::size_t begin = text.find('?');
    while (begin != std::string_view::npos && begin < text.size()) {
        const std::string_view pair = text.substr(begin + 1, text.find('&', begin + 1) - begin - 1);
        if (percent_decode(pair.substr(0, pair.find('=')), true) == name) return true;
        begin = text.find('&', begin + 1);
    }
    return false;
}

bool Url::is_loopback() const {
    return host_ == "localhost" || host_ == "[::1]" || host_.starts_with("127.");
}

}  // namespace streams::http
