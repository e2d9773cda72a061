#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace streams::demo {

/// The lists that a repository has.
enum class Kind {
    Commits,
    Issues,  ///< Pull requests among them, as GitHub lists them.
    IssueComments,
    Pulls,
    Releases,
    Labels,
    Milestones,
    Stargazers,
};

inline constexpr std::size_t kKinds = 8;

/// One member of a list: what filters and orders need. The rest is drawn when it is written.
struct Item {
    std::int64_t id = 0;
    std::size_t index = 0;     ///< 0 is the oldest of its list.
    std::int64_t number = 0;   ///< Of an issue, a pull request or a milestone.
    std::size_t of = kNobody;  ///< The issue of a comment, the milestone of an issue, by index.
    std::size_t comments = 0;
    std::chrono::sys_seconds created;
    std::chrono::sys_seconds updated;  ///< Of a commit: the committer's date.
    std::optional<std::chrono::sys_seconds> closed;
    bool pull_request = false;

    static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
};

/// How many items each list has.
struct Counts {
    std::size_t commits = 0;
    std::size_t issues = 0;  ///< Pull requests included.
    std::size_t comments = 0;
    std::size_t releases = 0;
    std::size_t labels = 0;
    std::size_t milestones = 0;
    std::size_t stargazers = 0;
    std::size_t pull_request_each = 0;  ///< Every so many issues one is a pull request; 0: none.
};

/// Everything that decides what a repository holds.
struct Plan {
    std::string owner;
    std::string name;
    std::int64_t id = 0;
    Counts counts;
    std::chrono::sys_seconds newest_commit;
    std::chrono::sys_seconds newest_issue;
    std::size_t later = 0;    ///< So many commits and issues came after the newest ones above.
    bool hidden = false;      ///< Private: 404 without a token.
    bool by_cursor = false;   ///< Its issues are paged by `after`, as GitHub does for long lists.
    bool by_minutes = false;  ///< Neighbours are minutes apart, and some share a second.
};

/// A repository and its lists, oldest first; the same plan gives the same lists everywhere.
class Repository {
 public:
    explicit Repository(Plan plan);

    const Plan& plan() const { return plan_; }
    const std::vector<Item>& items(Kind kind) const {
        return lists_[static_cast<std::size_t>(kind)];
    }
    std::string full_name() const { return plan_.owner + '/' + plan_.name; }
    std::string sha(std::size_t commit) const;

 private:
    std::vector<Item>& list(Kind kind) { return lists_[static_cast<std::size_t>(kind)]; }
    std::vector<std::chrono::sys_seconds> times(const char* subject, std::size_t count,
                                                std::chrono::sys_seconds newest) const;
    void make_commits();
    void make_issues();
    void make_comments();
    void make_pulls();
    void make_milestones();
    void make_plain(Kind kind, std::size_t count, std::int64_t first_id);

    Plan plan_;
    std::array<std::vector<Item>, kKinds> lists_;
};

}  // namespace streams::demo
