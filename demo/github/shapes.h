#pragma once

#include <string>

#include "demo/github/repository.h"

namespace streams::demo {

/// What the addresses in an object begin with, and what a token lets its reader see.
struct View {
    const Repository& repository;  // Owned by the caller; outlives the view.
    std::string api;               ///< `http://127.0.0.1:40213`
    bool with_token = false;
    bool with_star_dates = false;

    /// The repository's own address.
    std::string url() const { return api + "/repos/" + repository.full_name(); }
    std::string html_url() const { return "https://github.com/" + repository.full_name(); }
};

/// One member of the list `kind`, in the shape that GitHub's REST API publishes.
std::string item_json(const View& view, Kind kind, const Item& item);

/// The answer of `/repos/OWNER/NAME`.
std::string repository_json(const View& view);

// The members of the lists, one function per shape.
std::string commit_json(const View& view, const Item& commit);
std::string issue_json(const View& view, const Item& issue);
std::string comment_json(const View& view, const Item& comment);
std::string pull_json(const View& view, const Item& pull);
std::string release_json(const View& view, const Item& release);
std::string label_json(const View& view, const Item& label);
std::string milestone_json(const View& view, const Item& milestone);
std::string stargazer_json(const View& view, const Item& star);

// Parts that issues and pull requests share.
std::string labels_of(const View& view, const Item& issue);
std::string assignees_of(const View& view, const Item& issue);
std::string milestone_of(const View& view, const Item& issue);
std::string title_of(const View& view, const Item& issue);
std::string body_of(const View& view, const Item& issue);
std::string author_of(const View& view, const Item& issue);
std::string association_of(const View& view, const Item& issue);

/// The branch that `pull` wants to bring in, and what became of it.
bool is_merged(const View& view, const Item& pull);

}  // namespace streams::demo
