#include "http/authentication.h"

#include <algorithm>
#include <fmt/format.h>

#include "http/base64.h"

namespace streams::http {
namespace {

class HeaderAuthenticator final : public Authenticator {
 public:
    HeaderAuthenticator(std::string name, std::string value, std::vector<std::string> secrets)
        : name_(std::move(name)), value_(std::move(value)), secrets_(std::move(secrets)) {}

    Result<> authenticate(Request& request) override {
        for (const std::string& secret : secrets_) request.secrets.hide(secret);
        request.headers.set(name_, value_);
        return {};
    }

 private:
    const std::string name_;
    const std::string value_;
    const std::vector<std::string> secrets_;
};

class QueryAuthenticator final : public Authenticator {
 public:
    QueryAuthenticator(std::string name, std::string value)
        : name_(std::move(name)), value_(std::move(value)) {}

    Result<> authenticate(Request& request) override {
        request.secrets.hide(value_);
        const auto url = Url::parse(request.url);
        if (!url) return std::unexpected(url.error());
        const auto home = request.home.empty() ? url : Url::parse(request.home);
        if (!home) return std::unexpected(home.error());
        std::erase_if(request.query, [this](const auto& pair) { return pair.first == name_; });
        if (home->origin() == url->origin() && !url->has_parameter(name_)) {
            request.query.emplace_back(name_, value_);
        }
        return {};
    }

 private:
    const std::string name_;
    const std::string value_;
};

/// What is wrong with a secret, told without telling it; empty if nothing is.
std::string fault_of(const std::string& secret) {
    if (secret.empty()) return "it is empty";
    if (secret.back() == '\n' || secret.back() == '\r') return "it ends in a line break";
    if (secret.front() == ' ' || secret.front() == '\t') return "it begins with a blank";
    if (secret.back() == ' ' || secret.back() == '\t') return "it ends in a blank";
    const bool plain = std::ranges::none_of(secret, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
    return plain ? "" : "it has a line break or another control character";
}

Result<> check_secret(const std::string& secret, const std::string& setting) {
    std::string fault = fault_of(secret);
    if (fault.empty()) return {};
    return std::unexpected(Error{ErrorKind::Config, "bad-secret",
                                 fmt::format("{} cannot be sent", setting), setting,
                                 std::move(fault), "set it again, without what does not belong"});
}

}  // namespace

AuthenticatorResult make_token_authenticator(const std::string& scheme, std::string token,
                                             const std::string& setting) {
    STREAMS_TRY(check_secret(token, setting));
    std::string value = scheme + " " + token;
    return std::make_unique<HeaderAuthenticator>("Authorization", std::move(value),
                                                 std::vector{std::move(token)});
}

AuthenticatorResult make_basic_authenticator(std::string user, std::string password,
                                             const std::string& setting) {
    STREAMS_TRY(check_secret(user, setting));
    if (!password.empty()) STREAMS_TRY(check_secret(password, setting));
    if (user.find(':') != std::string::npos) {
        return std::unexpected(Error{ErrorKind::Config, "bad-secret",
                                     fmt::format("{} cannot be sent", setting), setting,
                                     "the user name has a colon", "basic authentication has none"});
    }
    const std::string packed = base64(user + ":" + password);
    // Where there is no password the user is the secret.
    std::string secret = password.empty() ? std::move(user) : std::move(password);
    return std::make_unique<HeaderAuthenticator>("Authorization", "Basic " + packed,
                                                 std::vector{packed, std::move(secret)});
}

AuthenticatorResult make_header_authenticator(std::string name, std::string value,
                                              const std::string& setting) {
    STREAMS_TRY(check_secret(value, setting));
    std::string secret = value;
    return std::make_unique<HeaderAuthenticator>(std::move(name), std::move(value),
                                                 std::vector{std::move(secret)});
}

AuthenticatorResult make_query_authenticator(std::string name, std::string value,
                                             const std::string& setting) {
    STREAMS_TRY(check_secret(value, setting));
    return std::make_unique<QueryAuthenticator>(std::move(name), std::move(value));
}

}  // namespace streams::http
