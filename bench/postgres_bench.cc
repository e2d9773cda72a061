// Rows through the PostgreSQL persister, against COPY of ready bytes into the same table.
//
//   postgres_bench URL [ROWS]
//
// The server is on this machine, so that its CPU can be read. Makes tables in the schema `bench`,
// three times in turn, and prints wall and CPU seconds, of the client and of the server's process,
// of both, and the ratio of all CPU. The budgets: append 0.8, upsert 0.8 of the best statement with
// the load of its staging table.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include "bench/users.h"
#include "persisters/postgres/connection.h"
#include "persisters/postgres/copy_encoder.h"
#include "persisters/postgres/postgres_persister.h"

namespace {

using streams::Load;
using streams::bench::cpu_seconds;
using streams::bench::kBatchRows;
using streams::bench::make_batch;
using streams::bench::number_rows;
using streams::bench::users;
using streams::postgres::Connection;
using streams::postgres::CopyEncoder;

constexpr int kRounds = 3;
constexpr const char* kColumns =
    "id, name, email, age, balance, active, created_at, updated_at, bio, country, score";

struct Cost {
    double wall = 1e9;
    double client = 0;
    double server = 0;
    double all() const { return client + server; }
};

template <typename Result>
auto required(Result result, const char* what) {
    if (!result) {
        std::fprintf(stderr, "%s: %s (%s)\n", what, result.error().what.c_str(),
                     result.error().why.c_str());
        std::exit(1);
    }
    if constexpr (!std::is_void_v<typename Result::value_type>) return *std::move(result);
}

std::unique_ptr<Connection> connect(const std::string& url) {
    return required(Connection::open({url, {}, "bench"}), "connect");
}

double server_cpu(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    std::stringstream text;
    text << file.rdbuf();
    std::stringstream rest(text.str().substr(text.str().rfind(')') + 2));
    std::string field;
    double ticks = 0;
    for (int number = 3; rest >> field && number <= 15; ++number) {
        if (number >= 14) ticks += std::stod(field);
    }
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Cost measured(const std::string& pid, const std::function<void()>& act) {
    const auto begin = std::chrono::steady_clock::now();
    const double client = cpu_seconds();
    const double server = server_cpu(pid);
    act();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    return {wall.count(), cpu_seconds() - client, server_cpu(pid) - server};
}

using Pieces = std::vector<std::vector<std::uint8_t>>;

Pieces encoded(streams::Batch& batch, std::size_t rows) {
    Pieces pieces = {CopyEncoder::header()};
    CopyEncoder encoder(batch.columns, {});
    for (std::size_t done = 0; done < rows; done += kBatchRows) {
        number_rows(batch, done);
        for (std::size_t row = 0; row < kBatchRows;) {
            encoder.clear();
            row = encoder.encode(row, kBatchRows, 60'000);
            pieces.push_back(encoder.bytes());
        }
    }
    pieces.push_back(CopyEncoder::trailer());
    return pieces;
}

void copy(Connection& connection, const std::string& table, const Pieces& pieces) {
    required(
        connection.begin_copy("COPY " + table + " (" + kColumns + ") FROM STDIN (FORMAT binary)"),
        "COPY");
    for (const auto& piece : pieces) required(connection.send(piece), "send");
    required(connection.end_copy(), "end of COPY");
}

std::string assignments() {
    std::string text;
    std::stringstream names(kColumns);
    for (std::string name; names >> name;) {
        if (name.ends_with(',')) name.pop_back();
        if (name == "id") continue;
        text += (text.empty() ? "" : ", ") + name + " = excluded." + name;
    }
    return text;
}

Cost ready_rows(const std::string& url, Load load, const Pieces& pieces) {
    const auto connection = connect(url);
    required(connection->run("SET search_path = bench"), "search_path");
    const auto pid = required(connection->ask("SELECT pg_backend_pid()"), "pid").text(0, 0);
    return measured(pid, [&] {
        required(connection->run("BEGIN"), "BEGIN");
        if (load == Load::Append) {
            copy(*connection, "ready", pieces);
        } else {
            required(connection->run("CREATE TEMPORARY TABLE staged (LIKE ready) ON COMMIT DROP"),
                     "staging table");
            copy(*connection, "staged", pieces);
            required(connection->run(std::string("INSERT INTO ready SELECT * FROM staged ON "
                                                 "CONFLICT (id) DO UPDATE SET ") +
                                     assignments()),
                     "merge");
        }
        required(connection->run("COMMIT"), "COMMIT");
    });
}

Cost ours(const std::string& url, Load load, streams::Batch& batch, std::size_t rows) {
    const streams::Settings settings(
        {{"url", {url, "--url"}}, {"hard_delete", {"false", "default"}}});
    auto persister =
        required(streams::postgres::make(settings, {.pipeline = {}, .schema = "bench"}), "make");
    const auto stream = users(load);
    const auto pid =
        required(connect(url)->ask("SELECT pid FROM pg_stat_activity WHERE application_name LIKE "
                                   "'streams%' ORDER BY backend_start DESC LIMIT 1"),
                 "pid")
            .text(0, 0);
    return measured(pid, [&] {
        required(persister->open(stream), "open");
        for (std::size_t done = 0; done < rows; done += kBatchRows) {
            number_rows(batch, done);
            required(persister->write(stream, batch), "write");
        }
        required(persister->commit({}), "commit");
    });
}

// A table of both, with the same rows in it, `changed` from those to come.
void prepare(const std::string& url, Load load, bool with_rows, const Pieces& pieces,
             streams::Batch& batch, std::size_t rows) {
    const auto connection = connect(url);
    required(connection->run(
                 "DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench; SET search_path = "
                 "bench; CREATE TABLE ready (id bigint, name text, email text, age bigint, balance "
                 "double precision, active boolean, created_at timestamptz, updated_at "
                 "timestamptz, bio text, country text, score double precision)"),
             "tables");
    if (load == Load::Upsert)
        required(connection->run("ALTER TABLE ready ADD PRIMARY KEY (id)"), "key");
    if (!with_rows) return;
    copy(*connection, "ready", pieces);
    ours(url, load, batch, rows);
    for (const auto* table : {"ready", "users"}) {
        required(connection->run(std::string("UPDATE ") + table + " SET age = -1"), "older rows");
        required(connection->run(std::string("VACUUM ") + table), "VACUUM");
    }
}

void compare(const char* what, const std::string& url, Load load, bool with_rows,
             std::size_t rows) {
    auto batch = make_batch(users(load));
    const auto pieces = encoded(batch, rows);
    Cost limit;
    Cost found;
    for (int round = 0; round < kRounds; ++round) {
        prepare(url, load, with_rows, pieces, batch, rows);
        const auto ready = ready_rows(url, load, pieces);
        if (ready.wall < limit.wall) limit = ready;
        const auto own = ours(url, load, batch, rows);
        if (own.wall < found.wall) found = own;
    }
    const auto line = [&](const char* who, const Cost& cost) {
        std::printf("%-22s %-6s wall %5.2f s, client %5.2f s, server %5.2f s\n", what, who,
                    cost.wall, cost.client, cost.server);
    };
    line("ready", limit);
    line("ours", found);
    std::printf("%-22s ratio  wall %.2f, CPU %.2f\n", what, limit.wall / found.wall,
                limit.all() / found.all());
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: postgres_bench URL [ROWS]\n");
        return 2;
    }
    const std::string url = argv[1];
    const auto rows =
        (argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1'000'000) / kBatchRows * kBatchRows;
    compare("append", url, Load::Append, false, rows);
    compare("upsert, new rows", url, Load::Upsert, false, rows);
    compare("upsert, changed rows", url, Load::Upsert, true, rows);
    required(connect(url)->run("DROP SCHEMA bench CASCADE"), "cleaning");
    return 0;
}
