#include "demo/github/listing.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "demo/github/dates.h"
#include "demo/github/people.h"
#include "http/percent.h"

namespace streams::demo {
namespace {

constexpr std::size_t kPerPageDefault = 30;
constexpr std::size_t kPerPageMax = 100;

/// The parameters that one list obeys.
struct Question {
    std::optional<std::chrono::sys_seconds> since;
    std::optional<std::chrono::sys_seconds> until;
    std::string state;  ///< Empty for a list that has none.
    std::string sort;   ///< Empty: the list's own order.
    bool descending = false;
    std::size_t per_page = kPerPageDefault;
    std::size_t page = 1;
};

std::string value_of(const http::Asked& asked, std::string_view name, std::string_view otherwise) {
    const auto* value = asked.parameter(name);
    return value == nullptr ? std::string(otherwise) : *value;
}

// GitHub takes a number that it cannot read as if it were absent.
std::size_t number_of(const http::Asked& asked, std::string_view name, std::size_t otherwise) {
    const auto* value = asked.parameter(name);
    std::size_t number = 0;
    if (value == nullptr) return otherwise;
    const auto* end = value->data() + value->size();
    const auto read = std::from_chars(value->data(), end, number);
    return read.ec == std::errc() && read.ptr == end && number > 0 ? number : otherwise;
}

bool has_since(Kind kind) {
    return kind == Kind::Commits || kind == Kind::Issues || kind == Kind::IssueComments;
}

bool has_state(Kind kind) {
    return kind == Kind::Issues || kind == Kind::Pulls || kind == Kind::Milestones;
}

std::expected<std::optional<std::chrono::sys_seconds>, Refusal> bound_of(const http::Asked& asked,
                                                                         std::string_view name) {
    const auto* value = asked.parameter(name);
    if (value == nullptr) return std::nullopt;
    const auto time = time_of(*value);
    const bool in_range = time && *value >= "1970" && *value < "2100";
    if (!in_range) return std::unexpected(Refusal{"Validation Failed", std::string(name)});
    return time;
}

// The order of a list when nothing is said about it.
bool descends(Kind kind, const std::string& sort) {
    switch (kind) {
        case Kind::Commits:
        case Kind::Releases:
        case Kind::Issues:
            return true;
        case Kind::Pulls:
            return sort.empty() || sort == "created";
        case Kind::IssueComments:
            return !sort.empty();
        default:
            return false;
    }
}

std::expected<Question, Refusal> question_of(Kind kind, const http::Asked& asked) {
    Question out;
    if (has_since(kind)) {
        const auto since = bound_of(asked, "since");
        if (!since) return std::unexpected(since.error());
        out.since = *since;
    }
    if (kind == Kind::Commits) {
        const auto until = bound_of(asked, "until");
        if (!until) return std::unexpected(until.error());
        out.until = *until;
    }
    if (has_state(kind)) {
        out.state = value_of(asked, "state", "open");
        const bool known = out.state == "open" || out.state == "closed" || out.state == "all";
        if (!known) return std::unexpected(Refusal{"Validation Failed", "state"});
    }
    const bool sortable = kind == Kind::Issues || kind == Kind::IssueComments ||
                          kind == Kind::Pulls || kind == Kind::Milestones;
    if (sortable) out.sort = value_of(asked, "sort", "");
    const auto direction = sortable ? value_of(asked, "direction", "") : std::string();
    const bool ignored = direction.empty() || (kind == Kind::IssueComments && out.sort.empty());
    out.descending = ignored ? descends(kind, out.sort) : direction == "desc";
    out.per_page = std::min(number_of(asked, "per_page", kPerPageDefault), kPerPageMax);
    out.page = number_of(asked, "page", 1);
    return out;
}

bool belongs(const Question& question, const Item& item) {
    if (question.since && item.updated < *question.since) return false;
    if (question.until && item.updated > *question.until) return false;
    if (question.state == "open") return !item.closed;
    if (question.state == "closed") return item.closed.has_value();
    return true;
}

std::vector<const Item*> chosen(const Repository& repository, Kind kind, const Question& question) {
    std::vector<const Item*> out;
    for (const auto& item : repository.items(kind)) {
        if (belongs(question, item)) out.push_back(&item);
    }
    // Oldest first so far, which is the order of `created` and of the ids; it decides between
    // equals.
    if (question.sort == "updated") {
        std::ranges::sort(out, {},
                          [](const Item* item) { return std::pair(item->updated, item->index); });
    } else if (question.sort == "comments" || question.sort == "popularity") {
        std::ranges::sort(out, {},
                          [](const Item* item) { return std::pair(item->comments, item->index); });
    }
    if (question.descending) std::ranges::reverse(out);
    return out;
}

// The query as it came, without the place in the list.
std::string query_without_place(const http::Asked& asked) {
    std::string out;
    for (const auto& [name, value] : asked.query) {
        if (name == "page" || name == "after" || name == "before") continue;
        out += http::percent_encode(name) + '=' + http::percent_encode(value) + '&';
    }
    return out;
}

void add_link(std::string& link, const std::string& url, std::string_view relation) {
    if (!link.empty()) link += ", ";
    link += '<' + url + ">; rel=\"" + std::string(relation) + '"';
}

std::string numbered_links(const std::string& before_page, std::size_t page, std::size_t last) {
    std::string link;
    const auto add = [&](std::size_t target, std::string_view relation) {
        add_link(link, before_page + "page=" + std::to_string(target), relation);
    };
    if (page > 1) add(std::min(page - 1, last), "prev");
    if (page < last) add(page + 1, "next");
    if (page != last) add(last, "last");
    if (page > 1) add(1, "first");
    return link;
}

std::string cursor_of(std::size_t offset) {
    return base64_of("cursor:demo:" + std::to_string(offset));
}

// A cursor is an offset here; there are few of them, so that looking for it is enough.
std::size_t offset_of(const std::string& cursor, std::size_t per_page, std::size_t count) {
    for (std::size_t offset = 0; offset < count; offset += per_page) {
        if (cursor_of(offset) == cursor) return offset;
    }
    return count;
}

std::expected<std::size_t, Refusal> cursor_offset(const http::Asked& asked,
                                                  const Question& question, std::size_t count) {
    if (const auto* after = asked.parameter("after")) {
        return offset_of(*after, question.per_page, count);
    }
    if (question.page > 1) return std::unexpected(Refusal{std::string(kPageTooDeep), ""});
    return 0;
}

}  // namespace

std::expected<Listing, Refusal> list_page(const Repository& repository, Kind kind,
                                          const http::Asked& asked, const std::string& url) {
    const auto question = question_of(kind, asked);
    if (!question) return std::unexpected(question.error());
    const auto all = chosen(repository, kind, *question);
    const auto per_page = question->per_page;
    const bool by_cursor = repository.plan().by_cursor && kind == Kind::Issues;
    auto first = std::min(all.size(), (question->page - 1) * per_page);
    if (by_cursor) {
        const auto offset = cursor_offset(asked, *question, all.size());
        if (!offset) return std::unexpected(offset.error());
        first = *offset;
    }
    const auto end = std::min(all.size(), first + per_page);
    Listing out;
    out.items.assign(all.begin() + static_cast<std::ptrdiff_t>(first),
                     all.begin() + static_cast<std::ptrdiff_t>(end));
    const auto before_page = url + '?' + query_without_place(asked);
    const auto last = std::max<std::size_t>(1, (all.size() + per_page - 1) / per_page);
    if (!by_cursor) {
        out.link = numbered_links(before_page, question->page, last);
    } else if (end < all.size()) {
        add_link(out.link,
                 before_page + "after=" + http::percent_encode(cursor_of(end)) +
                     "&page=" + std::to_string(question->page + 1),
                 "next");
    }
    return out;
}

}  // namespace streams::demo
