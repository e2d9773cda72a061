#include "http/server.h"

#include <arpa/inet.h>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <microhttpd.h>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/percent.h"

namespace streams::http {
namespace {

/// How much of a body beyond the limit is read and dropped, so that the client can read the 413.
constexpr std::size_t kOverflowFactor = 4;

/// One request and what is known of it so far. Owned by the connection that it came from.
struct Exchange {
    Asked asked;
    std::size_t received = 0;
    bool begun = false;
    bool counted = false;
};

void split_target(Asked& asked) {
    const std::string_view target = asked.target;
    const std::size_t mark = target.find('?');
    asked.path = percent_decode(target.substr(0, mark));
    if (mark == std::string_view::npos) return;
    std::string_view rest = target.substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        const auto value = equals == std::string_view::npos ? "" : pair.substr(equals + 1);
        asked.query.emplace_back(percent_decode(pair.substr(0, equals), true),
                                 percent_decode(value, true));
    }
}

/// The socket address of `host` and `port`; without a family if `host` is not an address.
sockaddr_storage address_of(const std::string& host, int port) {
    sockaddr_storage storage{};
    const auto net_port = htons(static_cast<std::uint16_t>(port));
    sockaddr_in four{};
    sockaddr_in6 six{};
    if (inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = net_port;
        std::memcpy(&storage, &four, sizeof four);
    } else if (inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = net_port;
        std::memcpy(&storage, &six, sizeof six);
    }
    return storage;
}

MHD_Result collect(void* target, MHD_ValueKind /*kind*/, const char* name, const char* value) {
    static_cast<Headers*>(target)->add(name, value == nullptr ? "" : value);
    return MHD_YES;
}

/// Whether two programs could disagree about where the body of this request ends.
bool is_ambiguous(const Headers& headers) {
    const auto lengths = headers.all("Content-Length");
    const auto codings = headers.all("Transfer-Encoding");
    if (lengths.size() > 1 || codings.size() > 1) return true;
    if (!lengths.empty() && !codings.empty()) return true;
    if (!codings.empty() && !same_name(codings.front(), "chunked")) return true;
    return !lengths.empty() && (lengths.front().empty() || lengths.front().find_first_not_of(
                                                               "0123456789") != std::string::npos);
}

class MicrohttpdServer final : public Server {
 public:
    MicrohttpdServer(ServerOptions options, Handler handler)
        : options_(std::move(options)), handler_(std::move(handler)) {}
    MicrohttpdServer(const MicrohttpdServer&) = delete;
    MicrohttpdServer& operator=(const MicrohttpdServer&) = delete;
    ~MicrohttpdServer() override { halt(); }

    Result<> listen();
    int port() const override { return port_; }
    std::string url() const override {
        const bool six = options_.host.find(':') != std::string::npos;
        return "http://" + (six ? "[" + options_.host + "]" : options_.host) + ":" +
               std::to_string(port_);
    }
    void stop() override { halt(); }

 private:
    static void* on_target(void* self, const char* target, MHD_Connection* connection);
    MHD_Result on_request(MHD_Connection* connection, const char* method, std::string_view bytes,
                          Exchange& exchange);
    static void on_completed(void* self, MHD_Connection* connection, void** exchange,
                             MHD_RequestTerminationCode code);

    MHD_Result begin(MHD_Connection* connection, Exchange& exchange, const char* method);
    MHD_Result receive(Exchange& exchange, std::string_view bytes) const;
    MHD_Result finish(MHD_Connection* connection, Exchange& exchange);
    static MHD_Result send(MHD_Connection* connection, Answer answer);
    void halt();

    const ServerOptions options_;
    const Handler handler_;
    MHD_Daemon* daemon_ = nullptr;
    int port_ = 0;
    std::mutex mutex_;
    std::condition_variable idle_;
    std::size_t active_ = 0;  // Requests between their first byte of body and their answer's last.
};

Result<> MicrohttpdServer::listen() {
    const sockaddr_storage address = address_of(options_.host, options_.port);
    if (address.ss_family == 0) {
        return std::unexpected(Error{ErrorKind::Config,
                                     "bad-address",
                                     "cannot listen on \"" + options_.host + "\"",
                                     {},
                                     "it is not an IPv4 or IPv6 address",
                                     "give an address such as 127.0.0.1 or ::1"});
    }
    // Not epoll: libmicrohttpd misses there that a client closed right behind its request, and
    // keeps the connection until it is idle for too long.
    unsigned flags = MHD_USE_POLL | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC;
    if (address.ss_family == AF_INET6) flags |= MHD_USE_IPv6;
    const MHD_AccessHandlerCallback handle =
        [](void* self, MHD_Connection* connection, const char* /*url*/, const char* method,
           const char* /*version*/, const char* data, std::size_t* size, void** exchange) {
            auto& current = *static_cast<Exchange*>(*exchange);
            // What comes with the first call is not taken; it comes again.
            const std::size_t taken = current.begun ? std::exchange(*size, 0) : 0;
            return static_cast<MicrohttpdServer*>(self)->on_request(
                connection, method, std::string_view(data, taken), current);
        };
    // One thread needs no pool: the daemon's own serves.
    const unsigned pool = options_.threads > 1 ? options_.threads : 0;
    daemon_ = MHD_start_daemon(
        flags, static_cast<std::uint16_t>(options_.port), nullptr, nullptr, handle, this,
        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, &on_target, this,
        MHD_OPTION_NOTIFY_COMPLETED, &on_completed, this, MHD_OPTION_THREAD_POOL_SIZE, pool,
        MHD_OPTION_CONNECTION_LIMIT, std::max(options_.connections_max, pool + 1),
        MHD_OPTION_CONNECTION_TIMEOUT, options_.idle_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        options_.header_bytes_max, MHD_OPTION_END);
    if (daemon_ == nullptr) {
        return std::unexpected(
            Error{ErrorKind::Failed,
                  "cannot-listen",
                  "cannot listen on " + options_.host + ":" + std::to_string(options_.port),
                  {},
                  std::strerror(errno),
                  "choose another port"});
    }
    port_ = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT)->port;
    return {};
}

