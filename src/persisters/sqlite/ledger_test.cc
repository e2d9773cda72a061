#include "sql/ledger.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "persisters/sqlite/sqlite_fixture.h"
#include "state/state_hash.h"

namespace streams::sqlite {
namespace {

using std::chrono::milliseconds;

class LedgerTest : public SqliteTest {
 protected:
    static Stream users() {
        return stream("users", {field("id", Type::Integer), field("name", Type::Text)});
    }

    std::unique_ptr<Persister> unclaimed(const std::string& pipeline,
                                         milliseconds wait = milliseconds(50)) const {
        auto made = try_make({.pipeline = pipeline, .wait = wait});
        EXPECT_TRUE(made);
        return *std::move(made);
    }

    LedgerEntry entry(const std::string& pipeline) const {
        auto sink = unclaimed(pipeline);
        auto read = sink->ledger()->read();
        const auto entry = read ? *std::move(read) : std::nullopt;
        EXPECT_TRUE(entry);
        return entry.value_or(LedgerEntry{});
    }

    /// Runs `act` in another process, and keeps what it did (locks, transactions) until
    /// `end_other`.
    template <typename Act>
    void start_other(Act act) {
        int ready[2];
        int leave[2];
        ASSERT_EQ(::pipe(ready), 0);
        ASSERT_EQ(::pipe(leave), 0);
        other_ = ::fork();
        if (other_ == 0) {
            ::close(leave[1]);
            const auto kept = act();
            char byte = 0;
            if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
            if (::read(leave[0], &byte, 1) < 0) ::_exit(1);
            ::_exit(0);
        }
        ::close(ready[1]);
        ::close(leave[0]);
        leave_ = leave[1];
        char byte = 0;
        ASSERT_EQ(::read(ready[0], &byte, 1), 1);
        ::close(ready[0]);
    }

    void end_other() {
        ::close(leave_);
        ::waitpid(other_, nullptr, 0);
        other_ = 0;
    }

