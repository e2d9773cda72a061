#pragma once

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "persisters/sqlite/sqlite_persister.h"
#include "sql/testing_rows.h"
#include "streams/persister.h"

namespace streams::sqlite {

using sql::testing::batch_of;
using sql::testing::Cell;
using sql::testing::counts;
using sql::testing::field;
using sql::testing::number;
using sql::testing::stream;
using sql::testing::text;
using sql::testing::version_field;

/// A connection of somebody else: what it cannot see is not committed.
class Reader {
 public:
    explicit Reader(const std::string& path) { sqlite3_open(path.c_str(), &handle_); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { sqlite3_close(handle_); }

    /// Rows as `1|'text'|2.5|null`, one a line; the error's text if there is one.
    std::string ask(const std::string& sql) {
        sqlite3_stmt* rows = nullptr;
        if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &rows, nullptr) != SQLITE_OK) {
            return std::string("error: ") + sqlite3_errmsg(handle_);
        }
        std::string all;
        while (sqlite3_step(rows) == SQLITE_ROW) {
            if (!all.empty()) all += '\n';
            for (int i = 0; i < sqlite3_column_count(rows); ++i) {
                all += (i == 0 ? "" : "|") + cell(rows, i);
            }
        }
        if (sqlite3_finalize(rows) == SQLITE_OK) return all;
        return std::string("error: ") + sqlite3_errmsg(handle_);
    }

    /// Several statements, none of which answers.
    void run(const std::string& sql) {
        EXPECT_EQ(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    }

 private:
    static std::string cell(sqlite3_stmt* rows, int column) {
        const int type = sqlite3_column_type(rows, column);
        if (type == SQLITE_NULL) return "null";
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(rows, column));
        const auto count = static_cast<std::size_t>(sqlite3_column_bytes(rows, column));
        const std::string value = bytes == nullptr ? "" : std::string(bytes, count);
        if (type == SQLITE_TEXT) return "'" + value + "'";
        return type == SQLITE_BLOB ? "x" + value : value;
    }

    sqlite3* handle_ = nullptr;
};

/// A folder of its own for each test, and short words for what a pipeline does.
class SqliteTest : public ::testing::Test {
 protected:
    SqliteTest() {
        std::string name = (std::filesystem::temp_directory_path() / "sqlite-XXXXXX").string();
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

    /// Of a persister that is not `persister()`.
    static std::vector<Receipt> end_run(Persister& persister, Commit commit, std::string run) {
        commit.ends_run = true;
        commit.run = std::move(run);
        return SqliteTest::commit(persister, commit);
    }

    std::string ask(const std::string& sql) const { return Reader(path_).ask(sql); }

    std::string folder_;
    std::string path_;
    mutable std::int64_t number_ = 0;  // Of the last commit.
};

}  // namespace streams::sqlite
