// Rows through the SQLite persister, against prepared inserts of ready values into the same table.
//
//   sqlite_bench FOLDER [ROWS]
//
// Makes databases of users (11 fields, about 300 bytes) in FOLDER, three times in turn, and prints
// the CPU seconds of both and their ratio: records/s of ours to those of ready values. The budget
// of appending is 0.8.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <vector>

#include "bench/users.h"
#include "persisters/sqlite/sqlite_persister.h"
#include "sql/value_text.h"

namespace {

using streams::Batch;
using streams::Load;
using streams::bench::cpu_seconds;
using streams::bench::fill_numbers;
using streams::bench::kBatchRows;
using streams::bench::make_batch;
using streams::bench::number_rows;
using streams::bench::users;

constexpr int kRounds = 3;

void remove_database(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm", "-lock"}) std::filesystem::remove(path + suffix);
}

void require(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "%s failed\n", what);
    std::exit(1);
}

// The same file that the persister would make, by the shortest way.
double ready_values(const std::string& path, Load load, Batch& batch, std::size_t batches) {
    std::vector<std::string> times(kBatchRows * 2, std::string(streams::kTimestampBytes, '?'));
    for (std::size_t row = 0; row < kBatchRows; ++row) {
        for (std::size_t i = 0; i < 2; ++i) {
            streams::write_timestamp(batch.columns[6 + i].integer(row), times[row * 2 + i].data());
        }
    }
    sqlite3* handle = nullptr;
    sqlite3_open_v2(path.c_str(), &handle,
                    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    const bool keyed = load == Load::Upsert;
    const auto create = std::string("CREATE TABLE IF NOT EXISTS users (id INTEGER ") +
                        (keyed ? "PRIMARY KEY" : "") +
                        ", name TEXT, email TEXT, age INTEGER, balance REAL, active INTEGER, "
                        "created_at TEXT, updated_at TEXT, bio TEXT, country TEXT, score REAL)";
    const double before = cpu_seconds();
    sqlite3_exec(handle,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                 "PRAGMA cache_size = -16384",
                 nullptr, nullptr, nullptr);
    sqlite3_exec(handle, create.c_str(), nullptr, nullptr, nullptr);
    sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    const char* insert =
        keyed ? "INSERT INTO users VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO "
                "UPDATE SET name = excluded.name, email = excluded.email, age = "
                "excluded.age, balance = excluded.balance, active = excluded.active, "
                "created_at = excluded.created_at, updated_at = excluded.updated_at, "
                "bio = excluded.bio, country = excluded.country, "
                "score = excluded.score"
              : "INSERT INTO users VALUES (?,?,?,?,?,?,?,?,?,?,?)";
    sqlite3_stmt* row_insert = nullptr;
    require(sqlite3_prepare_v2(handle, insert, -1, &row_insert, nullptr) == SQLITE_OK, "prepare");
    const auto bind_text = [&](int position, std::string_view text) {
        sqlite3_bind_text(row_insert, position, text.data(), static_cast<int>(text.size()),
                          SQLITE_STATIC);
    };
    for (std::size_t i = 0; i < batches; ++i) {
        number_rows(batch, i * kBatchRows);
        for (std::size_t row = 0; row < kBatchRows; ++row) {
            const auto& columns = batch.columns;
            sqlite3_bind_int64(row_insert, 1, columns[0].integer(row));
            bind_text(2, columns[1].text(row));
            bind_text(3, columns[2].text(row));
            sqlite3_bind_int64(row_insert, 4, columns[3].integer(row));
            sqlite3_bind_double(row_insert, 5, columns[4].real(row));
            sqlite3_bind_int64(row_insert, 6, columns[5].boolean(row) ? 1 : 0);
            bind_text(7, times[row * 2]);
            bind_text(8, times[row * 2 + 1]);
            bind_text(9, columns[8].text(row));
            bind_text(10, columns[9].text(row));
            sqlite3_bind_double(row_insert, 11, columns[10].real(row));
            require(sqlite3_step(row_insert) == SQLITE_DONE, "insert");
            sqlite3_reset(row_insert);
        }
    }
    require(sqlite3_exec(handle, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK, "commit");
    sqlite3_finalize(row_insert);
    sqlite3_close(handle);
    return cpu_seconds() - before;
}

double ours(const std::string& path, Load load, Batch& batch, std::size_t batches) {
    const auto stream = users(load);
    const double before = cpu_seconds();
    const streams::Settings settings(
        {{"path", {path, "--path"}}, {"hard_delete", {"false", "default"}}});
    auto made = streams::sqlite::make(settings, {.pipeline = "bench"});
    require(made.has_value(), "make");
    auto& persister = **made;
    const auto claimed = persister.ledger()->claim("", std::nullopt);
    require(claimed.has_value(), "claim");
    require(persister.open(stream).has_value(), "open");
    for (std::size_t i = 0; i < batches; ++i) {
        number_rows(batch, i * kBatchRows);
        require(persister.write(stream, batch).has_value(), "write");
    }
    require(persister.commit({.number = claimed->commit + 1}).has_value(), "commit");
    made->reset();
    return cpu_seconds() - before;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void compare(const std::string& folder, const char* title, Load load, bool again,
             std::size_t batches) {
    auto batch = make_batch(users(load));
    const auto our_path = folder + "/ours.db";
    const auto ready_path = folder + "/ready.db";
    std::vector<double> ready;
    std::vector<double> own;
    for (int round = 0; round < kRounds; ++round) {
        remove_database(our_path);
        remove_database(ready_path);
        if (again) {
            ours(our_path, load, batch, batches);
            ready_values(ready_path, load, batch, batches);
            // Another value in every row.
            fill_numbers(batch.columns[3], static_cast<std::size_t>(round) + 100);
        }
        ready.push_back(ready_values(ready_path, load, batch, batches));
        own.push_back(ours(our_path, load, batch, batches));
    }
    const double rows = static_cast<double>(batches * kBatchRows);
    std::printf("%-22s ready values %5.2f s, ours %5.2f s (%.0f rows per CPU second), ratio %.2f\n",
                title, median(ready), median(own), rows / median(own), median(ready) / median(own));
    remove_database(our_path);
    remove_database(ready_path);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "sqlite_bench FOLDER [ROWS]\n");
        return 2;
    }
    const std::size_t rows = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
    const std::size_t batches = (rows + kBatchRows - 1) / kBatchRows;
    compare(argv[1], "append", Load::Append, false, batches);
    compare(argv[1], "upsert, new rows", Load::Upsert, false, batches);
    compare(argv[1], "upsert, changed rows", Load::Upsert, true, batches);
    return 0;
}