    pid_t other_ = 0;
    int leave_ = -1;
};

TEST_F(LedgerTest, ANewPipelineRemembersNothingAndMakesNoFile) {
    auto sink = unclaimed("p");
    EXPECT_FALSE(sink->ledger()->read()->has_value());
    EXPECT_FALSE(*sink->ledger()->remembers("x"));
    EXPECT_TRUE(sink->ledger()->pipelines()->empty());
    EXPECT_FALSE(std::filesystem::exists(path_));
    expect_good(sink->ledger()->lock(milliseconds(0)));
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_TRUE(std::filesystem::exists(path_ + "-lock"));
}

TEST_F(LedgerTest, EachClaimRaisesTheEpoch) {
    for (std::int64_t epoch = 1; epoch <= 3; ++epoch) {
        EXPECT_EQ(unclaimed("p")->ledger()->claim("print", std::nullopt)->epoch, epoch);
    }
    EXPECT_EQ(entry("p").source_print, "print");
    EXPECT_EQ(unclaimed("p")->ledger()->claim("", std::nullopt)->source_print, "print");
    EXPECT_EQ(unclaimed("p")->ledger()->claim("other", std::nullopt)->source_print, "other");
}

TEST_F(LedgerTest, AFirstStateIsStoredOnlyWhereNoCommitIs) {
    EXPECT_EQ(unclaimed("p")->ledger()->claim("", "{\"a\":1}")->state, "{\"a\":1}");
    const auto hash = *state_hash("{\"a\": 1}");
    EXPECT_EQ(entry("p").state_hash, hash);
    EXPECT_TRUE(*unclaimed("p")->ledger()->remembers(hash));
    auto sink = persister("p");
    commit(*sink, "2");
    EXPECT_EQ(unclaimed("p")->ledger()->claim("", "3")->state, "2");
}

TEST_F(LedgerTest, ACommitKeepsTheStateUnlessItBringsOne) {
    auto sink = persister("p");
    commit(*sink, "{\"b\": 1.0, \"a\":2}");
    load(*sink, users(), {{number(1), nullptr}});
    commit(*sink);
    EXPECT_EQ(entry("p").state, "{\"b\": 1.0, \"a\":2}");
    EXPECT_EQ(entry("p").commit, 2);
    EXPECT_TRUE(*sink->ledger()->remembers("hash of {\"b\": 1.0, \"a\":2}"));
    EXPECT_FALSE(*sink->ledger()->remembers("hash of nothing"));
}

TEST_F(LedgerTest, OnlyTheEndOfARunLeavesItsId) {
    auto sink = persister("p");
    end_run(*sink, next("1"), "run-7");
    EXPECT_EQ(entry("p").ended_run, "run-7");
    commit(*sink, "2");
    EXPECT_EQ(entry("p").ended_run, "");
}

TEST_F(LedgerTest, AWriterOfAnOlderEpochIsFenced) {
    auto first = persister("p");
    const auto number_of_first = number_;
    load(*first, users(), {{number(1), text("first")}});
    commit(*first, "1");
    auto second = persister("p");
    expect_good(first->write(users(), batch_of(users(), {{number(1), text("late")}})));
    Commit late{.number = number_of_first + 2, .state = "9", .state_hash = "nine"};
    const auto fenced = first->commit(late);
    ASSERT_FALSE(fenced);
    EXPECT_EQ(fenced.error().id, "fenced");
    EXPECT_EQ(fenced.error().kind, ErrorKind::Busy);
    EXPECT_EQ(id_of(first->open(users())), "fenced");
    load(*second, users(), {{number(2), text("second")}});
    commit(*second, "2");
    EXPECT_EQ(ask("SELECT * FROM users"), "1|'first'\n2|'second'");
    EXPECT_EQ(entry("p").state, "2");
}

TEST_F(LedgerTest, ASecondRunOfThePipelineIsRefusedAndToldWhoIsAtWork) {
    start_other([&] {
        auto sink = unclaimed("p");
        expect_good(sink->ledger()->lock(milliseconds(0)));
        return sink;
    });
    auto sink = unclaimed("p");
    const auto refused = sink->ledger()->lock(milliseconds(100));
    EXPECT_EQ(id_of(refused), "pipeline-locked");
    EXPECT_EQ(refused.error().kind, ErrorKind::Busy);
    EXPECT_NE(refused.error().what.find("pid " + std::to_string(other_)), std::string::npos)
        << refused.error().what;
    expect_good(unclaimed("other")->ledger()->lock(milliseconds(0)));
    expect_good((*try_make({.pipeline = "p", .schema = "s"}))->ledger()->lock(milliseconds(0)));
    end_other();
    expect_good(sink->ledger()->lock(milliseconds(0)));
}

TEST_F(LedgerTest, WaitsForTheFirstRun) {
    const auto first = ::fork();
    if (first == 0) {
        auto sink = persister("p");
        if (!sink->ledger()->lock(milliseconds(1000))) ::_exit(1);
        if (::mkdir((path_ + "-held").c_str(), 0700) != 0) ::_exit(2);
        load(*sink, users(), {{number(1), nullptr}});
        commit(*sink, "1");
        ::_exit(0);
    }
    auto second = unclaimed("p");
    while (!std::filesystem::exists(path_ + "-held")) ::poll(nullptr, 0, 1);
    expect_good(second->ledger()->lock(milliseconds(20000)));
    int status = 0;
    ::waitpid(first, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(entry("p").state, "1");
}

TEST_F(LedgerTest, ALockOutlivesOtherConnectionsOfTheProcess) {
    auto first = unclaimed("p");
    expect_good(first->ledger()->lock(milliseconds(0)));
    {
        EXPECT_FALSE(unclaimed("q")->ledger()->read()->has_value());
    }
    EXPECT_EQ(id_of(unclaimed("p")->ledger()->lock(milliseconds(0))), "pipeline-locked");
}

TEST_F(LedgerTest, ALinkToTheDatabaseIsTheSameDatabase) {
    persister("p");
    auto first = unclaimed("p");
    expect_good(first->ledger()->lock(milliseconds(0)));
    std::filesystem::create_symlink(path_, folder_ + "/link.db");
    path_ = folder_ + "/link.db";
    EXPECT_EQ(id_of(unclaimed("p")->ledger()->lock(milliseconds(0))), "pipeline-locked");
}

TEST_F(LedgerTest, AFileBusyWithAnotherPipelineIsWaitedForAndNamed) {
    persister("q");
    start_other([&] {
        auto sink = persister("q");
        expect_good(sink->open(users()));
        return sink;
    });
    auto sink = unclaimed("p", milliseconds(300));
    const auto claimed = sink->ledger()->claim("", std::nullopt);
    ASSERT_FALSE(claimed);
    EXPECT_EQ(claimed.error().id, "destination-busy");
    EXPECT_EQ(claimed.error().kind, ErrorKind::Busy);
    EXPECT_NE(claimed.error().what.find("pid " + std::to_string(other_)), std::string::npos)
        << claimed.error().what;
    end_other();
    EXPECT_TRUE(sink->ledger()->claim("", std::nullopt));
}

TEST_F(LedgerTest, TwoTapsOneFile) {
    auto first = persister("p");
    auto second = persister("q");
    const auto orders = stream("orders", {field("id", Type::Integer), field("n", Type::Integer)});
    for (std::int64_t i = 1; i <= 3; ++i) {
        load(*first, users(), {{number(i), text("u")}});
        commit(*first, {.number = i, .state = "1", .state_hash = "1"});
        load(*second, orders, {{number(i), number(i)}});
        commit(*second, {.number = i, .state = "2", .state_hash = "2"});
    }
    EXPECT_EQ(ask("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM orders)"), "3|3");
    EXPECT_EQ(ask("SELECT pipeline, \"commit\" FROM _streams_state"), "'p'|3\n'q'|3");
}

TEST_F(LedgerTest, ManyFirstRunsOfANewFileAllGetTheirTurn) {
    std::vector<pid_t> others;
    for (int i = 0; i < 6; ++i) {
        const auto other = ::fork();
        if (other == 0) {
            auto sink = unclaimed("p" + std::to_string(i), milliseconds(20000));
            ::_exit(sink->ledger()->claim("", std::nullopt) ? 0 : 1);
        }
        others.push_back(other);
    }
    for (const auto other : others) {
        int status = 0;
        ::waitpid(other, &status, 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(unclaimed("p0")->ledger()->pipelines()->size(), 6);
}

TEST_F(LedgerTest, ADroppedTableIsMissing) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), nullptr}});
    commit(*sink);
    sink.reset();
    EXPECT_TRUE(entry("p").missing.empty());
    ask("DROP TABLE users");
    EXPECT_EQ(entry("p").missing, std::vector<std::string>{"users"});
    sink = persister("p");
    EXPECT_EQ(id_of(sink->open(users())), "table-missing");
    sink = persister("p");
    auto whole = users();
    whole.load = Load::Overwrite;
    load(*sink, whole, {{number(2), nullptr}});
    end_run(*sink, next(), "r");
    EXPECT_TRUE(entry("p").missing.empty());
    EXPECT_EQ(ask("SELECT id FROM users"), "2");
}

