#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/headers.h"

namespace streams::http {

/// Whether a header or a query parameter of this name holds what nobody may read: `Authorization`,
/// `Cookie`, `X-Api-Key`, `access_token`, `password` and their like.
bool is_secret_name(std::string_view name);

/// The URL with `***` for its user name and password, and for parameters with a secret's name.
std::string redact_url(std::string_view url);

/// `Name: value` lines with `***` for the values of secret names. For logs at the highest detail.
std::string redact_headers(const Headers& headers);

/// Takes known secrets out of any text.
class Redactor {
 public:
    /// From now on `secret` and its percent-encoded and base64 forms are replaced. One of fewer
    /// than 4 bytes is left alone: it would take innocent text along.
    void hide(std::string_view secret);

    /// `text` with `***` for every secret, and through `redact_url` for the URLs in it.
    std::string clean(std::string_view text) const;

 private:
    std::vector<std::string> secrets_;  // Longest first: one may be part of another.
};

}  // namespace streams::http
