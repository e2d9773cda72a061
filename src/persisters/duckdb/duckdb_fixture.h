#pragma once

#include <cstdlib>
#include <duckdb.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "persisters/duckdb/duckdb_persister.h"
#include "sql/testing_rows.h"

namespace streams::duckdb {

using sql::testing::batch_of;
using sql::testing::Cell;
using sql::testing::counts;
using sql::testing::field;
using sql::testing::number;
using sql::testing::stream;
using sql::testing::text;
using sql::testing::version_field;

/// Asks a copy of the files, as they lie on the disk: what is not committed is not in them.
class Reader {
 public:
    explicit Reader(const std::string& path) : copy_(path + ".copy") {
        std::error_code absent;
        const auto all = std::filesystem::copy_options::overwrite_existing;
        std::filesystem::remove(copy_ + ".wal", absent);
        std::filesystem::copy_file(path, copy_, all, absent);
        std::filesystem::copy_file(path + ".wal", copy_ + ".wal", all, absent);
        open(copy_);
    }
    /// Of the database itself, to change it. No persister has it open.
    static std::string change(const std::string& path, const std::string& sql) {
        Reader reader;
        reader.open(path);
        return reader.ask(sql);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() {
        duckdb_disconnect(&connection_);
        duckdb_close(&database_);
    }

    /// Rows as `1|text|null`, one a line; the error's text if there is one.
    std::string ask(const std::string& sql) {
        const auto is_select = sql.starts_with("SELECT");
        const auto text = is_select ? "SELECT COLUMNS(*)::VARCHAR FROM (" + sql + ")" : sql;
        duckdb_result result;
        std::string all;
        if (duckdb_query(connection_, text.c_str(), &result) != DuckDBSuccess) {
            all = std::string("error: ") + duckdb_result_error(&result);
        } else if (is_select) {
            all = rows(result);
        }
        duckdb_destroy_result(&result);
        return all;
    }

 private:
    Reader() = default;

    void open(const std::string& path) {
        char* why = nullptr;
        const bool is_open =
            duckdb_open_ext(path.c_str(), &database_, nullptr, &why) == DuckDBSuccess;
        EXPECT_TRUE(is_open) << (why == nullptr ? "" : why);
        duckdb_free(why);
        EXPECT_EQ(duckdb_connect(database_, &connection_), DuckDBSuccess);
        duckdb_result ignored;
        duckdb_query(connection_, "SET TimeZone = 'UTC'", &ignored);
        duckdb_destroy_result(&ignored);
    }

    static std::string rows(duckdb_result& result) {
        std::string all;
        while (auto* chunk = duckdb_fetch_chunk(result)) {
            for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); ++row) {
                if (!all.empty()) all += '\n';
                for (idx_t i = 0; i < duckdb_column_count(&result); ++i) {
                    all += (i == 0 ? "" : "|") + cell(duckdb_data_chunk_get_vector(chunk, i), row);
                }
            }
            duckdb_destroy_data_chunk(&chunk);
        }
        return all;
    }

    static std::string cell(duckdb_vector vector, idx_t row) {
        auto* validity = duckdb_vector_get_validity(vector);
        if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) return "null";
        auto* text = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector)) + row;
        return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
    }

    std::string copy_;
    duckdb_database database_ = nullptr;
    duckdb_connection connection_ = nullptr;
};

/// A folder of its own for each test, and short words for what a pipeline does. One persister at a
/// time has the file open.
class DuckdbTest : public ::testing::Test {
 protected:
    DuckdbTest() {
        std::string name = (std::filesystem::temp_directory_path() / "duckdb-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        path_ = folder_ + "/test.db";
    }
    void TearDown() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    Result<std::unique_ptr<Persister>> try_make(const Context& context,
                                                bool hard_delete = false) const {
        return make(Settings({{"path", {path_, "--path"}},
                              {"hard_delete", {hard_delete ? "true" : "false", "--hard-delete"}}}),
                    context);
    }

    /// Ready to write: of a named pipeline, claimed.
    std::unique_ptr<Persister> persister(const std::string& pipeline, Context context = {},
                                         bool hard_delete = false) const {
        context.pipeline = pipeline;
        auto made = try_make(context, hard_delete);
        EXPECT_TRUE(made) << (made ? "" : made.error().what);
        if (auto* ledger = (*made)->ledger()) {
            const auto entry = ledger->claim("", std::nullopt);
            EXPECT_TRUE(entry) << (entry ? "" : entry.error().what);
            number_ = entry ? entry->commit : 0;
        } else {
            number_ = -1;
        }
        return *std::move(made);
    }

    /// Opens and writes.
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

    std::string ask(const std::string& sql) const { return Reader(path_).ask(sql); }
    std::string change(const std::string& sql) const { return Reader::change(path_, sql); }

    std::string folder_;
    std::string path_;
    mutable std::int64_t number_ = 0;  // Of the last commit.
};

}  // namespace streams::duckdb
