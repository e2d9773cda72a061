#include "demo/github/repository.h"

#include <algorithm>

#include "demo/github/dice.h"

namespace streams::demo {
namespace {

// Ids start where 32 bits no longer reach; each repository has a range of its own.
constexpr std::int64_t kFirstIssueId = 2'300'000'000;
constexpr std::int64_t kFirstPullId = 2'800'000'000;
constexpr std::int64_t kFirstCommentId = 4'400'000'000;
constexpr std::int64_t kFirstOtherId = 3'100'000'000;

std::int64_t spread(std::int64_t first, const Plan& plan, std::size_t index) {
    return first + plan.id % 100 * 10'000'000 + static_cast<std::int64_t>(index) * 7;
}

std::chrono::seconds gap_of(const Plan& plan, const char* subject, std::size_t index) {
    Dice dice(plan.name + subject, index);
    if (plan.by_minutes && dice.one_in(9)) return std::chrono::seconds(0);
    const auto longest = plan.by_minutes ? 7'200U : 172'800U;
    return std::chrono::seconds(600 + dice.below(longest));
}

}  // namespace

Repository::Repository(Plan plan) : plan_(std::move(plan)) {
    make_milestones();
    make_commits();
    make_issues();
    make_comments();
    make_pulls();
    make_plain(Kind::Releases, plan_.counts.releases, kFirstOtherId);
    make_plain(Kind::Labels, plan_.counts.labels, kFirstOtherId + 1);
    make_plain(Kind::Stargazers, plan_.counts.stargazers, kFirstOtherId + 2);
}

std::string Repository::sha(std::size_t commit) const {
    constexpr std::string_view kHex = "0123456789abcdef";
    Dice dice(full_name() + "/sha", commit);
    std::string out;
    for (int at = 0; at < 40; ++at) out += kHex[dice.below(16)];
    return out;
}

// Backwards from the newest one, then forwards for what came later: an item keeps its time when
// more of them come.
std::vector<std::chrono::sys_seconds> Repository::times(const char* subject, std::size_t count,
                                                        std::chrono::sys_seconds newest) const {
    if (count == 0) return {};
    std::vector<std::chrono::sys_seconds> out(count, newest);
    for (std::size_t index = count - 1; index > 0; --index) {
        // The newest stands alone in its second, so that an inclusive `since` brings one item.
        const auto gap = gap_of(plan_, subject, index);
        const auto least = std::chrono::seconds(index == count - 1 ? 1 : 0);
        out[index - 1] = out[index] - std::max(gap, least);
    }
    for (std::size_t more = 0; more < plan_.later; ++more) {
        out.push_back(out.back() + std::chrono::seconds(1) + gap_of(plan_, subject, count + more));
    }
    return out;
}

void Repository::make_commits() {
    const auto when = times("/commits", plan_.counts.commits, plan_.newest_commit);
    for (std::size_t index = 0; index < when.size(); ++index) {
        Item commit;
        commit.index = index;
        commit.created = when[index];
        commit.updated = when[index];
        list(Kind::Commits).push_back(commit);
    }
}

void Repository::make_issues() {
    const auto when = times("/issues", plan_.counts.issues, plan_.newest_issue);
    for (std::size_t index = 0; index < when.size(); ++index) {
        Dice dice(plan_.name + "/issue", index);
        Item issue;
        issue.index = index;
        issue.id = spread(kFirstIssueId, plan_, index);
        issue.number = static_cast<std::int64_t>(index) + 1;
        issue.created = when[index];
        issue.updated = issue.created;
        const auto each = plan_.counts.pull_request_each;
        issue.pull_request = each > 0 && issue.number % static_cast<std::int64_t>(each) == 0;
        const auto age = plan_.newest_issue - issue.created;
        if (age.count() > 0) {
            issue.updated +=
                std::chrono::seconds(dice.below(static_cast<std::uint64_t>(age.count())));
            if (dice.one_in(3)) issue.closed = issue.updated;
        }
        const auto milestones = items(Kind::Milestones).size();
        if (milestones > 0 && dice.one_in(4)) issue.of = dice.below(milestones);
        list(Kind::Issues).push_back(issue);
    }
    // What comes later also changes one that was there: the second is closed.
    if (plan_.later > 0 && when.size() > plan_.later + 1) {
        auto& second = list(Kind::Issues)[1];
        second.updated = when.back() + std::chrono::seconds(60);
        second.closed = second.updated;
    }
}

void Repository::make_comments() {
    auto& issues = list(Kind::Issues);
    const auto count = plan_.counts.comments;
    if (issues.empty() || count == 0) return;
    const auto span = plan_.newest_issue - issues.front().created;
    for (std::size_t index = 0; index < count; ++index) {
        Dice dice(plan_.name + "/comment", index);
        Item comment;
        comment.index = index;
        comment.id = spread(kFirstCommentId, plan_, index);
        comment.created = issues.front().created + span * static_cast<std::int64_t>(index) /
                                                       static_cast<std::int64_t>(count);
        comment.updated = comment.created;
        if (dice.one_in(5)) comment.updated += std::chrono::seconds(dice.below(90'000));
        const auto born = std::ranges::upper_bound(issues, comment.created, {}, &Item::created);
        comment.of = dice.below(static_cast<std::uint64_t>(born - issues.begin()));
        auto& issue = issues[comment.of];
        ++issue.comments;
        issue.updated = std::max(issue.updated, comment.updated);
        list(Kind::IssueComments).push_back(comment);
    }
}

void Repository::make_pulls() {
    for (const auto& issue : items(Kind::Issues)) {
        if (!issue.pull_request) continue;
        auto pull = issue;
        pull.id = spread(kFirstPullId, plan_, issue.index);
        list(Kind::Pulls).push_back(pull);
    }
}

void Repository::make_milestones() {
    make_plain(Kind::Milestones, plan_.counts.milestones, kFirstOtherId + 3);
    for (auto& milestone : list(Kind::Milestones)) {
        milestone.number = static_cast<std::int64_t>(milestone.index) + 1;
        if (milestone.index % 3 == 1) milestone.closed = milestone.updated;
    }
}

void Repository::make_plain(Kind kind, std::size_t count, std::int64_t first_id) {
    for (std::size_t index = 0; index < count; ++index) {
        const auto before = std::chrono::hours(7) * static_cast<std::int64_t>(count - index);
        Item item;
        item.index = index;
        item.id = spread(first_id, plan_, index);
        item.created = plan_.newest_issue - before;
        item.updated = item.created;
        list(kind).push_back(item);
    }
}

}  // namespace streams::demo
