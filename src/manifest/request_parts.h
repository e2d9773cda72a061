#pragma once

#include <string>
#include <vector>

#include "http/client.h"
#include "manifest/json.h"
#include "manifest/part.h"

namespace streams::manifest {

/// A request while its parts come together.
struct RequestParts {
    http::Query query;
    http::Headers headers;
    http::Query form;  ///< Of a body in `application/x-www-form-urlencoded`.
    Json json;         ///< Of a JSON body; null: none.

    /// Puts everything into `request`. Parameters that its URL has already are left out.
    Result<> apply_to(http::Request& request) &&;
};

/// Where a value goes: RequestOption.
class RequestOption {
 public:
    static Result<RequestOption> make(const Part& part);

    Result<> inject(const Json& value, const Scope& scope, RequestParts& parts) const;

 private:
    enum class Into : std::uint8_t { Parameter, Header, Form, Json };

    Into into_ = Into::Parameter;
    std::vector<Template> path_;
};

/// `request_option`-like properties: none where missing.
Result<std::optional<RequestOption>> optional_request_option(const Part& part,
                                                             std::string_view property);

}  // namespace streams::manifest
