#include "manifest/authentication.h"

#include <array>

namespace streams::manifest {
namespace {

using Made = std::unique_ptr<Authentication>;

std::string trimmed(const std::string& text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t start = text.find_first_not_of(kBlanks);
    if (start == std::string::npos) return {};
    return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

Result<std::string> secret_of(const Template& secret, const Scope& scope) {
    const auto text = secret.text(scope);
    if (!text) return std::unexpected(text.error());
    return trimmed(*text);
}

// `x-streams: {optional: true}`: without the secret the requests go without it.
bool is_optional(const Part& part) {
    const Node* optional = part.extension("optional");
    return optional != nullptr && json_of(*optional).is_true();
}

class None final : public Authentication {
 public:
    static Result<Made> make(const Part& /*part*/) { return std::make_unique<None>(); }

    http::AuthenticatorResult open(const Scope& /*scope*/) const override { return nullptr; }
    std::vector<std::string> sources() const override { return {}; }
};

class Bearer final : public Authentication {
 public:
    Bearer(Template token, bool optional) : token_(std::move(token)), optional_(optional) {}

    static Result<Made> make(const Part& part) {
        auto token = part.text("api_token", "", {});
        if (!token) return std::unexpected(std::move(token).error());
        return std::make_unique<Bearer>(*std::move(token), is_optional(part));
    }

    http::AuthenticatorResult open(const Scope& scope) const override {
        auto token = secret_of(token_, scope);
        if (!token) return std::unexpected(std::move(token).error());
        if (token->empty() && optional_) return nullptr;
        return http::make_token_authenticator("Bearer", *std::move(token), "the token");
    }
    std::vector<std::string> sources() const override { return {token_.source()}; }

 private:
    Template token_;
    bool optional_;
};

class ApiKey final : public Authentication {
 public:
    ApiKey(Template token, Template name, bool in_query, bool optional)
        : token_(std::move(token)),
          name_(std::move(name)),
          in_query_(in_query),
          optional_(optional) {}

    static Result<Made> make(const Part& part) {
        auto token = part.text("api_token", "", {});
        if (!token) return std::unexpected(std::move(token).error());
        const auto option = part.child("inject_into");
        const std::string into = option ? option->word("inject_into") : "header";
        if (into != "header" && into != "request_parameter") {
            return part.refuse("inject_into", "component-later",
                               "an API key in the body is not sent here yet");
        }
        auto name = option ? option->text("field_name", "", {}) : part.text("header", "", {});
        if (!name) return std::unexpected(std::move(name).error());
        if (name->source().empty()) {
            return part.refuse("", "property-missing",
                               "ApiKeyAuthenticator needs \"inject_into\" or \"header\"");
        }
        return std::make_unique<ApiKey>(*std::move(token), *std::move(name),
                                        into == "request_parameter", is_optional(part));
    }

    http::AuthenticatorResult open(const Scope& scope) const override {
        auto token = secret_of(token_, scope);
        if (!token) return std::unexpected(std::move(token).error());
        auto name = name_.text(scope);
        if (!name) return std::unexpected(std::move(name).error());
        if (token->empty() && optional_) return nullptr;
        return in_query_ ? http::make_query_authenticator(*name, *std::move(token), *name)
                         : http::make_header_authenticator(*name, *std::move(token), *name);
    }
    std::vector<std::string> sources() const override { return {token_.source()}; }

 private:
    Template token_;
    Template name_;
    bool in_query_;
    bool optional_;
};

class Basic final : public Authentication {
 public:
    Basic(Template user, Template password)
        : user_(std::move(user)), password_(std::move(password)) {}

    static Result<Made> make(const Part& part) {
        auto user = part.text("username", "", {});
        if (!user) return std::unexpected(std::move(user).error());
        auto password = part.text("password", "", {});
        if (!password) return std::unexpected(std::move(password).error());
        return std::make_unique<Basic>(*std::move(user), *std::move(password));
    }

    http::AuthenticatorResult open(const Scope& scope) const override {
        auto user = secret_of(user_, scope);
        if (!user) return std::unexpected(std::move(user).error());
        auto password = secret_of(password_, scope);
        if (!password) return std::unexpected(std::move(password).error());
        return http::make_basic_authenticator(*std::move(user), *std::move(password),
                                              "the user or the password");
    }
    std::vector<std::string> sources() const override {
        return {user_.source(), password_.source()};
    }

 private:
    Template user_;
    Template password_;
};

const std::array<Maker<Made>, 4>& makers() {
    static const std::array<Maker<Made>, 4> all = {{
        {"NoAuth", None::make},
        {"BearerAuthenticator", Bearer::make},
        {"ApiKeyAuthenticator", ApiKey::make},
        {"BasicHttpAuthenticator", Basic::make},
    }};
    return all;
}

}  // namespace

Result<Made> make_authentication(const Part& requester) {
    const auto part = requester.child("authenticator");
    if (!part) return None::make(requester);
    return make_by_kind<Made>(*part, makers(), "authenticator");
}

}  // namespace streams::manifest
