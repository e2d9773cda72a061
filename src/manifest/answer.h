#pragma once

#include <string>

#include "http/client.h"
#include "manifest/json.h"
#include "streams/error.h"

namespace streams::manifest {

/// An answer as templates see it: `response` and `headers`.
class Answer {
 public:
    /// Reads the body as JSON; nothing (204) is null.
    explicit Answer(const http::Response& response);

    int status() const { return status_; }

    /// Null where the body is not JSON.
    const Json& body() const { return body_; }
    Json& body() { return body_; }

    /// Why it is not JSON. Data `answer-not-json`.
    const Result<>& readable() const { return readable_; }

    /// Why its `Link` cannot be read; to go on without it might lose pages. Data `bad-link`.
    const Result<>& links_readable() const { return links_readable_; }

    /// The headers as sent, and in small letters; `link` by relation: `headers.link.next.url`.
    const Json& headers() const { return headers_; }

    /// What the other side says is wrong, in its own words; empty if it does not.
    std::string complaint() const;

 private:
    int status_;
    Json body_;
    Result<> readable_;
    Result<> links_readable_;
    Json headers_;
};

}  // namespace streams::manifest
