#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "http/client.h"

namespace streams::http {

/// One request to one URL; redirects are answers like others.
struct Hop {
    std::string method;
    Url url;
    Headers headers;
    std::string_view body;
    bool repeatable = false;
    std::chrono::milliseconds time_max{0};
};

/// Asks and receives, one hop at a time, over connections that are kept.
class Transport {
 public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    /// The errors of `Client`, still without `where` and not yet cleaned of secrets.
    virtual Result<Response> exchange(const Hop& hop) = 0;
};

/// `options` outlive the transport.
Result<std::unique_ptr<Transport>> make_transport(const ClientOptions& options);

}  // namespace streams::http
