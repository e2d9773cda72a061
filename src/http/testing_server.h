#pragma once

#include <arpa/inet.h>
#include <cstdlib>
#include <functional>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "streams/error.h"

namespace streams::http {

/// What the clients of a `TestingServer` have asked so far.
class Requests {
 public:
    void add(const std::string& request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
    }
    std::vector<std::string> all() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

 private:
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
};

/// One connection of a `TestingServer`, seen from the server: bytes, and nothing that knows HTTP
/// well enough to keep a test from being rude.
class Peer {
 public:
    Peer(int socket, Requests& requests) : socket_(socket), requests_(requests) {}
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer() { close(); }

    /// The next request, head and body as sent; empty once the client has closed.
    std::string request() {
        std::string text;
        std::size_t wanted = std::string::npos;
        while (text.size() < wanted) {
            char bytes[4096];
            const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
            if (got <= 0) return {};
            text.append(bytes, static_cast<std::size_t>(got));
            const std::size_t end = text.find("\r\n\r\n");
            if (end != std::string::npos) wanted = end + 4 + body_bytes(text.substr(0, end));
        }
        requests_.add(text);
        return text;
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// For whoever speaks more than bytes, such as TLS.
    int socket() const { return socket_; }

    /// Says nothing more until the client goes away.
    void stall() {
        char byte = 0;
        while (recv(socket_, &byte, 1, 0) > 0) continue;
    }

    /// Ends with FIN.
    void close() {
        const std::lock_guard lock(mutex_);
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }

    /// Ends with RST.
    void reset() {
        const std::lock_guard lock(mutex_);
        const linger now{.l_onoff = 1, .l_linger = 0};
        setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        ::close(std::exchange(socket_, -1));
    }

    /// Wakes the script, from another thread, with the end of its connection.
    void abandon() {
        const std::lock_guard lock(mutex_);
        if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
    }

 private:
    static std::size_t body_bytes(const std::string& head) {
        const std::size_t at = head.find("Content-Length: ");
        return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 16, nullptr, 10);
    }

    std::mutex mutex_;  // For the end of the socket: its number must not be another's by then.
    int socket_;
    Requests& requests_;
};

/// A server for tests that plays a script on each connection, each on a thread of its own.
class TestingServer {
 public:
    using Script = std::function<void(Peer&)>;
    using Answering = std::function<std::string(const std::string& request)>;

    explicit TestingServer(Script script) : script_(std::move(script)) {
        listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        ensure(bind(listening_, plain, size) == 0 && listen(listening_, 64) == 0 &&
                   getsockname(listening_, plain, &size) == 0,
               "a test can listen on a port of its own");
        port_ = ntohs(address.sin_port);
        accepting_ = std::jthread([this] { accept_all(); });
    }
    TestingServer(const TestingServer&) = delete;
    TestingServer& operator=(const TestingServer&) = delete;
    ~TestingServer() {
        shutdown(listening_, SHUT_RDWR);
        accepting_.join();
        ::close(listening_);
        {
            const std::lock_guard lock(mutex_);
            for (Peer& peer : peers_) peer.abandon();
        }
        threads_.clear();
    }

    /// Keeps its connections and answers each request with the bytes that `answering` gives.
    static Script polite(Answering answering) {
        return [answering = std::move(answering)](Peer& peer) {
            while (true) {
                const std::string request = peer.request();
                if (request.empty()) return;
                peer.send(answering(request));
            }
        };
    }

    int port() const { return port_; }
    std::string url(std::string_view path = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
    }

    /// Head and body, as sent, in the order of their arrival.
    std::vector<std::string> requests() const { return requests_.all(); }

    std::size_t connections() const {
        const std::lock_guard lock(mutex_);
        return peers_.size();
    }

 private:
    void accept_all() {
        while (true) {
            const int socket = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) return;
            const std::lock_guard lock(mutex_);
            Peer& peer = peers_.emplace_back(socket, requests_);
            threads_.emplace_back([this, &peer] {
                script_(peer);
                peer.close();
            });
        }
    }

    const Script script_;
    int listening_ = -1;
    int port_ = 0;
    Requests requests_;
    mutable std::mutex mutex_;
    std::list<Peer> peers_;
    std::list<std::jthread> threads_;
    std::jthread accepting_;
};

/// The value of a header in a request's bytes, or `(none)`.
inline std::string header_of(const std::string& request, const std::string& name) {
    const std::size_t at = request.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "(none)";
    const std::size_t begin = at + 4 + name.size();
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

/// A whole answer with its length: `answer(200, "ETag: x\r\n", "[]")`.
inline std::string answer(int status, std::string_view headers, std::string_view body) {
    return "HTTP/1.1 " + std::to_string(status) + " Said\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace streams::http