void* MicrohttpdServer::on_target(void* /*self*/, const char* target,
                                  MHD_Connection* /*connection*/) {
    auto exchange = std::make_unique<Exchange>();
    exchange->asked.target = target;
    return exchange.release();  // Handed back to us by on_completed.
}

MHD_Result MicrohttpdServer::on_request(MHD_Connection* connection, const char* method,
                                        std::string_view bytes, Exchange& exchange) {
    if (!exchange.begun) return begin(connection, exchange, method);
    if (!bytes.empty()) return receive(exchange, bytes);
    return finish(connection, exchange);
}

void MicrohttpdServer::on_completed(void* self, MHD_Connection* /*connection*/, void** exchange,
                                    MHD_RequestTerminationCode /*code*/) {
    const std::unique_ptr<Exchange> ended(static_cast<Exchange*>(*exchange));
    *exchange = nullptr;
    if (ended == nullptr || !ended->counted) return;
    auto* server = static_cast<MicrohttpdServer*>(self);
    const std::lock_guard lock(server->mutex_);
    if (--server->active_ == 0) server->idle_.notify_all();
}

MHD_Result MicrohttpdServer::begin(MHD_Connection* connection, Exchange& exchange,
                                   const char* method) {
    exchange.begun = true;
    exchange.counted = true;
    {
        const std::lock_guard lock(mutex_);
        ++active_;
    }
    Asked& asked = exchange.asked;
    asked.method = method;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, &collect, &asked.headers);
    if (is_ambiguous(asked.headers)) {
        return send(connection, {400, {{"Connection", "close"}}, "the length is ambiguous\n"});
    }
    const std::string* length = asked.headers.find("Content-Length");
    const auto limit = std::to_string(options_.body_bytes_max);
    if (length != nullptr &&
        (length->size() > limit.size() || (length->size() == limit.size() && *length > limit))) {
        return send(connection, {413, {{"Connection", "close"}}, "the body is too large\n"});
    }
    split_target(asked);
    return MHD_YES;
}

MHD_Result MicrohttpdServer::receive(Exchange& exchange, std::string_view bytes) const {
    exchange.received += bytes.size();
    if (exchange.received <= options_.body_bytes_max) {
        exchange.asked.body.append(bytes);
    } else if (exchange.received / kOverflowFactor > options_.body_bytes_max) {
        return MHD_NO;
    }
    return MHD_YES;
}

MHD_Result MicrohttpdServer::finish(MHD_Connection* connection, Exchange& exchange) {
    if (exchange.received > options_.body_bytes_max) {
        return send(connection, {413, {{"Connection", "close"}}, "the body is too large\n"});
    }
    return send(connection, handler_(exchange.asked));
}

MHD_Result MicrohttpdServer::send(MHD_Connection* connection, Answer answer) {
    MHD_Response* response = MHD_create_response_from_buffer(answer.body.size(), answer.body.data(),
                                                             MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) return MHD_NO;
    for (const auto& [name, value] : answer.headers) {
        MHD_add_response_header(response, name.c_str(), value.c_str());
    }
    const MHD_Result queued =
        MHD_queue_response(connection, static_cast<unsigned>(answer.status), response);
    MHD_destroy_response(response);
    return queued;
}

void MicrohttpdServer::halt() {
    if (daemon_ == nullptr) return;
    const int listening = MHD_quiesce_daemon(daemon_);
    {
        std::unique_lock lock(mutex_);
        idle_.wait_for(lock, std::chrono::seconds(options_.stop_grace_s),
                       [this] { return active_ == 0; });
    }
    MHD_stop_daemon(daemon_);
    daemon_ = nullptr;
    if (listening >= 0) close(listening);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
    auto server = std::make_unique<MicrohttpdServer>(std::move(options), std::move(handler));
    STREAMS_TRY(server->listen());
    return server;
}

}  // namespace streams::http
