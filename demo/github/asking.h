#pragma once

#include <string>
#include <utility>

#include "demo/github/api.h"
#include "http/percent.h"

namespace streams::demo {

/// A GET of `target` as it would come from the server on port 8080. For tests.
inline http::Asked asking(const std::string& target, http::Headers more = {}) {
    http::Asked asked;
    asked.method = "GET";
    asked.target = target;
    const auto mark = target.find('?');
    asked.path = target.substr(0, mark);
    auto rest = mark == std::string::npos ? std::string() : target.substr(mark + 1);
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.erase(0, pair.size() + 1);
        const auto equals = pair.find('=');
        asked.query.emplace_back(pair.substr(0, equals),
                                 http::percent_decode(pair.substr(equals + 1), true));
    }
    asked.headers = std::move(more);
    asked.headers.add("Host", "127.0.0.1:8080");
    if (!asked.headers.has("User-Agent")) asked.headers.add("User-Agent", "test");
    return asked;
}

inline std::chrono::sys_seconds noon() {
    return std::chrono::sys_seconds(std::chrono::hours(12));
}

/// The value of a header; empty where it is missing.
inline std::string header_of(const http::Answer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers) {
        if (http::same_name(key, name)) return value;
    }
    return "";
}

/// The address after `rel="next"` of an answer, without the host; empty where there is none.
inline std::string next_of(const http::Answer& answer) {
    const auto link = header_of(answer, "Link");
    const auto end = link.find(">; rel=\"next\"");
    if (end == std::string::npos) return "";
    const auto begin = link.rfind('<', end) + 1;
    const auto url = link.substr(begin, end - begin);
    return url.substr(url.find('/', std::string("http://").size()));
}

}  // namespace streams::demo
