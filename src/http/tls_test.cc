// N5: a server that cannot prove its name is refused, and there is no switch that says otherwise.

#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "base/signals.h"
#include "http/client.h"
#include "http/testing_server.h"

namespace streams::http {
namespace {

template <auto kFree>
struct FreeWith {
    template <typename T>
    void operator()(T* thing) const {
        kFree(thing);
    }
};
using Key = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<&X509_free>>;
using Context = std::unique_ptr<SSL_CTX, FreeWith<&SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, FreeWith<&SSL_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreeWith<&X509_EXTENSION_free>>;

struct Case {
    const char* name = "IP:127.0.0.1";
    long begins_s = -3600;
    long ends_s = 3600;
    int version_max = TLS1_3_VERSION;
    bool says_goodbye = true;
    std::string bytes = answer(200, "", "[]");
};

Certificate certificate_of(const Key& key, const Case& which) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), which.begins_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), which.ends_s);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    const Extension names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, which.name));
    X509_add_ext(certificate.get(), names.get(), -1);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    return certificate;
}

/// Answers one connection after the other over TLS, with a certificate of its own making.
class TlsServer {
 public:
    explicit TlsServer(const Case& which)
        : which_(which),
          key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")),
          certificate_(certificate_of(key_, which)),
          context_(SSL_CTX_new(TLS_server_method())),
          server_([this](Peer& peer) { serve(peer); }) {
        ignore_signals_of_writes();
        SSL_CTX_set_security_level(context_.get(), 0);  // So that it can be as old as it says.
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_.get(), which.version_max);
        SSL_CTX_use_certificate(context_.get(), certificate_.get());
        SSL_CTX_use_PrivateKey(context_.get(), key_.get());
        file_ = testing::TempDir() + "/tls_test_" + std::to_string(getpid()) + ".pem";
        std::FILE* file = std::fopen(file_.c_str(), "w");
        ensure(file != nullptr && PEM_write_X509(file, certificate_.get()) == 1 &&
                   std::fclose(file) == 0,
               "the certificate can be written");
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    ~TlsServer() { std::remove(file_.c_str()); }

    std::string url() const { return "https://127.0.0.1:" + std::to_string(server_.port()) + "/"; }
    const std::string& certificate_file() const { return file_; }

 private:
    void serve(Peer& peer) {
        const Session session(SSL_new(context_.get()));
        SSL_set_fd(session.get(), peer.socket());
        if (SSL_accept(session.get()) != 1) return;
        char request[4096];
        if (SSL_read(session.get(), request, sizeof request) <= 0) return;
        SSL_write(session.get(), which_.bytes.data(), static_cast<int>(which_.bytes.size()));
        if (which_.says_goodbye) SSL_shutdown(session.get());
    }

    const Case which_;
    Key key_;
    Certificate certificate_;
    Context context_;
    std::string file_;
    TestingServer server_;
};

Result<Response> ask(const Case& which, bool trusted = true) {
    const TlsServer server(which);
    ClientOptions options;
    if (trusted) options.ca_file = server.certificate_file();
    return (*make_client(options))->send({.url = server.url()});
}

std::string refusal_of(const Result<Response>& response) {
    if (response) return "answered";
    EXPECT_FALSE(response.error().why.empty()) << "the reason is told";
    return response.error().id;
}

TEST(TlsN5, ACertificateThatIsTrustedAndFitsIsTaken) {
    const auto response = ask({});
    ASSERT_TRUE(response) << response.error().why;
    EXPECT_EQ(response->body, "[]");
}

TEST(TlsN5, OthersAreRefused) {
    EXPECT_EQ(refusal_of(ask({}, false)), "tls-refused") << "signed by itself";
    EXPECT_EQ(refusal_of(ask({.name = "DNS:other.example"})), "tls-refused") << "another's name";
    EXPECT_EQ(refusal_of(ask({.begins_s = -7200, .ends_s = -3600})), "tls-refused") << "expired";
    EXPECT_EQ(refusal_of(ask({.begins_s = 3600, .ends_s = 7200})), "tls-refused") << "too early";
    EXPECT_EQ(ask({}, false).error().kind, ErrorKind::Config);
}

TEST(TlsN5, AnOldVersionIsRefused) {
    EXPECT_EQ(refusal_of(ask({.version_max = TLS1_2_VERSION})), "answered");
    EXPECT_NE(refusal_of(ask({.version_max = TLS1_1_VERSION})), "answered");
}

TEST(TlsN5, AnEndThatAnybodyCouldHaveCutIsNoEnd) {
    const std::string endless = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1";
    EXPECT_EQ(refusal_of(ask({.bytes = endless})), "answered");
    EXPECT_EQ(refusal_of(ask({.says_goodbye = false, .bytes = endless})), "short-answer");
}

TEST(TlsN5, AnAnswerWithoutABodyNeedsNoEnd) {
    for (const char* bytes :
         {"HTTP/1.1 304 Not Modified\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"}) {
        EXPECT_EQ(refusal_of(ask({.says_goodbye = false, .bytes = bytes})), "answered");
    }
}

TEST(TlsN5, ACertificateFileThatIsMissingIsAnErrorOfTheSettings) {
    ClientOptions options;
    options.ca_file = "/nowhere/ca.pem";
    const auto response = (*make_client(options))->send({.url = "https://127.0.0.1:1/"});
    ASSERT_FALSE(response);
    EXPECT_TRUE(response.error().id == "tls-refused" || response.error().id == "unreachable");
}

}  // namespace
}  // namespace streams::http