TEST_F(LedgerTest, SettingAStateIsACommitThatFencesRunningWriters) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), nullptr}});
    commit(*sink, "1");
    expect_good(unclaimed("p")->ledger()->set_state("{\"a\":2}", "set"));
    EXPECT_EQ(entry("p").state, "{\"a\":2}");
    EXPECT_EQ(entry("p").state_hash, *state_hash("{\"a\":2}"));
    EXPECT_EQ(entry("p").commit, 2);
    expect_good(sink->write(users(), batch_of(users(), {{number(2), nullptr}})));
    EXPECT_EQ(sink->commit(next("3")).error().id, "fenced");
    expect_good(unclaimed("p")->ledger()->set_state(std::nullopt, "reset"));
    EXPECT_FALSE(entry("p").state);
    EXPECT_EQ(entry("p").state_hash, "");
    EXPECT_TRUE(*unclaimed("p")->ledger()->remembers("hash of 1"));
}

TEST_F(LedgerTest, HistoryTellsEachCommitWithItsRunStateAndReason) {
    EXPECT_TRUE(unclaimed("p")->ledger()->history()->empty());
    auto sink = persister("p");
    load(*sink, users(), {{number(1), nullptr}, {number(2), nullptr}});
    commit(*sink, "1");
    load(*sink, users(), {{number(3), nullptr}});
    commit(*sink);
    expect_good(unclaimed("p")->ledger()->set_state(std::nullopt, "reset"));
    const auto past = unclaimed("p")->ledger()->history().value();
    ASSERT_EQ(past.size(), 3U);
    EXPECT_EQ(past[0].number, 1);
    EXPECT_EQ(past[0].state, "1");
    EXPECT_EQ(past[0].receipts.at(0).stream, "users");
    EXPECT_EQ(past[0].receipts.at(0).rows, 2U);
    EXPECT_EQ(past[1].state, "1") << "a commit without a STATE leaves it as it was";
    EXPECT_EQ(past[1].reason, "");
    EXPECT_EQ(past[2].state, std::nullopt);
    EXPECT_EQ(past[2].reason, "reset");
    EXPECT_EQ(past[2].time.size(), 27U);
}

