#include "tests/github/replay.h"

#include <algorithm>

#include "http/percent.h"

namespace streams::replay {
namespace {

using http::Answer;
using http::Asked;

constexpr std::string_view kRecordedHost = "https://api.github.com";

std::string key_of(const std::string& method, const std::string& target) {
    return method + ' ' + target;
}

std::string without_query(const std::string& target) {
    return target.substr(0, target.find('?'));
}

// The value of `page`; empty for the first page, whether it is named or not.
std::string page_of(const std::string& target) {
    const auto mark = target.find('?');
    auto rest = mark == std::string::npos ? std::string() : target.substr(mark + 1);
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.erase(0, pair.size() + 1);
        if (pair.starts_with("page=") && pair != "page=1") return pair.substr(5);
    }
    return "";
}

std::string loose_key(const std::string& method, const std::string& target) {
    return method + ' ' + without_query(target) + " page " + page_of(target);
}

std::string with_host(std::string text, const std::string& host) {
    for (auto at = text.find(kRecordedHost); at != std::string::npos;
         at = text.find(kRecordedHost, at + host.size())) {
        text.replace(at, kRecordedHost.size(), host);
    }
    return text;
}

std::string own_host(const Asked& asked) {
    const auto* host = asked.headers.find("Host");
    return "http://" + (host == nullptr ? std::string("127.0.0.1") : *host);
}

// `/repos/OWNER/NAME`, or empty for what is no part of a repository.
std::string repository_of(const std::string& target) {
    if (!target.starts_with("/repos/")) return "";
    const auto owner_end = target.find('/', 7);
    if (owner_end == std::string::npos) return "";
    return target.substr(0, target.find_first_of("/?", owner_end + 1));
}

Answer json_answer(int status, std::string body) {
    return {status, {{"Content-Type", "application/json; charset=utf-8"}}, std::move(body)};
}

}  // namespace

Replay::Replay(std::vector<Recorded> recorded, Leniency leniency)
    : recorded_(std::move(recorded)), leniency_(leniency) {
    for (std::size_t at = 0; at < recorded_.size(); ++at) {
        const auto& one = recorded_[at];
        by_request_[key_of(one.method, one.target)].push_back(at);
        if (leniency_.any_query) by_request_[loose_key(one.method, one.target)].push_back(at);
    }
}

Answer Replay::answer(const Asked& asked) {
    const auto* found = next(key_of(asked.method, asked.target));
    if (found == nullptr && leniency_.any_query) {
        found = next(loose_key(asked.method, asked.target));
    }
    if (found == nullptr) {
        const auto repository = repository_of(asked.target);
        const bool known =
            !repository.empty() && std::ranges::any_of(recorded_, [&](const Recorded& one) {
                return repository_of(one.target) == repository;
            });
        if (leniency_.others_empty && known) return json_answer(200, "[]");
        return json_answer(404, R"({"message":"not recorded"})");
    }
    const auto host = own_host(asked);
    Answer out{found->answer.status, {}, with_host(found->answer.body, host)};
    for (const auto& [name, value] : found->answer.headers) {
        out.headers.add(name, with_host(value, host));
    }
    return out;
}

const Recorded* Replay::next(const std::string& key) {
    const auto found = by_request_.find(key);
    if (found == by_request_.end()) return nullptr;
    const std::lock_guard lock(mutex_);
    const auto given = given_[key]++;
    const auto& places = found->second;
    return &recorded_[places[std::min(given, places.size() - 1)]];
}

}  // namespace streams::replay
