#include "http/link_header.h"

#include <algorithm>
#include <cctype>

#include "base/log.h"

namespace streams::http {
namespace {

constexpr std::size_t kShownBytesMax = 200;

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/// Reads a header from left to right; each `take` returns whether what it wanted was there.
class LinkReader {
 public:
    explicit LinkReader(std::string_view text) : rest_(text) {}

    bool ended() {
        skip_blanks();
        return rest_.empty();
    }

    bool take(char c) {
        skip_blanks();
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool take_target(std::string& target) {
        if (!take('<')) return false;
        const std::size_t end = rest_.find('>');
        if (end == std::string_view::npos) return false;
        target = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return true;
    }

    /// A name with or without a value. `;` without anything behind it is allowed, and is no name.
    bool take_parameter(Link& link) {
        std::string name = take_word();
        std::ranges::transform(name, name.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        std::string value;
        const bool has_value = take('=');
        if (has_value && name.empty()) return false;
        if (has_value && !take_value(value)) return false;
        if (!name.empty()) link.parameters.emplace_back(std::move(name), std::move(value));
        return true;
    }

 private:
    void skip_blanks() {
        while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    }

    std::string take_word() {
        skip_blanks();
        const std::size_t end = std::min(rest_.find_first_of(" \t=;,\"<>"), rest_.size());
        std::string word(rest_.substr(0, end));
        rest_.remove_prefix(end);
        return word;
    }

    bool take_value(std::string& value) {
        if (!take('"')) {
            value = take_word();
            return true;
        }
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"') return true;
            if (c == '\\' && !rest_.empty()) {
                value += rest_.front();
                rest_.remove_prefix(1);
            } else {
                value += c;
            }
        }
        return false;
    }

    std::string_view rest_;
};

bool take_link(LinkReader& reader, Link& link) {
    if (!reader.take_target(link.target)) return false;
    while (reader.take(';')) {
        if (!reader.take_parameter(link)) return false;
    }
    return true;
}

}  // namespace

bool Link::has_relation(std::string_view relation) const {
    const std::string* words = parameter("rel");
    if (words == nullptr || parameter("anchor") != nullptr) return false;
    std::string_view rest = *words;
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
        if (same_name(word, relation)) return true;
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    }
    return false;
}

Result<std::vector<Link>> parse_link_header(std::string_view text) {
    std::vector<Link> links;
    LinkReader reader(text);
    while (!reader.ended()) {
        if (reader.take(',')) continue;  // Empty elements of a list are allowed.
        Link link;
        const bool whole = take_link(reader, link) && (reader.ended() || reader.take(','));
        if (!whole) {
            return std::unexpected(Error{ErrorKind::Data,
                                         "bad-link",
                                         "the Link header of the answer cannot be read",
                                         {},
                                         ascii_excerpt(Redactor().clean(text), kShownBytesMax),
                                         {}});
        }
        links.push_back(std::move(link));
    }
    return links;
}

Result<std::optional<std::string>> next_url(const Response& response) {
    for (const std::string& header : response.headers.all("Link")) {
        auto links = parse_link_header(header);
        if (!links) return std::unexpected(std::move(links).error());
        for (const Link& link : *links) {
            if (!link.has_relation("next")) continue;
            const auto page = Url::parse(response.effective_url);
            if (!page) return std::unexpected(page.error());
            const auto next = page->resolve(link.target);
            if (!next) return std::unexpected(next.error());
            return next->text();
        }
    }
    return std::nullopt;
}

}  // namespace streams::http
