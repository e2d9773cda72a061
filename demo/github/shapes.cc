#include "demo/github/shapes.h"

#include <array>
#include <string_view>

#include "demo/github/dates.h"
#include "demo/github/dice.h"
#include "demo/github/json_text.h"
#include "demo/github/people.h"
#include "demo/github/words.h"

namespace streams::demo {
namespace {

struct LabelWords {
    std::string_view name;
    std::string_view path;
    std::string_view color;
    std::string_view description;
};

// The nine that every new repository gets.
constexpr std::array<LabelWords, 9> kDefaultLabels = {{
    {"bug", "bug", "d73a4a", "Something isn't working"},
    {"documentation", "documentation", "0075ca", "Improvements or additions to documentation"},
    {"duplicate", "duplicate", "cfd3d7", "This issue or pull request already exists"},
    {"enhancement", "enhancement", "a2eeef", "New feature or request"},
    {"good first issue", "good%20first%20issue", "7057ff", "Good for newcomers"},
    {"help wanted", "help%20wanted", "008672", "Extra attention is needed"},
    {"invalid", "invalid", "e4e669", "This doesn't seem right"},
    {"question", "question", "d876e3", "Further information is requested"},
    {"wontfix", "wontfix", "ffffff", "This will not be worked on"},
}};

std::string git_person(const Person& who, std::chrono::sys_seconds when) {
    return JsonObject()
        .text("name", who.name)
        .text("email", who.email)
        .text("date", text_of(when))
        .str();
}

std::string verification_json(Dice& dice, std::chrono::sys_seconds when) {
    const bool is_signed = dice.one_in(4);
    return JsonObject()
        .flag("verified", is_signed)
        .text("reason", is_signed ? "valid" : "unsigned")
        .text_or_null("signature", is_signed ? "-----BEGIN PGP SIGNATURE-----\n\ndemo\n"
                                               "-----END PGP SIGNATURE-----\n"
                                             : "")
        .text_or_null("payload", is_signed ? "tree 0\nauthor demo\n" : "")
        .text_or_null("verified_at", is_signed ? text_of(when) : "")
        .str();
}

std::string parents_json(const View& view, const Item& commit) {
    std::vector<std::string> parents;
    const auto add = [&](std::size_t index) {
        const auto sha = view.repository.sha(index);
        parents.push_back(JsonObject()
                              .text("sha", sha)
                              .text("url", view.url() + "/commits/" + sha)
                              .text("html_url", view.html_url() + "/commit/" + sha)
                              .str());
    };
    if (commit.index > 0) add(commit.index - 1);
    if (commit.index > 3 && commit.index % 11 == 0) add(commit.index - 3);
    return json_list(parents);
}

std::string git_commit_json(const View& view, const Item& commit, const Person& author) {
    Dice dice(view.repository.full_name() + "/commit", commit.index);
    const auto sha = view.repository.sha(commit.index);
    const auto tree = view.repository.sha(commit.index + 1'000'000'000);
    // The author's date is older where a commit was rebased: `since` does not look at it.
    const auto authored = commit.updated - std::chrono::seconds(dice.one_in(4) ? 86'400 : 0);
    return JsonObject()
        .json("author", git_person(author, authored))
        .json("committer", git_person(dice.one_in(6) ? person(0) : author, commit.updated))
        .text("message", message_text(dice))
        .json("tree",
              JsonObject().text("sha", tree).text("url", view.url() + "/git/trees/" + tree).str())
        .text("url", view.url() + "/git/commits/" + sha)
        .number("comment_count", 0)
        .json("verification", verification_json(dice, commit.updated))
        .str();
}

std::string asset_json(const View& view, const Item& release, const std::string& tag) {
    const auto id = release.id + 5'000'000'000;
    return JsonObject()
        .text("url", view.url() + "/releases/assets/" + std::to_string(id))
        .number("id", id)
        .text("node_id", node_id("ReleaseAsset", id))
        .text("name", "demo-" + tag + ".tar.gz")
        .null("label")
        .json("uploader", user_json(person(0), view.api))
        .text("content_type", "application/gzip")
        .text("state", "uploaded")
        .number("size", 4'294'967'296 + static_cast<std::int64_t>(release.index))
        .number("download_count", static_cast<std::int64_t>(release.index) * 13)
        .text("created_at", text_of(release.created))
        .text("updated_at", text_of(release.updated))
        .text("browser_download_url",
              view.html_url() + "/releases/download/" + tag + "/demo-" + tag + ".tar.gz")
        .str();
}

}  // namespace

std::string commit_json(const View& view, const Item& commit) {
    Dice dice(view.repository.full_name() + "/author", commit.index);
    const auto author = person(dice.below(kNamedPeople));
    const auto sha = view.repository.sha(commit.index);
    // An address that belongs to nobody on GitHub: the git author stays, the user is null.
    const std::string user = dice.one_in(7) ? std::string() : user_json(author, view.api);
    return JsonObject()
        .text("sha", sha)
        .text("node_id", base64_of("C_demo" + sha))
        .json("commit", git_commit_json(view, commit, author))
        .text("url", view.url() + "/commits/" + sha)
        .text("html_url", view.html_url() + "/commit/" + sha)
        .text("comments_url", view.url() + "/commits/" + sha + "/comments")
        .json_or_null("author", user)
        .json_or_null("committer", user)
        .json("parents", parents_json(view, commit))
        .str();
}

std::string release_json(const View& view, const Item& release) {
    Dice dice(view.repository.full_name() + "/release", release.index);
    const auto tag = "v0." + std::to_string(release.index) + ".0";
    const auto url = view.url() + "/releases/" + std::to_string(release.id);
    const bool before = release.index % 5 == 4;
    const auto assets = release.index % 2 == 0 ? std::vector{asset_json(view, release, tag)}
                                               : std::vector<std::string>{};
    return JsonObject()
        .text("url", url)
        .text("assets_url", url + "/assets")
        .text("upload_url", url + "/assets{?name,label}")
        .text("html_url", view.html_url() + "/releases/tag/" + tag)
        .number("id", release.id)
        .json("author", user_json(person(0), view.api))
        .text("node_id", node_id("Release", release.id))
        .text("tag_name", tag)
        .text("target_commitish", "main")
        .text_or_null("name", release.index % 7 == 3 ? "" : "Version " + tag + " – Ä")
        .flag("draft", false)
        .flag("prerelease", before)
        .text("created_at", text_of(release.created))
        .text("published_at", text_of(release.created + std::chrono::minutes(9)))
        .json("assets", json_list(assets))
        .text("tarball_url", view.url() + "/tarball/" + tag)
        .text("zipball_url", view.url() + "/zipball/" + tag)
        .text_or_null("body", release.index % 4 == 1 ? "" : body_text(dice))
        .str();
}

std::string label_json(const View& view, const Item& label) {
    JsonObject out;
    out.number("id", label.id).text("node_id", node_id("Label", label.id));
    if (label.index < kDefaultLabels.size()) {
        const auto& words = kDefaultLabels[label.index];
        return out.text("url", view.url() + "/labels/" + std::string(words.path))
            .text("name", words.name)
            .text("color", words.color)
            .flag("default", true)
            .text("description", words.description)
            .str();
    }
    const auto number = std::to_string(label.index);
    return out.text("url", view.url() + "/labels/%F0%9F%94%96-" + number)
        .text("name", "🔖-" + number)
        .text("color", "00ff7f")
        .flag("default", false)
        .null("description")
        .str();
}

std::string milestone_json(const View& view, const Item& milestone) {
    std::int64_t open = 0;
    std::int64_t closed = 0;
    for (const auto& issue : view.repository.items(Kind::Issues)) {
        if (issue.of == milestone.index) ++(issue.closed ? closed : open);
    }
    const auto number = std::to_string(milestone.number);
    return JsonObject()
        .text("url", view.url() + "/milestones/" + number)
        .text("html_url", view.html_url() + "/milestone/" + number)
        .text("labels_url", view.url() + "/milestones/" + number + "/labels")
        .number("id", milestone.id)
        .text("node_id", node_id("Milestone", milestone.id))
        .number("number", milestone.number)
        .text("title", "v" + number + ".0 “étape”")
        .text_or_null("description", milestone.index % 2 == 0 ? "First line\r\nsecond" : "")
        .json("creator", user_json(person(milestone.index % kNamedPeople), view.api))
        .number("open_issues", open)
        .number("closed_issues", closed)
        .text("state", milestone.closed ? "closed" : "open")
        .text("created_at", text_of(milestone.created))
        .text("updated_at", text_of(milestone.updated))
        .text_or_null("due_on", milestone.index % 2 == 0
                                    ? text_of(milestone.created + std::chrono::hours(24 * 90))
                                    : "")
        .text_or_null("closed_at", milestone.closed ? text_of(*milestone.closed) : "")
        .str();
}

std::string stargazer_json(const View& view, const Item& star) {
    auto user = user_json(person(star.index), view.api);
    if (!view.with_star_dates) return user;
    return JsonObject().text("starred_at", text_of(star.created)).json("user", user).str();
}

std::string item_json(const View& view, Kind kind, const Item& item) {
    switch (kind) {
        case Kind::Commits:
            return commit_json(view, item);
        case Kind::Issues:
            return issue_json(view, item);
        case Kind::IssueComments:
            return comment_json(view, item);
        case Kind::Pulls:
            return pull_json(view, item);
        case Kind::Releases:
            return release_json(view, item);
        case Kind::Labels:
            return label_json(view, item);
        case Kind::Milestones:
            return milestone_json(view, item);
        case Kind::Stargazers:
            return stargazer_json(view, item);
    }
    return "null";
}

}  // namespace streams::demo
