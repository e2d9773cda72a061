#pragma once

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "base/file.h"
#include "base/process.h"
#include "persisters/postgres/postgres_persister.h"
#include "sql/testing_rows.h"
#include "streams/persister.h"

namespace streams::postgres {

using sql::testing::batch_of;
using sql::testing::Cell;
using sql::testing::counts;
using sql::testing::field;
using sql::testing::number;
using sql::testing::stream;
using sql::testing::text;
using sql::testing::version_field;

/// A server of the test program's own, on a port of its own, gone when the program is.
class TestServer {
 public:
    static TestServer& instance() {
        static TestServer server;
        return server;
    }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    /// Empty: it runs. Else why there is none.
    const std::string& fault() const { return fault_; }

    std::string url(const std::string& user = "postgres") const {
        return "postgresql://" + user + "@127.0.0.1:" + std::to_string(port_) + "/postgres";
    }

    /// What psql, which is not ours, prints: cells with `|` between them, NULL as `null`.
    std::string ask(const std::string& sql) const {
        const auto command =
            "psql -X -q -A -t -P null=null '" + url() + "' 2>&1 <<'END'\n" + sql + "\nEND";
        std::string all;
        auto* output = ::popen(command.c_str(), "r");
        std::array<char, 4096> piece{};
        while (const auto count = std::fread(piece.data(), 1, piece.size(), output)) {
            all.append(piece.data(), count);
        }
        ::pclose(output);
        while (all.ends_with('\n')) all.pop_back();
        return all;
    }

 private:
    static constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";

    TestServer() {
        if (::geteuid() != 0) {
            fault_ = "needs root, to become the user postgres";
        } else if (!std::filesystem::exists(std::string(kPrograms) + "initdb")) {
            fault_ = "there is no PostgreSQL 15";
        } else {
            start();
        }
    }

    ~TestServer() {
        if (server_ > 0) {
            ::kill(server_, SIGINT);
            wait_for(server_);
        }
        std::error_code ignored;
        if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
    }

    static int free_port() {
        const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        const int bound = ::bind(probe, reinterpret_cast<struct sockaddr*>(&address), size);
        ensure(bound == 0, "loopback has a free port");
        ::getsockname(probe, reinterpret_cast<struct sockaddr*>(&address), &size);
        ::close(probe);
        return ntohs(address.sin_port);
    }

    pid_t as_postgres(const std::string& command) const {
        const auto started = spawn(
            {.arguments = {"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups",
                           "sh", "-c", "exec " + std::string(kPrograms) + command},
             .folder = "/",
             .dies_with_us = true});
        return started ? *started : -1;
    }

    void start() {
        std::string name = (std::filesystem::temp_directory_path() / "pg-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        if (std::system(("chown postgres: " + folder_).c_str()) != 0) fault_ = "no user postgres";
        const auto made =
            as_postgres("initdb -D " + folder_ +
                        "/data --no-sync -U postgres -A trust --locale=C.UTF-8 -E UTF8 "
                        ">/dev/null");
        if (made < 0 || !wait_for(made).good()) fault_ = "initdb failed";
        // One user whom nobody trusts; the first line that fits counts.
        const auto rules = folder_ + "/data/pg_hba.conf";
        const auto rest = read_file(rules, 1 << 20).value_or("");
        std::ofstream(rules) << "host all stranger 127.0.0.1/32 scram-sha-256\n" << rest;
        if (!fault_.empty()) return;
        port_ = free_port();
        server_ = as_postgres("postgres -D " + folder_ + "/data -k " + folder_ +
                              " -c listen_addresses=127.0.0.1 -p " + std::to_string(port_) + " 2>" +
                              folder_ + "/log");
        for (int turn = 0; turn < 600; ++turn) {
            if (ask("SELECT 1") == "1") return;
            ::poll(nullptr, 0, 50);
        }
        fault_ = "the server did not start";
    }

    std::string fault_;
    std::string folder_;
    pid_t server_ = -1;
    int port_ = 0;
};

/// A schema of its own for each test, and short words for what a pipeline does.
class PostgresTest : public ::testing::Test {
 protected:
    void SetUp() override {
        if (!server().fault().empty()) GTEST_SKIP() << "no server: " << server().fault();
        static int number = 0;
        schema_ = "test_" + std::to_string(++number);
    }

    static TestServer& server() { return TestServer::instance(); }

    Result<std::unique_ptr<Persister>> try_make(Context context, bool hard_delete = false,
                                                const std::string& user = "postgres") const {
        if (context.schema.empty()) context.schema = schema_;
        return make(Settings({{"url", {server().url(user), "--url"}},
                              {"hard_delete", {hard_delete ? "true" : "false", "--hard-delete"}}}),
                    context);
    }

    /// Ready to write: of a named pipeline, claimed.
    std::unique_ptr<Persister> persister(const std::string& pipeline, Context context = {},
                                         bool hard_delete = false) const {
        context.pipeline = pipeline;
        auto made = try_make(context, hard_delete);
        EXPECT_TRUE(made) << (made ? "" : made.error().what + made.error().why);
        number_ = -1;
        if (auto* ledger = (*made)->ledger()) {
            const auto entry = ledger->claim("", std::nullopt);
            EXPECT_TRUE(entry) << (entry ? "" : entry.error().what + entry.error().why);
            number_ = entry ? entry->commit : 0;
        }
        return *std::move(made);
    }

    static void load(Persister& persister, const Stream& stream,
                     const std::vector<std::vector<Cell>>& rows) {
        expect_good(persister.open(stream));
        expect_good(persister.write(stream, batch_of(stream, rows)));
    }

    static void expect_good(const Result<>& result) {
        ASSERT_TRUE(result) << result.error().id << ": " << result.error().what << ": "
                            << result.error().why;
    }

    static std::string id_of(const Result<>& result) { return result ? "none" : result.error().id; }

    Commit next(const std::string& state = {}) const {
        Commit commit;
        commit.number = number_ < 0 ? 0 : ++number_;
        if (!state.empty()) {
            commit.state = state;
            commit.state_hash = "hash of " + state;
        }
        return commit;
    }

    std::vector<Receipt> commit(Persister& persister, const std::string& state = {}) const {
        return commit(persister, next(state));
    }

    static std::vector<Receipt> commit(Persister& persister, const Commit& commit) {
        auto receipts = persister.commit(commit);
        EXPECT_TRUE(receipts) << receipts.error().id << ": " << receipts.error().what << ": "
                              << receipts.error().why;
        return receipts ? *receipts : std::vector<Receipt>{};
    }

    std::vector<Receipt> end_run(Persister& persister) const {
        auto last = next();
        last.ends_run = true;
        last.run = "r";
        return commit(persister, last);
    }

    /// In the schema of the test.
    std::string ask(const std::string& sql) const {
        return server().ask("SET search_path = " + schema_ + "; SET TimeZone = 'UTC'; " + sql);
    }

    std::string schema_;
    mutable std::int64_t number_ = 0;  // Of the last commit.
};

}  // namespace streams::postgres
