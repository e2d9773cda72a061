#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/headers.h"
#include "streams/error.h"

namespace streams::http {

/// A request that has arrived whole.
struct Asked {
    std::string method;  ///< As sent: `GET`.
    std::string target;  ///< As sent: `/repos/a%20b?page=2`.
    std::string path;    ///< Without the query, percent escapes decoded.
    std::vector<std::pair<std::string, std::string>> query;  ///< In order, decoded.
    Headers headers;
    std::string body;

    /// The first value of the query parameter `name`, or null.
    const std::string* parameter(std::string_view name) const {
        for (const auto& [key, value] : query) {
            if (key == name) return &value;
        }
        return nullptr;
    }
};

/// What the server sends back. The length and the date are added.
struct Answer {
    int status = 200;
    Headers headers;
    std::string body;
};

/// Called by several threads at once; must not throw.
using Handler = std::function<Answer(const Asked&)>;

struct ServerOptions {
    std::string host = "127.0.0.1";  ///< An address, IPv4 or IPv6; not a name.
    int port = 0;                    ///< 0: any that is free; `port()` says which.
    unsigned threads = 2;
    std::size_t body_bytes_max = std::size_t{20} << 20;    ///< More is answered by 413.
    std::size_t header_bytes_max = std::size_t{16} << 10;  ///< More is answered by 431.
    unsigned connections_max = 1000;
    unsigned idle_timeout_s = 60;
    unsigned stop_grace_s = 10;  ///< For the requests that are being answered.
};

/// A small HTTP/1.1 server on threads of its own.
///
///     auto server = Server::start({.port = 8080}, [](const Asked& asked) {
///         return Answer{200, {{"Content-Type", "text/plain"}}, asked.path};
///     });
///
/// **Promise.** A request whose length could be read in two ways (two lengths, a length and chunks)
/// is refused with 400 and its connection closed. The handler sees only whole requests.
/// **Threads.** `stop` may be called by any thread but the handler's.
class Server {
 public:
    static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler);

    Server() = default;
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    virtual ~Server() = default;

    virtual int port() const = 0;

    /// `http://127.0.0.1:8080`, without a slash at the end.
    virtual std::string url() const = 0;

    /// Takes no more connections, lets the answers under way leave, and ends. The destructor does
    /// the same.
    virtual void stop() = 0;
};

}  // namespace streams::http