TEST_F(LedgerTest, ARenamedPipelineTakesItsTablesAlong) {
    auto sink = persister("old");
    load(*sink, users(), {{number(1), nullptr}});
    commit(*sink, "1");
    persister("taken");
    EXPECT_EQ(id_of(unclaimed("old")->ledger()->rename("taken")), "pipeline-exists");
    EXPECT_EQ(id_of(unclaimed("none")->ledger()->rename("new")), "pipeline-unknown");
    expect_good(unclaimed("old")->ledger()->rename("new"));
    EXPECT_EQ(*unclaimed("new")->ledger()->pipelines(), (std::vector<std::string>{"new", "taken"}));
    EXPECT_EQ(entry("new").state, "1");
    const auto late = sink->write(users(), batch_of(users(), {{number(2), nullptr}}));
    EXPECT_EQ(id_of(late), "table-owned");
    auto renamed = persister("new");
    load(*renamed, users(), {{number(2), nullptr}});
    commit(*renamed, "2");
    EXPECT_EQ(ask("SELECT id FROM users"), "1\n2");
}

TEST_F(LedgerTest, PipelinesAreListedPerSchema) {
    persister("b");
    persister("a");
    persister("c", {.schema = "s"});
    EXPECT_EQ(*unclaimed("x")->ledger()->pipelines(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(*(*try_make({.pipeline = "x", .schema = "s"}))->ledger()->pipelines(),
              std::vector<std::string>{"c"});
}

TEST_F(LedgerTest, SettlingSyncsTheLogThatIsThere) {
    auto sink = persister("p");
    commit(*sink, "1");
    EXPECT_TRUE(std::filesystem::exists(path_ + "-wal"));
    expect_good(sink->ledger()->settle());
    sink.reset();
    expect_good(unclaimed("p")->ledger()->settle());
}

TEST_F(LedgerTest, CommitsGoThroughALog) {
    auto sink = persister("p");
    EXPECT_EQ(ask("PRAGMA journal_mode"), "'wal'");
}

TEST_F(LedgerTest, ALedgerOfAnEarlierBuildIsBroughtUpToDate) {
    Reader(path_).run(sql::testing::old_commits());
    {
        const auto reader = try_make({.pipeline = "p"});
        EXPECT_TRUE((*reader)->ledger()->history());
    }
    auto sink = persister("p");
    commit(*sink, "1");
    sql::testing::expect_reasons_are_kept(*sink->ledger());
    sink.reset();
    EXPECT_EQ(ask("SELECT reason FROM _streams_commits WHERE pipeline = 'other'"), "''");
}

}  // namespace
}  // namespace streams::sqlite
