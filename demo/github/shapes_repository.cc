#include <algorithm>
#include <array>
#include <string_view>

#include "demo/github/dates.h"
#include "demo/github/json_text.h"
#include "demo/github/people.h"
#include "demo/github/shapes.h"

namespace streams::demo {
namespace {

struct Address {
    std::string_view key;
    std::string_view path;
};

// In GitHub's order.
constexpr std::array<Address, 36> kAddresses = {{
    {"forks_url", "/forks"},
    {"keys_url", "/keys{/key_id}"},
    {"collaborators_url", "/collaborators{/collaborator}"},
    {"teams_url", "/teams"},
    {"hooks_url", "/hooks"},
    {"issue_events_url", "/issues/events{/number}"},
    {"events_url", "/events"},
    {"assignees_url", "/assignees{/user}"},
    {"branches_url", "/branches{/branch}"},
    {"tags_url", "/tags"},
    {"blobs_url", "/git/blobs{/sha}"},
    {"git_tags_url", "/git/tags{/sha}"},
    {"git_refs_url", "/git/refs{/sha}"},
    {"trees_url", "/git/trees{/sha}"},
    {"statuses_url", "/statuses/{sha}"},
    {"languages_url", "/languages"},
    {"stargazers_url", "/stargazers"},
    {"contributors_url", "/contributors"},
    {"subscribers_url", "/subscribers"},
    {"subscription_url", "/subscription"},
    {"commits_url", "/commits{/sha}"},
    {"git_commits_url", "/git/commits{/sha}"},
    {"comments_url", "/comments{/number}"},
    {"issue_comment_url", "/issues/comments{/number}"},
    {"contents_url", "/contents/{+path}"},
    {"compare_url", "/compare/{base}...{head}"},
    {"merges_url", "/merges"},
    {"archive_url", "/{archive_format}{/ref}"},
    {"downloads_url", "/downloads"},
    {"issues_url", "/issues{/number}"},
    {"pulls_url", "/pulls{/number}"},
    {"milestones_url", "/milestones{/number}"},
    {"notifications_url", "/notifications{?since,all,participating}"},
    {"labels_url", "/labels{/name}"},
    {"releases_url", "/releases{/id}"},
    {"deployments_url", "/deployments"},
}};

void add_addresses(JsonObject& out, const View& view) {
    for (const auto& [key, path] : kAddresses) {
        out.text(key, view.url() + std::string(path));
    }
}

void add_dates(JsonObject& out, const View& view) {
    const auto& plan = view.repository.plan();
    const auto& commits = view.repository.items(Kind::Commits);
    const auto& issues = view.repository.items(Kind::Issues);
    const auto pushed = commits.empty() ? plan.newest_commit : commits.back().updated;
    const auto born = std::min(commits.empty() ? pushed : commits.front().created,
                               issues.empty() ? pushed : issues.front().created);
    out.text("created_at", text_of(born))
        .text("updated_at", text_of(std::max(pushed, plan.newest_issue)))
        .text("pushed_at", text_of(pushed));
}

void add_counts(JsonObject& out, const View& view) {
    const auto stars = static_cast<std::int64_t>(view.repository.items(Kind::Stargazers).size());
    const auto open = std::ranges::count_if(view.repository.items(Kind::Issues),
                                            [](const Item& issue) { return !issue.closed; });
    out.null("homepage")
        .number("size", 42)
        .number("stargazers_count", stars)
        .number("watchers_count", stars)
        .text("language", "C++")
        .flag("has_issues", true)
        .flag("has_projects", true)
        .flag("has_downloads", true)
        .flag("has_wiki", false)
        .flag("has_pages", false)
        .flag("has_discussions", false)
        .number("forks_count", 0)
        .null("mirror_url")
        .flag("archived", false)
        .flag("disabled", false)
        .number("open_issues_count", open)
        .null("license")
        .flag("allow_forking", true)
        .flag("is_template", false)
        .flag("web_commit_signoff_required", false)
        .json("topics", R"(["demo","streams"])")
        .text("visibility", view.repository.plan().hidden ? "private" : "public")
        .number("forks", 0)
        .number("open_issues", open)
        .number("watchers", stars)
        .text("default_branch", "main");
}

}  // namespace

std::string repository_json(const View& view) {
    const auto& plan = view.repository.plan();
    const auto full_name = view.repository.full_name();
    const auto owner = user_json(organization(plan.owner), view.api);
    JsonObject out;
    out.number("id", plan.id)
        .text("node_id", node_id("Repository", plan.id))
        .text("name", plan.name)
        .text("full_name", full_name)
        .flag("private", plan.hidden)
        .json("owner", owner)
        .text("html_url", view.html_url())
        .text("description", "Generated: nobody wrote this ✨")
        .flag("fork", false)
        .text("url", view.url());
    add_addresses(out, view);
    add_dates(out, view);
    out.text("git_url", "git://github.com/" + full_name + ".git")
        .text("ssh_url", "git@github.com:" + full_name + ".git")
        .text("clone_url", view.html_url() + ".git")
        .text("svn_url", view.html_url());
    add_counts(out, view);
    if (view.with_token) {
        out.json("permissions",
                 R"({"admin":false,"maintain":false,"push":false,"triage":false,"pull":true})");
    }
    return out.null("temp_clone_token")
        .json("organization", owner)
        .number("network_count", 0)
        .number("subscribers_count", 0)
        .str();
}

}  // namespace streams::demo
