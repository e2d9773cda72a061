#include "http/client.h"

#include <gtest/gtest.h>
#include <map>
#include <zlib.h>

#include "base/clock.h"
#include "http/testing_server.h"

namespace streams::http {
namespace {

std::string gzip(const std::string& text) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string input = text;
    std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

ClientOptions quick() {
    ClientOptions options;
    options.idle_timeout = std::chrono::seconds(1);
    return options;
}

Result<Response> ask(const Request& request, const ClientOptions& options = quick()) {
    auto client = make_client(options);
    EXPECT_TRUE(client);
    return (*client)->send(request);
}

std::string id_of(const Result<Response>& response) {
    return response ? "answered" : response.error().id;
}

/// What one canned answer, byte for byte, is for the client.
Result<Response> ask_for(const std::string& bytes, const std::string& method = "GET") {
    TestingServer server([&bytes](Peer& peer) {
        peer.request();
        peer.send(bytes);
    });
    return ask({.method = method, .url = server.url()});
}

TEST(Client, AsksAndReceives) {
    TestingServer server(TestingServer::polite([](const std::string&) {
        return answer(200, "ETag: \"x\"\r\nlink: a\r\nLINK:  b \r\n", "[1]");
    }));
    const auto response = ask({.url = server.url("/a?x=1"),
                               .query = {{"q", "b c"}},
                               .headers = {{"Accept", "application/json"}}});
    ASSERT_TRUE(response) << response.error().what;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "[1]");
    EXPECT_EQ(response->headers.all("etag"), std::vector<std::string>{"\"x\""});
    EXPECT_EQ(response->headers.all("Link"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(response->effective_url, server.url("/a?x=1&q=b%20c"));
    const std::string seen = server.requests().front();
    EXPECT_EQ(seen.substr(0, seen.find("\r\n")), "GET /a?x=1&q=b%20c HTTP/1.1");
    EXPECT_EQ(header_of(seen, "Accept"), "application/json");
    EXPECT_EQ(header_of(seen, "User-Agent"), "streams");
    EXPECT_EQ(header_of(seen, "Accept-Encoding"), "gzip");
}

TEST(Client, KeepsItsConnection) {
    TestingServer server(
        TestingServer::polite([](const std::string&) { return answer(200, "", "x"); }));
    const auto client = make_client({});
    for (int i = 0; i < 5; ++i) ASSERT_TRUE((*client)->send({.url = server.url()}));
    EXPECT_EQ(server.connections(), 1U);
}

TEST(Client, AnErrorStatusIsAResponse) {
    const auto response = ask_for(answer(503, "", "away"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 503);
    EXPECT_EQ(response->body, "away");
}

TEST(Client, SendsABodyWithItsOwnType) {
    TestingServer server(
        TestingServer::polite([](const std::string&) { return answer(201, "", ""); }));
    ASSERT_TRUE(ask({.method = "POST",
                     .url = server.url(),
                     .headers = {{"Content-Type", "application/json"}},
                     .body = std::string("{\"a\":\0}", 7)}));
    const std::string seen = server.requests().front();
    EXPECT_EQ(header_of(seen, "Content-Type"), "application/json");
    EXPECT_EQ(header_of(seen, "Expect"), "(none)");
    EXPECT_EQ(seen.substr(seen.find("\r\n\r\n") + 4), std::string("{\"a\":\0}", 7));
}

TEST(Client, EachMethodIsSentAsItIs) {
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        TestingServer server(TestingServer::polite([](const std::string& request) {
            return request.starts_with("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
                                               : answer(200, "", "some body");
        }));
        const auto response = ask({.method = method, .url = server.url()});
        ASSERT_TRUE(response) << method << ": " << response.error().why;
        const std::string seen = server.requests().front();
        EXPECT_TRUE(seen.starts_with(std::string(method) + " / HTTP/1.1\r\n")) << seen;
        EXPECT_EQ(response->body, method == std::string("HEAD") ? "" : "some body");
    }
}

TEST(Client, AHeaderCannotSmuggleAnother) {
    const auto response =
        ask({.url = "http://127.0.0.1:1/", .headers = {{"Authorization", "Bearer abcdef\n"}}});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().id, "bad-header");
    EXPECT_EQ(response.error().kind, ErrorKind::Config);
    EXPECT_EQ(id_of(ask({.url = "http://127.0.0.1:1/", .headers = {{"A\r\nB", "c"}}})),
              "bad-header");
    EXPECT_EQ(id_of(ask({.method = "GET /x", .url = "http://127.0.0.1:1/"})), "bad-method");
}

TEST(Client, InterimAnswersAreNotTheAnswer) {
    const auto response =
        ask_for("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + answer(200, "A: b\r\n", "[]"));
    ASSERT_TRUE(response) << response.error().why;
    EXPECT_EQ(response->status, 200);
    EXPECT_FALSE(response->headers.has("Link"));
}

// N1: at whichever byte an answer ends, by FIN or by RST, it is whole or an error.
void expect_no_short_answer(const std::string& whole, const std::string& body) {
    for (const bool reset : {false, true}) {
        for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
            TestingServer server([&](Peer& peer) {
                peer.request();
                peer.send(std::string_view(whole).substr(0, bytes));
                if (reset) peer.reset();
            });
            const auto response = ask({.url = server.url()});
            if (response) {
                // The last bytes may come and say nothing new, such as the last chunk's line end.
                EXPECT_EQ(response->body, body) << bytes << " of " << whole.size();
                EXPECT_GE(bytes + 2, whole.size()) << "called whole";
            } else {
                EXPECT_EQ(response.error().kind, ErrorKind::Transient) << response.error().why;
            }
            if (!reset && bytes == whole.size()) {
                EXPECT_TRUE(response) << response.error().why;
            }
        }
    }
}

TEST(ClientN1, AnAnswerWithALengthIsWholeOrAnError) {
    expect_no_short_answer(answer(200, "A: b\r\n", "[1,2,3]"), "[1,2,3]");
}

TEST(ClientN1, AnAnswerInChunksIsWholeOrAnError) {
    expect_no_short_answer(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n",
        "[1,2]");
}

TEST(ClientN1, ACompressedAnswerIsWholeOrAnError) {
    expect_no_short_answer(answer(200, "Content-Encoding: gzip\r\n", gzip("[1,2,3]")), "[1,2,3]");
}

TEST(ClientN1, ACompressedAnswerThatEndsWithItsConnectionIsWholeOrAnError) {
    expect_no_short_answer("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip("[1,2,3]"),
                           "[1,2,3]");
}

TEST(ClientN1, AKeptConnectionThatTheServerClosedIsReplaced) {
    TestingServer server([](Peer& peer) {
        peer.request();
        peer.send(answer(200, "", "x"));  // And closes, without having said so.
    });
    const auto client = make_client({});
    for (int i = 0; i < 3; ++i) {
        const auto response = (*client)->send({.url = server.url()});
        ASSERT_TRUE(response) << response.error().why;
    }
}

TEST(ClientN1, APostIsNeverSentTwice) {
    TestingServer server([](Peer& peer) {
        while (peer.request().starts_with("GET")) peer.send(answer(200, "", "x"));
        // The answer to the POST is lost.
    });
    const auto client = make_client({});
    ASSERT_TRUE((*client)->send({.url = server.url()}));
    EXPECT_EQ(id_of((*client)->send({.method = "POST", .url = server.url(), .body = "x"})),
              "short-answer");
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST(ClientN2, AServerThatStallsIsATimeout) {
    for (const char* begin : {"", "HTTP/1.1 200 OK\r\nContent-",
                              "HTTP/1.1 200 OK\r\n"
                              "Content-Length: 9\r\n\r\n[1"}) {
        TestingServer server([&](Peer& peer) {
            peer.request();
            peer.send(begin);
            peer.stall();
        });
        const auto response = ask({.url = server.url()});
        ASSERT_FALSE(response);
        EXPECT_EQ(response.error().id, "timeout") << response.error().why;
        EXPECT_EQ(response.error().kind, ErrorKind::Transient);
    }
}

TEST(ClientN2, AServerThatTricklesMeetsTheTotalTime) {
    TestingServer server([](Peer& peer) {
        peer.request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        for (int i = 0; i < 200; ++i) {
            peer.send("x");
            SystemClock().wait(std::chrono::milliseconds(20), {});
        }
    });
    ClientOptions options = quick();
    options.total_timeout = std::chrono::seconds(2);
    EXPECT_EQ(id_of(ask({.url = server.url()}, options)), "timeout");
}

TEST(ClientN2, AStopEndsTheWaiting) {
    TestingServer server([](Peer& peer) {
        peer.request();
        peer.stall();
    });
    ClientOptions options;
    options.stopping = [] { return true; };
    EXPECT_EQ(id_of(ask({.url = server.url()}, options)), "stopped");
}

TEST(ClientN6, ADeadHostAndADeadNameAreUnreachable) {
    int port = 0;
    {
        const TestingServer gone([](Peer&) {});
        port = gone.port();
    }
    const auto refused = ask({.url = "http://127.0.0.1:" + std::to_string(port) + "/x"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().id, "unreachable");
    EXPECT_EQ(refused.error().kind, ErrorKind::Transient);
    EXPECT_EQ(refused.error().where, "GET http://127.0.0.1:" + std::to_string(port) + "/x");
    EXPECT_FALSE(refused.error().why.empty());
}

TEST(ClientN6, AnUnknownNameCanBeAskedAgain) {
    auto client = make_client(quick());
    const Request request{.url = "http://" + std::string(70, 'a') + "/"};  // No label is so long.
    for (int again = 0; again < 3; ++again) {
        EXPECT_EQ(id_of((*client)->send(request)), "unreachable") << again;
    }
}

TEST(ClientN8, ABrokenAnswerIsAnError) {
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::map<std::string, std::string> answers = {
        {"no number of a chunk", chunked + "zz\r\n[]\r\n0\r\n\r\n"},
        {"a chunk that is longer than it says", chunked + "1\r\n[]\r\n0\r\n\r\n"},
        {"a huge chunk", chunked + "FFFFFFFFFFFFFFFFF\r\n[]\r\n0\r\n\r\n"},
        {"no last chunk", chunked + "2\r\n[]\r\n"},
        {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 1\r\n\r\n[]"},
        {"a length below zero", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n[]"},
        {"a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n[]"},
        {"gzip that is none", answer(200, "Content-Encoding: gzip\r\n", "[]")},
        {"junk behind gzip", answer(200, "Content-Encoding: gzip\r\n", gzip("[]") + "junk")},
        {"no gzip at all", answer(200, "Content-Encoding: gzip\r\n", "") + "x"},
        {"half of gzip", answer(200, "Content-Encoding: gzip\r\n", gzip("[1,2]").substr(0, 20))},
        {"no checksum of gzip",
         answer(200, "Content-Encoding: gzip\r\n", gzip("[]").substr(0, gzip("[]").size() - 4))},
        {"a foreign coding", answer(200, "Content-Encoding: br\r\n", "[]")},
        {"no HTTP", "SSH-2.0-OpenSSH_9.2p1\r\n"},
        {"HTTP of another century", "HTTP/7.3 200 OK\r\nContent-Length: 2\r\n\r\n[]"},
    };
    for (const auto& [name, bytes] : answers) {
        const auto response = ask_for(bytes);
        if (name == "no gzip at all") {
            EXPECT_TRUE(response) << "an empty body with length 0 has nothing to unpack";
        } else {
            EXPECT_FALSE(response) << name << " was taken for " << response->body;
        }
    }
}

TEST(ClientN8, SeveralGzipMembersAreOneBody) {
    const auto response =
        ask_for(answer(200, "Content-Encoding: gzip\r\n", gzip("[1,") + gzip("2]")));
    ASSERT_TRUE(response) << response.error().what;
    EXPECT_EQ(response->body, "[1,2]");
    EXPECT_FALSE(response->headers.has("Content-Encoding"));
}

TEST(ClientN8, ABombIsStoppedAtTheLimit) {
    ClientOptions options;
    options.body_bytes_max = 1 << 20;
    const std::string zeros(1000 << 10, '0');
    for (const auto& [body, expected] : std::map<std::string, std::string>{
             {zeros, "answered"}, {zeros + zeros, "answer-too-large"}}) {
        for (const bool packed : {true, false}) {
            const std::string bytes = packed ? answer(200, "Content-Encoding: gzip\r\n", gzip(body))
                                             : "HTTP/1.1 200 OK\r\n\r\n" + body;
            TestingServer server([&](Peer& peer) {
                peer.request();
                peer.send(bytes);
            });
            EXPECT_EQ(id_of(ask({.url = server.url()}, options)), expected) << packed;
        }
    }
}

TEST(ClientN8, TooManyHeadersAreAnError) {
    std::string headers;
    for (int i = 0; i < 100'000; ++i) headers += "A: b\r\n";
    EXPECT_EQ(id_of(ask_for(answer(200, headers, "[]"))), "answer-too-large");
}

}  // namespace
}  // namespace streams::http
