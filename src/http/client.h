#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/headers.h"
#include "http/redact.h"
#include "http/url.h"
#include "streams/error.h"

namespace streams::http {

/// What is asked.
struct Request {
    std::string method = "GET";
    std::string url;  ///< Absolute. `user:password@` becomes basic authentication.
    Query query;      ///< Joined to the URL's own, encoded.
    Headers headers;
    std::string body;

    /// A URL of the origin that the credentials are for; empty: `url`. A page of another origin, as
    /// a `Link` may name one, is asked without them.
    std::string home;

    /// Sending twice does no harm. GET, HEAD, OPTIONS, PUT and DELETE always count as such.
    bool repeatable = false;

    Redactor secrets;  ///< Never in an error. `Authenticator` fills it.
};

/// What came back, whole: a body that was cut off, in whatever coding, is an error and no response.
struct Response {
    int status = 0;
    Headers headers;
    std::string body;           ///< Decompressed.
    std::string effective_url;  ///< After redirects.
};

struct ClientOptions {
    std::string user_agent = "streams";
    std::chrono::seconds connect_timeout{10};
    std::chrono::seconds idle_timeout{60};               ///< Without a byte.
    std::chrono::seconds total_timeout{600};             ///< Of one `send`, redirects included.
    std::size_t body_bytes_max = std::size_t{64} << 20;  ///< Decompressed; against bombs.
    std::size_t header_bytes_max = std::size_t{256} << 10;
    unsigned redirects_max = 10;
    std::string ca_file;  ///< Further trusted certificates, instead of the system's; PEM.
    std::function<bool()> stopping;  ///< Asked once a second; a yes ends the request.
};

/// The HTTP client of all connectors: HTTP/1.1, HTTP/2 under TLS, gzip, connections kept.
///
///     auto client = make_client({.user_agent = "stream-github/0.1.0"});
///     auto response = (*client)->send({.url = "https://api.github.com/repos/a/b"});
///
/// **Promise.** TLS certificates are always verified. Redirects lead to http and https only, and
/// to another origin (scheme, host, port) only with `Accept`, `Content-Type` and `User-Agent`: no
/// credentials, cookies or headers of the caller's. No secret of the request is in an error.
/// **Errors.** One for each way in which no whole response came; a status of 400 and more is a
/// response. Transient: `unreachable`, `timeout`, `short-answer`, `bad-answer`. Config: `bad-url`,
/// `bad-header`, `tls-refused`. Failed: `answer-too-large`, `bad-redirect`, `stopped`.
/// **Limits.** A body without length, chunks or compression, which ends with its connection, cannot
/// be known to be whole (HTTP/1.0 has no other kind): its reader has to tell.
/// **Threads.** One at a time.
class Client {
 public:
    Client() = default;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    virtual ~Client() = default;

    virtual Result<Response> send(const Request& request) = 0;
};

Result<std::unique_ptr<Client>> make_client(ClientOptions options);

/// Whether the request may be sent again when it is unknown whether the other side acted on it.
bool is_repeatable(const Request& request);

/// `GET https://api.github.com/repos/a/b?page=2`, secrets hidden, for messages.
std::string shown_request(const Request& request);

}  // namespace streams::http
