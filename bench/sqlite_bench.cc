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

#include "persisters/sqlite/sqlite_persister.h"
#include "sql/value_text.h"

namespace {

using streams::Batch;
using streams::Column;
using streams::Load;
using streams::Stream;
using streams::Type;

constexpr std::size_t kBatchRows = 20'000;
constexpr std::size_t kTextBytes = 40;
constexpr int kRounds = 3;

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Stream users(Load load) {
    Stream stream{.name = "users", .fields = {}, .key = {0}, .load = load};
    const auto add = [&](const char* name, Type type) {
        stream.fields.push_back({.name = name, .path = name, .type = type});
    };
    add("id", Type::Integer);
    add("name", Type::Text);
    add("email", Type::Text);
    add("age", Type::Integer);
    add("balance", Type::Double);
    add("active", Type::Boolean);
    add("created_at", Type::Timestamp);
    add("updated_at", Type::Timestamp);
    add("bio", Type::Text);
    add("country", Type::Text);
    add("score", Type::Double);
    return stream;
}

std::int64_t value_of(std::size_t row, std::size_t column) {
    return static_cast<std::int64_t>((row * 2654435761U + column * 40503U) % 1'000'003U);
}

void fill_numbers(Column& column, std::size_t position) {
    column.values.reserve(kBatchRows * 8);
    for (std::size_t row = 0; row < kBatchRows; ++row) {
        std::int64_t bits = value_of(row, position);
        if (column.type == Type::Timestamp) bits = 1'485'734'400'000'000 + bits * 7'000'123;
        if (column.type == Type::Double) {
            const double real = static_cast<double>(bits) / 100;
            std::memcpy(&bits, &real, 8);
        }
        std::memcpy(column.values.data() + row * 8, &bits, 8);
    }
}

void fill_texts(Column& column, std::size_t position, std::size_t bytes) {
    column.values.reserve(kBatchRows * bytes);
    column.offsets.reserve((kBatchRows + 1) * 4);
    for (std::size_t row = 0; row <= kBatchRows; ++row) {
        const auto offset = static_cast<std::int32_t>(row * bytes);
        std::memcpy(column.offsets.data() + row * 4, &offset, 4);
    }
    for (std::size_t i = 0; i < kBatchRows * bytes; ++i) {
        column.values.data()[i] = static_cast<std::uint8_t>('a' + value_of(i, position) % 26);
    }
    column.bytes = kBatchRows * bytes;
}

Batch make_batch(const Stream& stream) {
    Batch batch;
    batch.rows = kBatchRows;
    batch.columns.resize(stream.fields.size());
    for (std::size_t i = 0; i < stream.fields.size(); ++i) {
        auto& column = batch.columns[i];
        column.type = stream.fields[i].type;
        column.rows = kBatchRows;
        const auto& name = stream.fields[i].name;
        if (column.type == Type::Text) {
            fill_texts(column, i, name == "country" ? 2 : name == "bio" ? 110 : kTextBytes / 2);
        } else if (column.type == Type::Boolean) {
            column.values.reserve(kBatchRows / 8 + 1);
            std::memset(column.values.data(), 0x5A, column.values.capacity());
        } else {
            fill_numbers(column, i);
        }
    }
    return batch;
}

void number_rows(Batch& batch, std::size_t first) {
    for (std::size_t row = 0; row < kBatchRows; ++row) {
        const auto id = static_cast<std::int64_t>(first + row);
        std::memcpy(batch.columns[0].values.data() + row * 8, &id, 8);
    }
}

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
    std::vector<std::string> times(kBatchRows * 2,
                                   std::string(streams::sql::kTimestampBytes, '?'));
    for (std::size_t row = 0; row < kBatchRows; ++row) {
        for (std::size_t i = 0; i < 2; ++i) {
            streams::sql::write_timestamp(batch.columns[6 + i].integer(row),
                                             times[row * 2 + i].data());
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
