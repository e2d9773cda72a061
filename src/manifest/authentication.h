#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/authentication.h"
#include "manifest/part.h"

namespace streams::manifest {

/// How requests are authenticated, before the settings are known: BearerAuthenticator,
/// ApiKeyAuthenticator, BasicHttpAuthenticator, NoAuth. Immutable.
class Authentication {
 public:
    Authentication() = default;
    Authentication(const Authentication&) = delete;
    Authentication& operator=(const Authentication&) = delete;
    virtual ~Authentication() = default;

    /// Null where there is nothing to send. White space around a secret is dropped: it cannot be
    /// part of a header, and files and variables often end in a line break.
    virtual http::AuthenticatorResult open(const Scope& scope) const = 0;

    /// The templates of its secrets, to find the settings that they come from.
    virtual std::vector<std::string> sources() const = 0;
};

/// NoAuth where `requester` says nothing.
Result<std::unique_ptr<Authentication>> make_authentication(const Part& requester);

}  // namespace streams::manifest
