#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/error.h"

namespace streams::http {

using Query = std::vector<std::pair<std::string, std::string>>;

/// An absolute `http` or `https` URL, without a fragment.
class Url {
 public:
    /// **Errors.** Config `bad-url`: not absolute, another scheme, control characters.
    static Result<Url> parse(std::string_view text);

    /// What `reference`, as a `Location` or a `Link` gives it, means on this page. A user name or a
    /// password in it is dropped: another side does not choose our credentials.
    Result<Url> resolve(std::string_view reference) const;

    /// The URL with further parameters, encoded, behind those that it has.
    Url with_query(const Query& query) const;

    /// Whether the query has a parameter of this name.
    bool has_parameter(std::string_view name) const;

    /// What is sent and shown; user name and password are never part of it.
    const std::string& text() const { return text_; }

    /// Scheme, host in small letters, and port: `https://api.github.com:443`.
    const std::string& origin() const { return origin_; }

    /// `user:password` as it stood in front of the host, percent escapes decoded; mostly empty.
    const std::string& user_info() const { return user_info_; }

    /// Whether the host is this machine by its name or address, so that no proxy is asked.
    bool is_loopback() const;

 private:
    Url() = default;
    static Result<Url> of(std::string_view base, std::string_view reference);

    std::string text_;
    std::string origin_;
    std::string user_info_;
    std::string host_;
};

}  // namespace streams::http
