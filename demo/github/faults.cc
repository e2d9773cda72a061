#include "demo/github/faults.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <thread>

#include "demo/github/json_text.h"
#include "demo/github/listing.h"
#include "demo/github/plans.h"

namespace streams::demo {
namespace {

using http::Answer;

constexpr std::array<std::string_view, 27> kFaults = {{
    "empty",
    "issues-disabled",
    "blocked",
    "renamed",
    "moved",
    "found",
    "redirect-loop",
    "elsewhere",
    "too-deep",
    "secondary-limit",
    "secondary-blind",
    "primary-limit",
    "429",
    "429-date",
    "flaky",
    "gateway-timeout",
    "down",
    "bad-token",
    "odd-401",
    "forbidden",
    "sso",
    "endless",
    "other-host",
    "not-json",
    "wrong-shape",
    "slow",
    "later-page-down",
}};

constexpr std::string_view kDocumentation = "https://docs.github.com/rest";

Answer json_answer(int status, std::string body) {
    return {status, {{"Content-Type", "application/json; charset=utf-8"}}, std::move(body)};
}

Answer html_answer(int status, std::string_view title) {
    return {status,
            {{"Content-Type", "text/html; charset=utf-8"}},
            "<!DOCTYPE html><html><head><title>" + std::string(title) +
                "</title></head><body><p>No server is available.</p></body></html>\n"};
}

std::string http_date(std::chrono::sys_seconds when) {
    const std::time_t seconds = when.time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 64> out{};
    const auto length = std::strftime(out.data(), out.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {out.data(), length};
}

Answer redirect(const Trouble& trouble, int status, const std::string& host) {
    const auto& target = trouble.asked.target;
    const auto query = target.find('?');
    auto url = host + "/repositories/" + std::to_string(kDemoId) + trouble.list;
    if (trouble.fault == "redirect-loop") url = trouble.api + trouble.asked.path;
    if (query != std::string::npos) url += target.substr(query);
    const auto* message = status == 301   ? "Moved Permanently"
                          : status == 302 ? "Found"
                                          : "Temporary Redirect";
    auto out = json_answer(status, JsonObject()
                                       .text("message", message)
                                       .text("url", url)
                                       .text("documentation_url", kDocumentation)
                                       .str());
    out.headers.add("Location", url);
    return out;
}

Answer blocked() {
    return json_answer(451,
                       JsonObject()
                           .text("message", "Repository access blocked")
                           .json("block", JsonObject()
                                              .text("reason", "dmca")
                                              .text("created_at", "2020-11-05T14:16:02Z")
                                              .text("html_url", "https://github.com/github/dmca")
                                              .str())
                           .str());
}

// How long to wait is said by `seconds`; 0: it is not said.
Answer secondary_limit(int status, const std::string& retry_after) {
    auto out = error_answer(status,
                            "You have exceeded a secondary rate limit. Please wait a few minutes "
                            "before you try again.");
    if (!retry_after.empty()) out.headers.add("Retry-After", retry_after);
    return out;
}

Answer primary_limit(const Trouble& trouble) {
    auto out = error_answer(403, "API rate limit exceeded for 127.0.0.1.");
    const auto reset = (trouble.now + std::chrono::seconds(2)).time_since_epoch().count();
    out.headers.add("X-RateLimit-Limit", "60");
    out.headers.add("X-RateLimit-Remaining", "0");
    out.headers.add("X-RateLimit-Used", "60");
    out.headers.add("X-RateLimit-Reset", std::to_string(reset));
    out.headers.add("X-RateLimit-Resource", "core");
    return out;
}

Answer no_sso() {
    auto out = error_answer(403,
                            "Resource protected by organization SAML enforcement. You must grant "
                            "your Personal Access token access to this organization.");
    out.headers.add("X-GitHub-SSO", "required; url=https://github.com/orgs/fault/sso?demo=1");
    return out;
}

bool is_later_page(const Trouble& trouble) {
    const auto* page = trouble.asked.parameter("page");
    return page != nullptr && *page != "1";
}

std::optional<Answer> fault_of_later_page(const Trouble& trouble) {
    if (!is_later_page(trouble)) return std::nullopt;
    if (trouble.fault == "too-deep") return error_answer(422, kPageTooDeep);
    if (trouble.fault == "later-page-down") return html_answer(502, "Unicorn! · GitHub");
    return std::nullopt;
}

std::optional<Answer> fault_of_redirect(const Trouble& trouble) {
    const auto& fault = trouble.fault;
    if (fault == "renamed" || fault == "redirect-loop") return redirect(trouble, 301, trouble.api);
    if (fault == "found") return redirect(trouble, 302, trouble.api);
    if (fault == "moved") return redirect(trouble, 307, trouble.api);
    if (fault == "elsewhere") return redirect(trouble, 301, other_host(trouble.api));
    return std::nullopt;
}

std::optional<Answer> lasting_fault(const Trouble& trouble) {
    const auto& fault = trouble.fault;
    const bool of_issues = trouble.list == "/issues" || trouble.list == "/issues/comments";
    if (fault == "empty" && trouble.list == "/commits") {
        return error_answer(409, "Git Repository is empty.");
    }
    if (fault == "issues-disabled" && of_issues) {
        return error_answer(410, "Issues are disabled for this repo");
    }
    if (fault == "blocked") return blocked();
    if (fault == "down") return error_answer(500, "Server Error");
    if (fault == "bad-token") return error_answer(401, "Bad credentials");
    if (fault == "forbidden") {
        return error_answer(403, "Resource not accessible by personal access token");
    }
    if (fault == "sso") return no_sso();
    if (fault == "not-json") return html_answer(200, "Sign in");
    if (fault == "wrong-shape") return json_answer(200, R"({"items":[],"total_count":0})");
    return std::nullopt;
}

std::optional<Answer> passing_fault(const Trouble& trouble, int before) {
    const auto& fault = trouble.fault;
    if (fault == "flaky" && before == 0) return html_answer(502, "Unicorn! · GitHub");
    if (fault == "flaky" && before == 1) return html_answer(503, "Service Unavailable");
    if (before > 0) return std::nullopt;
    if (fault == "secondary-limit") return secondary_limit(403, "1");
    if (fault == "secondary-blind") return secondary_limit(403, "");
    if (fault == "429") return secondary_limit(429, "1");
    if (fault == "429-date") {
        return secondary_limit(429, http_date(trouble.now + std::chrono::seconds(2)));
    }
    if (fault == "primary-limit") return primary_limit(trouble);
    if (fault == "gateway-timeout") return error_answer(504, "Server Error");
    if (fault == "odd-401") return error_answer(401, "Requires authentication");
    return std::nullopt;
}

}  // namespace

std::string_view fault_of(std::string_view name) {
    std::string_view found;
    for (const auto fault : kFaults) {
        const bool fits =
            name.starts_with(fault) && (name.size() == fault.size() || name[fault.size()] == '-');
        if (fits && fault.size() > found.size()) found = fault;
    }
    return found;
}

std::string error_body(std::string_view message, int status) {
    return JsonObject()
        .text("message", message)
        .text("documentation_url", kDocumentation)
        .text("status", std::to_string(status))
        .str();
}

Answer error_answer(int status, std::string_view message) {
    return json_answer(status, error_body(message, status));
}

std::string other_host(const std::string& url) {
    constexpr std::string_view kOurs = "://127.0.0.1";
    const auto host = url.find(kOurs);
    if (host == std::string::npos) return url;
    const auto path = std::min(url.find('/', host + kOurs.size()), url.size());
    const auto port = url.substr(host + kOurs.size(), path - host - kOurs.size());
    return url.substr(0, host) + "://localhost" + port + "/foreign" + url.substr(path);
}

std::optional<Answer> Faults::answer(const Trouble& trouble) {
    if (trouble.fault == "slow") std::this_thread::sleep_for(std::chrono::seconds(1));
    if (auto fault = fault_of_redirect(trouble)) return fault;
    if (auto fault = fault_of_later_page(trouble)) return fault;
    if (auto fault = lasting_fault(trouble)) return fault;
    return passing_fault(trouble, times_before(trouble));
}

void Faults::alter(const Trouble& trouble, Answer& answer) {
    const auto* link = answer.headers.find("Link");
    if (link == nullptr) return;
    if (trouble.fault == "other-host" && !is_later_page(trouble)) {
        const auto next = link->substr(1, link->find('>') - 1);  // The first relation is "next".
        answer.headers.set("Link", '<' + other_host(next) + ">; rel=\"next\"");
    } else if (trouble.fault == "endless") {
        answer.headers.set("Link", '<' + trouble.api + trouble.asked.target + ">; rel=\"next\"");
    }
}

int Faults::times_before(const Trouble& trouble) {
    const std::lock_guard lock(mutex_);
    return times_[trouble.repository + trouble.list]++;
}

}  // namespace streams::demo
