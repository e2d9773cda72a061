#pragma once

#include <memory>
#include <string>

#include "http/client.h"
#include "streams/error.h"

namespace streams::http {

/// Puts credentials into requests. What it adds goes only to the origin of `Request::home`, and is
/// known to `Request::secrets`, so that no error shows it.
class Authenticator {
 public:
    Authenticator() = default;
    Authenticator(const Authenticator&) = delete;
    Authenticator& operator=(const Authenticator&) = delete;
    virtual ~Authenticator() = default;

    /// Called before each attempt: a wait may outlive a token. Twice does no harm.
    virtual Result<> authenticate(Request& request) = 0;

    /// Called when the other side refused the credentials with 401. Returns whether there are newer
    /// ones, so that trying again makes sense.
    virtual Result<bool> renew() { return false; }
};

/// What the makers below refuse: Config `bad-secret`, when a secret is empty or has a line break or
/// a blank at an end; `setting` names it in the message.
using AuthenticatorResult = Result<std::unique_ptr<Authenticator>>;

/// `Authorization: SCHEME TOKEN`; the usual schemes are `Bearer` and `token`.
AuthenticatorResult make_token_authenticator(const std::string& scheme, std::string token,
                                             const std::string& setting);

/// `Authorization: Basic ...`. The password may be empty: many APIs want a key as the user.
AuthenticatorResult make_basic_authenticator(std::string user, std::string password,
                                             const std::string& setting);

/// A header of any name.
AuthenticatorResult make_header_authenticator(std::string name, std::string value,
                                              const std::string& setting);

/// A parameter of the query. Replaces none that the URL has, as the URL of a next page may.
AuthenticatorResult make_query_authenticator(std::string name, std::string value,
                                             const std::string& setting);

}  // namespace streams::http
