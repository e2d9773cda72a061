// The limit of SQLite: prepared inserts of ready values, in one transaction.
//
//   ready_inserts STREAM DATABASE append|upsert
//
// Reads STREAM (messages of one stream with a SCHEMA) into columns and writes what SQLite has no
// type for as text; only then the clock runs: the rows go into table "users", which is made if it
// is not there, and are committed. Prints the CPU seconds and the seconds of that.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "batch/batch_reader.h"
#include "batch/time_text.h"
#include "bench/walk.h"
#include "message/line_splitter.h"

namespace {

using streams::Batch;
using streams::Column;
using streams::Type;

constexpr std::size_t kBatchBytes = std::size_t{16} << 20;

void require(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "%s failed\n", what);
    std::exit(1);
}

// The rows of one stream, as a persister would be given them.
class Rows {
 public:
    void read(const char* path) {
        const auto file = streams::open_file(path, O_RDONLY);
        require(file.has_value(), "open");
        streams::ChunkReader chunks(file->get());
        while (true) {
            const auto read = chunks.read_some();
            require(read.has_value(), "read");
            if (read->chunk != nullptr) {
                streams::LineSplitter lines(*read->chunk);
                while (const auto line = lines.next()) take(*line);
            }
            if (read->is_end) break;
        }
        require(builder_ != nullptr, "finding a SCHEMA");
        batches_.push_back(builder_->take());
    }

    const streams::Stream& stream() const { return shape_->stream(); }
    std::vector<Batch>& batches() { return batches_; }

 private:
    void take(std::string_view line) {
        reader_.begin(++line_);
        const auto parsed = parser_.parse(line, reader_);
        require(parsed.has_value(), "parse");
        const auto& message = **parsed;
        if (message.type == streams::MessageType::Schema) {
            declare(message);
        } else if (message.type == streams::MessageType::Record) {
            require(reader_.verdict() == streams::Verdict::Stored, "storing");
            if (builder_->bytes() > kBatchBytes) batches_.push_back(builder_->take());
        }
    }

    void declare(const streams::Message& message) {
        auto made = streams::Shape::declared(message.stream, message.schema, message.key, {});
        require(made.has_value(), "declare");
        shape_ = std::make_unique<streams::Shape>(*std::move(made));
        builder_ = std::make_unique<streams::BatchBuilder>(*shape_, streams::Takes{});
        reader_.add(*builder_);
    }

    streams::MessageParser parser_;
    streams::BatchReader reader_;
    std::unique_ptr<streams::Shape> shape_;
    std::unique_ptr<streams::BatchBuilder> builder_;
    std::vector<Batch> batches_;
    std::uint64_t line_ = 0;
};

// Makes texts of times.
void make_ready(Column& column) {
    if (column.type != Type::Timestamp) return;
    constexpr std::size_t kBytes = streams::kTimestampBytes;
    streams::Buffer texts;
    streams::Buffer offsets;
    texts.reserve(column.rows * kBytes + 1);
    offsets.reserve((column.rows + 1) * 4);
    for (std::size_t row = 0; row <= column.rows; ++row) {
        const auto begin = static_cast<std::int32_t>(row * kBytes);
        std::memcpy(offsets.data() + row * 4, &begin, 4);
        if (row == column.rows || column.is_null(row)) continue;
        auto* const to = reinterpret_cast<char*>(texts.data()) + begin;
        require(streams::write_timestamp(column.integer(row), to), "writing a time");
    }
    column.type = Type::Text;
    column.values = std::move(texts);
    column.offsets = std::move(offsets);
}

const char* declared_type(Type type) {
    if (type == Type::Integer || type == Type::Boolean) return "INTEGER";
    return type == Type::Double ? "REAL" : "TEXT";
}

// CREATE TABLE and INSERT, as somebody who knows SQLite would write them.
struct Statements {
    Statements(const streams::Stream& stream, bool upserts) {
        const std::string key = upserts ? stream.fields[stream.key.at(0)].name : std::string();
        std::string columns;
        std::string marks;
        std::string updates;
        for (const auto& field : stream.fields) {
            const bool is_key = field.name == key;
            columns += fmt::format("{}\"{}\" {}{}", columns.empty() ? "" : ", ", field.name,
                                   declared_type(field.type), is_key ? " PRIMARY KEY" : "");
            names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", field.name);
            marks += marks.empty() ? "?" : ", ?";
            if (is_key) continue;
            updates += fmt::format("{0}\"{1}\" = excluded.\"{1}\"", updates.empty() ? "" : ", ",
                                   field.name);
        }
        create = fmt::format("CREATE TABLE IF NOT EXISTS users ({})", columns);
        insert = fmt::format("INSERT INTO users ({}) VALUES ({})", names, marks);
        if (upserts) insert += fmt::format(" ON CONFLICT (\"{}\") DO UPDATE SET {}", key, updates);
    }

    std::string create;
    std::string insert;
    std::string names;
};

void bind(sqlite3_stmt* insert, int position, const Column& column, std::size_t row) {
    if (column.is_null(row)) {
        sqlite3_bind_null(insert, position);
    } else if (column.type == Type::Integer) {
        sqlite3_bind_int64(insert, position, column.integer(row));
    } else if (column.type == Type::Double) {
        sqlite3_bind_double(insert, position, column.real(row));
    } else if (column.type == Type::Boolean) {
        sqlite3_bind_int64(insert, position, column.boolean(row) ? 1 : 0);
    } else {
        const auto text = column.text(row);
        sqlite3_bind_text(insert, position, text.data(), static_cast<int>(text.size()),
                          SQLITE_STATIC);
    }
}

void insert_all(const char* path, const Statements& statements, const std::vector<Batch>& batches) {
    sqlite3* database = nullptr;
    const auto run = [&](const char* sql) {
        require(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
    };
    require(sqlite3_open_v2(path, &database,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                            nullptr) == SQLITE_OK,
            "open");
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("PRAGMA cache_size = -16384");
    run("BEGIN IMMEDIATE");
    run(statements.create.c_str());
    sqlite3_stmt* insert = nullptr;
    require(
        sqlite3_prepare_v2(database, statements.insert.c_str(), -1, &insert, nullptr) == SQLITE_OK,
        "prepare");
    for (const auto& batch : batches) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            int position = 0;
            for (const auto& column : batch.columns) bind(insert, ++position, column, row);
            require(sqlite3_step(insert) == SQLITE_DONE, "insert");
            sqlite3_reset(insert);
        }
    }
    run("COMMIT");
    sqlite3_finalize(insert);
    require(sqlite3_close(database) == SQLITE_OK, "close");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("ready_inserts STREAM DATABASE append|upsert\n", stderr);
        return 2;
    }
    Rows rows;
    rows.read(argv[1]);
    for (auto& batch : rows.batches()) {
        for (auto& column : batch.columns) make_ready(column);
    }
    const Statements statements(rows.stream(), std::string_view(argv[3]) == "upsert");
    const double cpu_before = streams::bench::cpu_seconds();
    const auto before = std::chrono::steady_clock::now();
    insert_all(argv[2], statements, rows.batches());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - before;
    std::printf("%.4f %.4f\n", streams::bench::cpu_seconds() - cpu_before, seconds.count());
    return 0;
}
