#include "persisters/sqlite/connection.h"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/file.h"
#include "persisters/sqlite/sqlite_fixture.h"

namespace streams::sqlite {
namespace {

class Faults : public SqliteTest {
 protected:
    static Stream blobs() { return stream("blobs", {field("v", Type::Text)}, Load::Append); }

    /// In a process of its own, because what it does to itself cannot be undone. 0 is good.
    template <typename Act>
    static int status_of(Act act) {
        const auto child = ::fork();
        if (child == 0) ::_exit(act());
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
};

void cap_files(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
}

TEST_F(Faults, AFullDiskIsSaidAndTheLastCommitIsLeft) {
    auto sink = persister("p");
    load(*sink, blobs(), {{text("first")}});
    commit(*sink, "1");
    sink.reset();
    EXPECT_EQ(status_of([&] {
                  auto second = persister("p");
                  if (!second->open(blobs())) return 1;
                  cap_files(1 << 20);
                  const auto batch = batch_of(blobs(), {{text(std::string(100'000, 'x'))}});
                  Result<> written;
                  for (int i = 0; i < 1000 && written; ++i) written = second->write(blobs(), batch);
                  if (written) return 2;
                  if (written.error().id != "disk-full") return 3;
                  if (written.error().kind != ErrorKind::Failed) return 4;
                  if (written.error().what.find(path_) == std::string::npos) return 5;
                  if (second->commit(next("2"))) return 6;
                  return second->commit(next("2")).error().id == "disk-full" ? 0 : 7;
              }),
              0);
    EXPECT_EQ(ask("SELECT v FROM blobs"), "'first'");
    EXPECT_EQ(ask("SELECT state FROM _streams_state"), "'1'");
    sink = persister("p");
    load(*sink, blobs(), {{text("second")}});
    commit(*sink, "2");
    EXPECT_EQ(ask("SELECT v FROM blobs"), "'first'\n'second'");
}

TEST_F(Faults, ACommitThatFindsNoRoomStoresNothing) {
    commit(*persister("p"), "1");
    EXPECT_EQ(status_of([&] {
                  auto sink = persister("p");
                  // Little enough to stay in memory until the commit.
                  load(*sink, blobs(), {{text(std::string(200'000, 'x'))}});
                  cap_files(100'000);
                  const auto failed = sink->commit(next("2"));
                  if (failed) return 1;
                  return failed.error().id == "disk-full" ? 0 : 2;
              }),
              0);
    EXPECT_EQ(ask("SELECT state FROM _streams_state"), "'1'");
}

TEST_F(Faults, WhatIsNoDatabaseIsRefusedAtOnce) {
    std::ofstream(path_) << "This is a text of more than sixteen bytes, and no database.";
    const auto refused = try_make({});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().id, "not-a-database");
    EXPECT_EQ(refused.error().kind, ErrorKind::Config);
    EXPECT_NE(refused.error().what.find(path_), std::string::npos);
}

TEST_F(Faults, AnEmptyFileIsADatabase) {
    std::ofstream(path_).flush();
    auto sink = persister("p");
    load(*sink, blobs(), {{text("x")}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT v FROM blobs"), "'x'");
}

TEST_F(Faults, AMissingFolderIsRefusedAtOnce) {
    path_ = folder_ + "/none/test.db";
    EXPECT_EQ(try_make({}).error().id, "path-unusable");
    EXPECT_EQ(try_make({.dry_run = true}).error().id, "path-unusable");
    path_ = folder_;
    EXPECT_EQ(try_make({}).error().id, "path-unusable");
    path_ = "";
    EXPECT_EQ(try_make({}).error().id, "path-unusable");
}

TEST_F(Faults, AFileThatMayNotBeWrittenIsSaid) {
    auto sink = persister("p");
    load(*sink, blobs(), {{text("x")}});
    commit(*sink, "1");
    sink.reset();
    ::chmod(path_.c_str(), 0444);
    ::chmod(folder_.c_str(), 0555);
    EXPECT_EQ(status_of([&] {
                  if (::geteuid() == 0 && ::setuid(65534) != 0) return 1;
                  const auto made = try_make({.pipeline = "p"});
                  if (made) return 2;
                  if (made.error().kind != ErrorKind::Failed) return 3;
                  return made.error().id == "read-only" ? 0 : 4;
              }),
              0);
    ::chmod(folder_.c_str(), 0755);
}

TEST_F(Faults, NamesThatSqliteTakesForSomethingElseAreFiles) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder_);
    for (const char* name : {":memory:", "file:x.db?mode=memory"}) {
        path_ = name;
        auto sink = persister("p");
        load(*sink, blobs(), {{text("x")}});
        commit(*sink);
        EXPECT_TRUE(std::filesystem::exists(folder_ + "/" + name)) << name;
    }
    std::filesystem::current_path(before);
}

TEST_F(Faults, AValueThatIsTooLongIsBadData) {
    auto database =
        *Connection::open(path_, Connection::Access::Create, std::chrono::milliseconds(0));
    expect_good(database->run("CREATE TABLE t (v TEXT)"));
    database->limit_length(1000);
    const std::string longer(1001, 'x');
    auto insert = *database->prepare("INSERT INTO t VALUES (?1)");
    ASSERT_EQ(sqlite3_bind_text64(insert.get(), 1, longer.data(), longer.size(), SQLITE_STATIC,
                                  SQLITE_UTF8),
              SQLITE_TOOBIG);
    EXPECT_EQ(database->error().id, "value-too-long");
    EXPECT_EQ(database->error().kind, ErrorKind::Data);
}

// A sanitizer keeps freed memory in quarantine.
constexpr bool keeps_freed_memory() {
#ifdef __SANITIZE_ADDRESS__
    return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    return true;
#else
    return false;
#endif
#else
    return false;
#endif
}

std::size_t peak_bytes() {
    struct rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) << 10;
}

TEST_F(Faults, ALongTransactionNeedsNoMoreMemory) {
    if (keeps_freed_memory()) GTEST_SKIP() << "a sanitizer keeps freed memory";
    EXPECT_EQ(status_of([&] {
                  auto sink = persister("p");
                  const auto batch = batch_of(blobs(), std::vector<std::vector<Cell>>(
                                                           1000, {text(std::string(1000, 'x'))}));
                  if (!sink->open(blobs())) return 1;
                  for (int i = 0; i < 40; ++i) {
                      if (!sink->write(blobs(), batch)) return 2;
                  }
                  const auto before = peak_bytes();
                  for (int i = 0; i < 120; ++i) {
                      if (!sink->write(blobs(), batch)) return 3;
                  }
                  if (!sink->commit(next("1"))) return 4;
                  return peak_bytes() - before < (std::size_t{8} << 20) ? 0 : 5;
              }),
              0);
    EXPECT_EQ(ask("SELECT count(*), sum(length(v)) FROM blobs"), "160000|160000000");
}

TEST_F(Faults, CheckMakesNothingAndSaysWhatIsWrong) {
    const auto settings = [&] { return Settings({{"path", {path_, "--path"}}}); };
    expect_good(check(settings()));
    EXPECT_FALSE(std::filesystem::exists(path_));
    persister("p");
    expect_good(check(settings()));
    std::ofstream(path_) << "This is a text of more than sixteen bytes, and no database.";
    EXPECT_EQ(id_of(check(settings())), "not-a-database");
    path_ = folder_ + "/none/test.db";
    EXPECT_EQ(id_of(check(settings())), "path-unusable");
}

}  // namespace
}  // namespace streams::sqlite
