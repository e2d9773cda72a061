#include "http/server.h"

#include <arpa/inet.h>
#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "http/client.h"

namespace streams::http {
namespace {

/// Sends bytes, and returns all that comes back until the server closes or the answer is whole.
std::string raw(int port, const std::string& bytes) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    shutdown(socket, SHUT_WR);
    std::string answer;
    char some[4096];
    for (ssize_t got = 1; got > 0;) {
        got = recv(socket, some, sizeof some, 0);
        if (got > 0) answer.append(some, static_cast<std::size_t>(got));
    }
    close(socket);
    return answer;
}

Answer echo(const Asked& asked) {
    std::string body = asked.method + " " + asked.target + " " + asked.path + "\n";
    for (const auto& [name, value] : asked.query) body += name + "=" + value + "\n";
    return {200, {{"Link", "<a>"}, {"Link", "<b>"}}, body + asked.body};
}

std::unique_ptr<Server> serve(ServerOptions options = {}, Handler handler = echo) {
    auto server = Server::start(std::move(options), std::move(handler));
    EXPECT_TRUE(server);
    return *std::move(server);
}

Result<Response> ask(const Request& request) {
    return (*make_client({}))->send(request);
}

TEST(Server, HandsOverTheRequestAndSendsTheAnswer) {
    const auto server = serve();
    const auto response = ask({.method = "POST",
                               .url = server->url() + "/a%20b%00c",
                               .query = {{"x y", "1&2"}, {"empty", ""}},
                               .body = std::string("ab\0c", 4)});
    ASSERT_TRUE(response) << response.error().why;
    const std::string nul(1, '\0');
    EXPECT_EQ(response->body, "POST /a%20b%00c?x%20y=1%262&empty= /a b" + nul +
                                  "c\nx y=1&2\nempty=\nab" + nul + "c");
    EXPECT_EQ(response->headers.all("link"), (std::vector<std::string>{"<a>", "<b>"}));
    EXPECT_TRUE(response->headers.has("Date"));
}

TEST(Server, AHeadHasTheLengthAndNoBody) {
    const auto server = serve();
    const auto response = ask({.method = "HEAD", .url = server->url() + "/x"});
    ASSERT_TRUE(response) << response.error().why;
    EXPECT_EQ(response->body, "");
    EXPECT_EQ(response->headers.all("Content-Length"), std::vector<std::string>{"11"});
}

TEST(Server, RefusesABodyBeyondTheLimit) {
    const auto server = serve({.body_bytes_max = 100});
    const auto post = [&](std::size_t bytes) {
        const auto response =
            ask({.method = "POST", .url = server->url() + "/", .body = std::string(bytes, 'x')});
        return response ? response->status : 0;
    };
    EXPECT_EQ(post(100), 200);
    EXPECT_EQ(post(101), 413);
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string chunk = "40\r\n" + std::string(64, 'x') + "\r\n";
    EXPECT_TRUE(raw(server->port(), head + chunk + "0\r\n\r\n").starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(
        raw(server->port(), head + chunk + chunk + "0\r\n\r\n").starts_with("HTTP/1.1 413"));
    EXPECT_TRUE(raw(server->port(),
                    "POST / HTTP/1.1\r\nHost: x\r\n"
                    "Content-Length: 99999999999999999999\r\n\r\n")
                    .starts_with("HTTP/1.1 4"));
}

TEST(Server, RefusesHeadersBeyondTheLimit) {
    const auto server = serve();
    const auto response =
        ask({.url = server->url() + "/", .headers = {{"X", std::string(20'000, 'x')}}});
    ASSERT_TRUE(response) << response.error().why;
    EXPECT_EQ(response->status, 431);
}

TEST(ServerN8, RefusesARequestWithTwoReadings) {
    const auto server = serve();
    for (const char* headers : {"Content-Length: 1\r\nContent-Length: 2\r\n",
                                "Content-Length: 1\r\nContent-Length: 1\r\n",
                                "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                                "Transfer-Encoding: gzip\r\n", "Content-Length: +1\r\n",
                                "Content-Length: -1\r\n", "Content-Length: 0x1\r\n"}) {
        const std::string answer =
            raw(server->port(), std::string("POST / HTTP/1.1\r\nHost: x\r\n") + headers +
                                    "\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << headers << answer;
        EXPECT_EQ(answer.find("smuggled"), std::string::npos) << headers << answer;
    }
}

TEST(Server, AnswersOthersWhileOneIsBusy) {
    std::mutex mutex;
    std::condition_variable changed;
    int inside = 0;
    const auto server = serve({.threads = 4}, [&](const Asked&) {
        std::unique_lock lock(mutex);
        ++inside;
        changed.notify_all();
        const bool met =
            changed.wait_for(lock, std::chrono::seconds(20), [&] { return inside >= 2; });
        return Answer{met ? 200 : 500, {}, ""};
    });
    const auto status = [&server] {
        const auto response = ask({.url = server->url() + "/"});
        return response ? response->status : 0;
    };
    int first = 0;
    {
        const std::jthread client([&] { first = status(); });
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return inside == 1; });
        lock.unlock();
        EXPECT_EQ(status(), 200);
    }
    EXPECT_EQ(first, 200);
}

TEST(Server, AStopLetsTheAnswerUnderWayLeave) {
    std::mutex mutex;
    std::condition_variable changed;
    bool inside = false;
    auto server = serve({}, [&](const Asked&) {
        std::unique_lock lock(mutex);
        inside = true;
        changed.notify_all();
        changed.wait_for(lock, std::chrono::milliseconds(300), [] { return false; });
        return Answer{200, {}, "late"};
    });
    std::string body;
    {
        const std::jthread client([&] {
            const auto response = ask({.url = server->url() + "/"});
            body = response ? response->body : response.error().why;
        });
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return inside; });
        lock.unlock();
        server->stop();
    }
    EXPECT_EQ(body, "late");
    EXPECT_FALSE(ask({.url = server->url() + "/"})) << "nobody listens any more";
    server->stop();
}

TEST(Server, APortThatIsTakenIsAnError) {
    const auto server = serve();
    const auto second = Server::start({.port = server->port()}, echo);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().id, "cannot-listen");
    EXPECT_EQ(Server::start({.host = "localhost"}, echo).error().id, "bad-address");
}

TEST(Server, AnIdleConnectionIsClosed) {
    const auto server = serve({.idle_timeout_s = 1});
    EXPECT_EQ(raw(server->port(), "GET / HT"), "");
}

TEST(Server, ServesIpv6) {
    const auto server = Server::start({.host = "::1"}, echo);
    if (!server) GTEST_SKIP() << "SKIPPED: no IPv6 here";
    const auto response = ask({.url = (*server)->url() + "/x"});
    ASSERT_TRUE(response) << response.error().why;
    EXPECT_EQ(response->status, 200);
}

}  // namespace
}  // namespace streams::http
