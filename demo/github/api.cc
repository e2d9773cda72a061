#include "demo/github/api.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "demo/github/dice.h"
#include "demo/github/json_text.h"
#include "demo/github/listing.h"
#include "demo/github/people.h"

namespace streams::demo {
namespace {

using http::Answer;
using http::Asked;

struct ListPath {
    std::string_view path;
    Kind kind;
};

constexpr std::array<ListPath, kKinds> kLists = {{
    {"/commits", Kind::Commits},
    {"/issues", Kind::Issues},
    {"/issues/comments", Kind::IssueComments},
    {"/pulls", Kind::Pulls},
    {"/releases", Kind::Releases},
    {"/labels", Kind::Labels},
    {"/milestones", Kind::Milestones},
    {"/stargazers", Kind::Stargazers},
}};

// What a token may say to be refused, so that a wrong one can be shown.
bool is_refused(std::string_view authorization) {
    const bool scheme = authorization.starts_with("token ") ||
                        authorization.starts_with("Bearer ") ||
                        authorization.starts_with("bearer ");
    return !scheme || authorization.find("bad") != std::string_view::npos ||
           authorization.find("wrong") != std::string_view::npos;
}

// The server's own address, whatever name it was asked by; below /api/v3 if it was asked there.
std::string api_of(const Asked& asked, bool enterprise) {
    const auto* host = asked.headers.find("Host");
    const auto colon = host == nullptr ? std::string::npos : host->rfind(':');
    const auto port = colon == std::string::npos ? std::string(":80") : host->substr(colon);
    return "http://127.0.0.1" + port + (enterprise ? "/api/v3" : "");
}

bool take_prefix(std::string& path, std::string_view prefix) {
    if (!path.starts_with(std::string(prefix) + '/')) return false;
    path.erase(0, prefix.size());
    return true;
}

std::string etag_of(const Answer& answer) {
    constexpr std::string_view kHex = "0123456789abcdef";
    const auto* link = answer.headers.find("Link");
    Dice dice(answer.body + (link == nullptr ? "" : *link), 0);
    std::string out = "W/\"";
    for (int at = 0; at < 64; ++at) out += kHex[dice.below(16)];
    return out + '"';
}

// Weak comparison: `W/` does not matter, and the header may name several.
bool is_known(const Asked& asked, std::string etag) {
    const auto* known = asked.headers.find("If-None-Match");
    etag.erase(0, 2);
    return known != nullptr && (*known == "*" || known->find(etag) != std::string::npos);
}

Answer no_user_agent() {
    return {403,
            {{"Content-Type", "text/html; charset=utf-8"}},
            "\r\nRequest forbidden by administrative rules. Please make sure your request has a "
            "User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api"
            "#user-agent-required).\r\n"};
}

Answer invalid(const Refusal& refusal) {
    JsonObject out;
    out.text("message", refusal.message);
    if (!refusal.field.empty()) {
        out.json("errors", json_list({JsonObject()
                                          .text("resource", "Search")
                                          .text("field", refusal.field)
                                          .text("code", "invalid")
                                          .str()}));
    }
    out.text("documentation_url", "https://docs.github.com/rest").text("status", "422");
    return {422, {{"Content-Type", "application/json; charset=utf-8"}}, out.str()};
}

Answer json_answer(std::string body) {
    return {200, {{"Content-Type", "application/json; charset=utf-8"}}, std::move(body)};
}

Answer root(const std::string& api) {
    return json_answer(JsonObject()
                           .text("current_user_url", api + "/user")
                           .text("rate_limit_url", api + "/rate_limit")
                           .text("repository_url", api + "/repos/{owner}/{repo}")
                           .str());
}

// What is wrong with a request before its path matters.
std::optional<Answer> refused(const Asked& asked, bool foreign) {
    const auto* agent = asked.headers.find("User-Agent");
    if (agent == nullptr || agent->empty()) return no_user_agent();
    const auto* authorization = asked.headers.find("Authorization");
    if (authorization != nullptr && foreign) {
        return error_answer(400, "demo: a token came to a host that it was not made for");
    }
    if (authorization != nullptr && is_refused(*authorization)) {
        return error_answer(401, "Bad credentials");
    }
    const auto* version = asked.headers.find("X-GitHub-Api-Version");
    if (version != nullptr && *version != "2022-11-28") {
        return error_answer(400, "\"" + *version + "\" is not a supported version.");
    }
    if (asked.method != "GET" && asked.method != "HEAD") return error_answer(404, "Not Found");
    return std::nullopt;
}

}  // namespace

Api::Api(Choices choices, Clock clock)
    : choices_(choices), clock_(std::move(clock)), start_(clock_()) {}

Answer Api::answer(const Asked& original) {
    auto asked = original;
    const bool foreign = take_prefix(asked.path, "/foreign");
    const bool enterprise = take_prefix(asked.path, "/api/v3");
    const auto api = api_of(asked, enterprise);
    auto refusal = refused(asked, foreign);
    auto out = refusal ? *std::move(refusal) : routed(asked, api);
    bool counts = asked.path != "/rate_limit";
    if (out.status == 200) {
        const auto etag = etag_of(out);
        out.headers.add("ETag", etag);
        out.headers.add("Cache-Control", "public, max-age=60, s-maxage=60");
        if (is_known(asked, etag)) {
            out.status = 304;
            out.body.clear();
            counts = false;
        }
    }
    if (out.status != 401) add_limit_headers(asked, out, counts);
    out.headers.add("Server", "demo-github");
    out.headers.add("X-GitHub-Media-Type", "github.v3; format=json");
    return out;
}

Answer Api::routed(const Asked& asked, const std::string& api) {
    if (asked.path == "/") return root(api);
    if (asked.path == "/rate_limit") return rate_limit(asked);
    if (asked.path == "/user") {
        if (!asked.headers.has("Authorization"))
            return error_answer(401, "Requires authentication");
        return json_answer(user_json(person(0), api));
    }
    const auto place = place_of(asked.path);
    const bool hidden = place.repository != nullptr && place.repository->plan().hidden &&
                        !asked.headers.has("Authorization");
    if (place.repository == nullptr || hidden) return error_answer(404, "Not Found");
    return of_repository(asked, place, api);
}

Answer Api::of_repository(const Asked& asked, const Place& place, const std::string& api) {
    const auto& plan = place.repository->plan();
    const View view{.repository = *place.repository,
                    .api = api,
                    .with_token = asked.headers.has("Authorization"),
                    .with_star_dates = false};
    if (plan.owner != "fault") return listed(asked, place, view);
    const Trouble trouble{.asked = asked,
                          .fault = std::string(fault_of(plan.name)),
                          .repository = place.repository->full_name(),
                          .list = place.list,
                          .api = api,
                          .now = clock_()};
    if (auto fault = faults_.answer(trouble)) return *std::move(fault);
    auto out = listed(asked, place, view);
    Faults::alter(trouble, out);
    return out;
}

Answer Api::listed(const Asked& asked, const Place& place, const View& view) {
    if (place.list.empty()) return json_answer(repository_json(view));
    const auto* list = std::ranges::find(kLists, place.list, &ListPath::path);
    if (list == kLists.end()) return error_answer(404, "Not Found");
    const auto url = view.api + "/repositories/" + std::to_string(view.repository.plan().id);
    const auto page = list_page(view.repository, list->kind, asked, url + place.list);
    if (!page) return invalid(page.error());

    auto with_dates = view;
    const auto* accept = asked.headers.find("Accept");
    with_dates.with_star_dates =
        accept != nullptr && accept->find("application/vnd.github.star+json") != std::string::npos;
    std::vector<std::string> elements;
    for (const auto* item : page->items) {
        elements.push_back(item_json(with_dates, list->kind, *item));
    }
    auto out = json_answer(json_list(elements));
    if (!page->link.empty()) out.headers.add("Link", page->link);
    return out;
}

Answer Api::rate_limit(const Asked& asked) {
    Answer probe;
    add_limit_headers(asked, probe, false);
    JsonObject core;
    for (const auto* name : {"limit", "remaining", "reset", "used"}) {
        core.json(name, *probe.headers.find(std::string("X-RateLimit-") + name));
    }
    core.text("resource", "core");
    return json_answer(JsonObject()
                           .json("resources", JsonObject().json("core", core.str()).str())
                           .json("rate", core.str())
                           .str());
}

Api::Place Api::place_of(std::string_view path) {
    const bool by_id = path.starts_with("/repositories/");
    if (!by_id && !path.starts_with("/repos/")) return {};
    auto rest = path.substr(by_id ? 14 : 7);
    const auto first = rest.substr(0, rest.find('/'));
    rest.remove_prefix(first.size());
    if (by_id) {
        std::int64_t id = 0;
        std::from_chars(first.data(), first.data() + first.size(), id);
        return {repository(id), std::string(rest)};
    }
    if (rest.empty()) return {};
    const auto name = rest.substr(1, rest.find('/', 1) - 1);
    rest.remove_prefix(name.size() + 1);
    return {repository(first, name), std::string(rest)};
}

const Repository* Api::repository(std::string_view owner, std::string_view name) {
    return keep(plan_of(owner, name, choices_));
}

const Repository* Api::repository(std::int64_t id) {
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [name, kept] : repositories_) {
            if (kept->plan().id == id) return kept.get();
        }
    }
    return keep(plan_of(id, choices_));
}

const Repository* Api::keep(const std::optional<Plan>& plan) {
    if (!plan) return nullptr;
    const std::lock_guard lock(mutex_);
    auto& kept = repositories_[plan->owner + '/' + plan->name];
    if (kept == nullptr) kept = std::make_unique<Repository>(*plan);
    return kept.get();
}

// The window begins anew before it is used up: only faults limit.
void Api::add_limit_headers(const Asked& asked, Answer& answer, bool counts) {
    if (answer.headers.has("X-RateLimit-Limit")) return;
    const std::int64_t limit = asked.headers.has("Authorization") ? 5000 : 60;
    const auto used = (counts ? ++requests_ : requests_.load()) % (limit / 2);
    const auto since_start = clock_() - start_;
    const auto reset = clock_() + std::chrono::hours(1) - since_start % std::chrono::hours(1);
    answer.headers.add("X-RateLimit-Limit", std::to_string(limit));
    answer.headers.add("X-RateLimit-Remaining", std::to_string(limit - used));
    answer.headers.add("X-RateLimit-Used", std::to_string(used));
    answer.headers.add("X-RateLimit-Reset", std::to_string(reset.time_since_epoch().count()));
    answer.headers.add("X-RateLimit-Resource", "core");
}

}  // namespace streams::demo
