#include "demo/github/plans.h"

#include <array>

#include "demo/github/dice.h"
#include "demo/github/faults.h"
#include "http/headers.h"

namespace streams::demo {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr sys_seconds kNewestCommit{seconds(1'484'685'125)};  // 2017-01-17T20:32:05Z
constexpr sys_seconds kNewestIssue{seconds(1'657'028'722)};   // 2022-07-05T13:45:22Z
constexpr sys_seconds kNewestInLarge{seconds(1'751'500'000)};

constexpr std::array<std::string_view, 4> kNames = {{"demo", "large", "private", "cursors"}};

Counts demo_counts() {
    return {.commits = 40, .issues = 13};
}

Counts large_counts(std::size_t scale) {
    return {.commits = 437 * scale,
            .issues = 361 * scale,
            .comments = 523 * scale,
            .releases = 37 * scale,
            .labels = 41 * scale,
            .milestones = 11 * scale,
            .stargazers = 229 * scale,
            .pull_request_each = 3};
}

Plan octokit_plan(std::size_t place, const Choices& choices) {
    Plan plan;
    plan.owner = "octokit";
    plan.name = kNames[place];
    plan.id = kDemoId + static_cast<std::int64_t>(place);
    plan.later = choices.later;
    plan.hidden = plan.name == "private";
    plan.by_cursor = plan.name == "cursors";
    const bool large = plan.name == "large" || plan.by_cursor;
    plan.by_minutes = large;
    plan.counts = large ? large_counts(choices.scale) : demo_counts();
    plan.newest_commit = large ? kNewestInLarge : kNewestCommit;
    plan.newest_issue = large ? kNewestInLarge : kNewestIssue;
    return plan;
}

Plan fault_plan(std::string_view name, const Choices& choices) {
    Dice dice(name, 1);
    Plan plan;
    plan.owner = "fault";
    plan.name = name;
    plan.id = 2'200'000'000 + static_cast<std::int64_t>(dice.below(1'000'000'000));
    plan.later = choices.later;
    // More than one page of the largest size, for the faults of later pages.
    plan.counts = {.commits = 250, .issues = 130};
    if (fault_of(name) == "empty") plan.counts = {};
    plan.newest_commit = kNewestCommit;
    plan.newest_issue = kNewestIssue;
    return plan;
}

}  // namespace

std::optional<Plan> plan_of(std::string_view owner, std::string_view name, const Choices& choices) {
    if (http::same_name(owner, "fault") && !fault_of(name).empty()) {
        return fault_plan(name, choices);
    }
    for (std::size_t place = 0; place < kNames.size(); ++place) {
        if (http::same_name(owner, "octokit") && http::same_name(name, kNames[place])) {
            return octokit_plan(place, choices);
        }
    }
    return std::nullopt;
}

std::optional<Plan> plan_of(std::int64_t id, const Choices& choices) {
    const auto place = id - kDemoId;
    if (place < 0 || place >= static_cast<std::int64_t>(kNames.size())) return std::nullopt;
    return octokit_plan(static_cast<std::size_t>(place), choices);
}

}  // namespace streams::demo
