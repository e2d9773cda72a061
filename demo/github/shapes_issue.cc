#include <algorithm>
#include <array>
#include <string_view>

#include "demo/github/dates.h"
#include "demo/github/dice.h"
#include "demo/github/json_text.h"
#include "demo/github/people.h"
#include "demo/github/shapes.h"
#include "demo/github/words.h"

namespace streams::demo {
namespace {

std::string reactions_json(const std::string& owner_url, Dice& dice) {
    constexpr std::array<std::string_view, 8> kNames = {
        {"+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"}};
    std::array<std::int64_t, 8> counts{};
    std::int64_t total = 0;
    for (auto& count : counts) {
        count = dice.one_in(5) ? static_cast<std::int64_t>(dice.below(12)) : 0;
        total += count;
    }
    JsonObject out;
    out.text("url", owner_url + "/reactions").number("total_count", total);
    for (std::size_t at = 0; at < kNames.size(); ++at) out.number(kNames[at], counts[at]);
    return out.str();
}

// The same dice for an issue and for its pull request: they are one thing in two lists.
Dice dice_of(const View& view, const char* subject, const Item& issue) {
    return {view.repository.full_name() + subject, issue.index};
}

bool is_draft(const View& view, const Item& issue) {
    return dice_of(view, "/draft", issue).one_in(6);
}

std::string merged_at(const View& view, const Item& pull) {
    return pull.closed && is_merged(view, pull) ? text_of(*pull.closed) : "";
}

std::string pull_links(const View& view, const Item& issue) {
    const auto number = std::to_string(issue.number);
    return JsonObject()
        .text("url", view.url() + "/pulls/" + number)
        .text("html_url", view.html_url() + "/pull/" + number)
        .text("diff_url", view.html_url() + "/pull/" + number + ".diff")
        .text("patch_url", view.html_url() + "/pull/" + number + ".patch")
        .text_or_null("merged_at", merged_at(view, issue))
        .str();
}

std::string state_reason(const View& view, const Item& issue) {
    if (!issue.closed || issue.pull_request) return "";
    return dice_of(view, "/reason", issue).one_in(3) ? "not_planned" : "completed";
}

std::string lock_reason(const View& view, const Item& issue) {
    return dice_of(view, "/lock", issue).one_in(23) ? "too heated" : "";
}

// The members from `title` on, which an issue and a pull request have in common.
void add_talk(JsonObject& out, const View& view, const Item& issue) {
    const auto assignees = assignees_of(view, issue);
    const auto first =
        assignees == "[]" ? std::string() : user_json(person(issue.index % kNamedPeople), view.api);
    out.text("title", title_of(view, issue))
        .json("user", author_of(view, issue))
        .json("labels", labels_of(view, issue))
        .text("state", issue.closed ? "closed" : "open")
        .flag("locked", !lock_reason(view, issue).empty())
        .json_or_null("assignee", first)
        .json("assignees", assignees)
        .json_or_null("milestone", milestone_of(view, issue))
        .text("created_at", text_of(issue.created))
        .text("updated_at", text_of(issue.updated))
        .text_or_null("closed_at", issue.closed ? text_of(*issue.closed) : "")
        .text("author_association", association_of(view, issue))
        .text_or_null("active_lock_reason", lock_reason(view, issue))
        .text_or_null("body", body_of(view, issue));
}

std::string branch_json(const View& view, const std::string& name, const std::string& sha) {
    return JsonObject()
        .text("label", view.repository.plan().owner + ':' + name)
        .text("ref", name)
        .text("sha", sha)
        .json("user", user_json(organization(view.repository.plan().owner), view.api))
        .json("repo", repository_json({view.repository, view.api}))
        .str();
}

std::string href(const std::string& url) {
    return JsonObject().text("href", url).str();
}

std::string pull_addresses(const View& view, const Item& pull, const std::string& head) {
    const auto number = std::to_string(pull.number);
    const auto self = view.url() + "/pulls/" + number;
    const auto issue = view.url() + "/issues/" + number;
    return JsonObject()
        .json("self", href(self))
        .json("html", href(view.html_url() + "/pull/" + number))
        .json("issue", href(issue))
        .json("comments", href(issue + "/comments"))
        .json("review_comments", href(self + "/comments"))
        .json("review_comment", href(view.url() + "/pulls/comments{/number}"))
        .json("commits", href(self + "/commits"))
        .json("statuses", href(view.url() + "/statuses/" + head))
        .str();
}

}  // namespace

std::string title_of(const View& view, const Item& issue) {
    const auto& plan = view.repository.plan();
    if (plan.counts.labels == 0) return "Test issue " + std::to_string(issue.number);
    auto dice = dice_of(view, "/title", issue);
    return title_text(dice);
}

std::string body_of(const View& view, const Item& issue) {
    auto dice = dice_of(view, "/body", issue);
    return dice.one_in(4) ? std::string() : body_text(dice);
}

std::string author_of(const View& view, const Item& issue) {
    return user_json(person(dice_of(view, "/author", issue).below(kNamedPeople)), view.api);
}

std::string association_of(const View& view, const Item& issue) {
    constexpr std::array<std::string_view, 4> kWords = {
        {"MEMBER", "NONE", "CONTRIBUTOR", "COLLABORATOR"}};
    return std::string(dice_of(view, "/association", issue).pick(kWords));
}

std::string labels_of(const View& view, const Item& issue) {
    const auto& all = view.repository.items(Kind::Labels);
    std::vector<std::string> out;
    auto dice = dice_of(view, "/labels", issue);
    const auto count = all.empty() ? 0 : std::min<std::uint64_t>(dice.below(4), all.size());
    const auto first = all.empty() ? 0 : dice.below(all.size());
    out.reserve(count);
    for (std::size_t at = 0; at < count; ++at) {
        out.push_back(label_json(view, all[(first + at) % all.size()]));
    }
    return json_list(out);
}

std::string assignees_of(const View& view, const Item& issue) {
    std::vector<std::string> out;
    const auto count = dice_of(view, "/assignees", issue).below(3);
    out.reserve(count);
    for (std::size_t at = 0; at < count; ++at) {
        out.push_back(user_json(person((issue.index + at) % kNamedPeople), view.api));
    }
    return json_list(out);
}

std::string milestone_of(const View& view, const Item& issue) {
    if (issue.of == Item::kNobody) return "";
    return milestone_json(view, view.repository.items(Kind::Milestones)[issue.of]);
}

bool is_merged(const View& view, const Item& pull) {
    return pull.closed && !dice_of(view, "/merged", pull).one_in(3);
}

std::string issue_json(const View& view, const Item& issue) {
    const auto url = view.url() + "/issues/" + std::to_string(issue.number);
    const auto* page = issue.pull_request ? "/pull/" : "/issues/";
    const auto* type = issue.pull_request ? "PullRequest" : "Issue";
    auto dice = dice_of(view, "/reactions", issue);
    JsonObject out;
    out.text("url", url)
        .text("repository_url", view.url())
        .text("labels_url", url + "/labels{/name}")
        .text("comments_url", url + "/comments")
        .text("events_url", url + "/events")
        .text("html_url", view.html_url() + page + std::to_string(issue.number))
        .number("id", issue.id)
        .text("node_id", node_id(type, issue.id))
        .number("number", issue.number);
    add_talk(out, view, issue);
    out.number("comments", static_cast<std::int64_t>(issue.comments));
    if (issue.pull_request) {
        out.flag("draft", is_draft(view, issue)).json("pull_request", pull_links(view, issue));
    }
    return out.null("type")
        .json("sub_issues_summary", R"({"total":0,"completed":0,"percent_completed":0})")
        .json("reactions", reactions_json(url, dice))
        .text("timeline_url", url + "/timeline")
        .null("performed_via_github_app")
        .text_or_null("state_reason", state_reason(view, issue))
        .str();
}

std::string comment_json(const View& view, const Item& comment) {
    auto dice = dice_of(view, "/comment", comment);
    const auto& issue = view.repository.items(Kind::Issues)[comment.of];
    const auto number = std::to_string(issue.number);
    const auto id = std::to_string(comment.id);
    const auto url = view.url() + "/issues/comments/" + id;
    const auto* page = issue.pull_request ? "/pull/" : "/issues/";
    const auto body = body_text(dice);
    return JsonObject()
        .text("url", url)
        .text("html_url", view.html_url() + page + number + "#issuecomment-" + id)
        .text("issue_url", view.url() + "/issues/" + number)
        .number("id", comment.id)
        .text("node_id", node_id("IssueComment", comment.id))
        .json("user", author_of(view, comment))
        .text("created_at", text_of(comment.created))
        .text("updated_at", text_of(comment.updated))
        .text("author_association", association_of(view, comment))
        .text("body", body)
        .json("reactions", reactions_json(url, dice))
        .null("performed_via_github_app")
        .str();
}

std::string pull_json(const View& view, const Item& pull) {
    const auto number = std::to_string(pull.number);
    const auto url = view.url() + "/pulls/" + number;
    const auto issue = view.url() + "/issues/" + number;
    const auto head = view.repository.sha(2'000'000'000 + pull.index);
    const auto html = view.html_url() + "/pull/" + number;
    JsonObject out;
    out.text("url", url)
        .number("id", pull.id)
        .text("node_id", node_id("PullRequest", pull.id))
        .text("html_url", html)
        .text("diff_url", html + ".diff")
        .text("patch_url", html + ".patch")
        .text("issue_url", issue)
        .number("number", pull.number);
    add_talk(out, view, pull);
    return out.text_or_null("merged_at", merged_at(view, pull))
        .text_or_null("merge_commit_sha",
                      is_merged(view, pull) ? view.repository.sha(3'000'000'000 + pull.index) : "")
        .json("requested_reviewers", "[]")
        .json("requested_teams", "[]")
        .flag("draft", is_draft(view, pull))
        .text("commits_url", url + "/commits")
        .text("review_comments_url", url + "/comments")
        .text("review_comment_url", view.url() + "/pulls/comments{/number}")
        .text("comments_url", issue + "/comments")
        .text("statuses_url", view.url() + "/statuses/" + head)
        .json("head", branch_json(view, "topic-" + number, head))
        .json("base", branch_json(view, "main", view.repository.sha(0)))
        .json("_links", pull_addresses(view, pull, head))
        .null("auto_merge")
        .str();
}

}  // namespace streams::demo
