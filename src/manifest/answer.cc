#include "manifest/answer.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "http/link_header.h"

namespace streams::manifest {
namespace {

constexpr std::size_t kExcerptBytesMax = 200;

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return text;
}

Json links_of(const http::Response& response, Result<>& readable) {
    Json links = Json::object();
    const auto page = http::Url::parse(response.effective_url);
    for (const std::string& header : response.headers.all("Link")) {
        const auto parsed = http::parse_link_header(header);
        if (!parsed) {
            readable = std::unexpected(parsed.error());
            continue;
        }
        for (const http::Link& link : *parsed) {
            const std::string* relation = link.parameter("rel");
            if (relation == nullptr || link.parameter("anchor") != nullptr) continue;
            const auto url = page ? page->resolve(link.target) : page;
            Json entry = Json::object();
            entry.set("url", Json::text(url ? url->text() : link.target));
            entry.set("rel", Json::text(*relation));
            links.set(lower(*relation), std::move(entry));
        }
    }
    return links;
}

Json headers_of(const http::Response& response, Result<>& readable) {
    Json headers = Json::object();
    for (const auto& [name, value] : response.headers) {
        headers.set(name, Json::text(value));
        headers.set(lower(name), Json::text(value));
    }
    headers.set("link", links_of(response, readable));
    return headers;
}

// The first text that stands where APIs say what is wrong.
std::string complaint_in(const Json& body, int depth) {
    constexpr std::array<std::string_view, 9> kNames = {
        "message", "error_description", "error", "errors",
        "detail",  "error_message",     "msg",   "title",
        "reason"};
    if (depth > 3) return {};
    if (body.is_text()) return depth > 0 ? body.text() : std::string();
    if (body.is_list() && !body.items().empty()) return complaint_in(body.items()[0], depth + 1);
    for (const std::string_view name : kNames) {
        const Json* member = body.find(name);
        if (member == nullptr) continue;
        if (std::string found = complaint_in(*member, depth + 1); !found.empty()) return found;
    }
    return {};
}

}  // namespace

Answer::Answer(const http::Response& response)
    : status_(response.status), headers_(headers_of(response, links_readable_)) {
    if (response.body.find_first_not_of(" \t\r\n") == std::string::npos) return;
    auto body = parse_json(response.body);
    if (body) {
        body_ = *std::move(body);
        return;
    }
    auto refused = fail(ErrorKind::Data, "answer-not-json", "the answer is " + body.error().what);
    refused.error().why = ascii_excerpt(response.body, kExcerptBytesMax);
    readable_ = std::move(refused);
}

std::string Answer::complaint() const {
    return ascii_excerpt(complaint_in(body_, 0), kExcerptBytesMax);
}

}  // namespace streams::manifest
