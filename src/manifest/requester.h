#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "manifest/authentication.h"
#include "manifest/error_handler.h"
#include "manifest/request_parts.h"

namespace streams::manifest {

/// What is asked: HttpRequester. Immutable.
class Requester {
 public:
    Requester() = default;  ///< Asks nothing; `make` gives a real one.
    static Result<Requester> make(const Part& part);

    /// The request without what paginator, partition and cursor add. `scope` may have
    /// `stream_partition` and `next_page_token`.
    Result<http::Request> request(const Scope& scope) const;

    /// Parameters, headers and body as the manifest gives them.
    Result<RequestParts> parts(const Scope& scope) const;

    const Authentication& authentication() const { return *authentication_; }
    const ErrorHandler& error_handler() const { return error_handler_; }

 private:
    using Pairs = std::vector<std::pair<Template, Template>>;

    /// A value of a JSON body: a template, or a literal of any kind.
    struct BodyValue {
        std::vector<std::string> path;
        Template value;
        Json literal;
    };

    Result<> read_parts(const Part& part);
    Result<> read_json(const Part& part);
    Result<> fill_json(const Scope& scope, Json& out) const;
    static Result<Pairs> pairs_of(const Part& part, std::string_view property);

    Template url_base_;
    Template path_;
    std::string method_;
    Pairs parameters_;
    Pairs headers_;
    std::vector<BodyValue> json_;
    Pairs form_;
    std::unique_ptr<Authentication> authentication_;
    ErrorHandler error_handler_;
};

}  // namespace streams::manifest
