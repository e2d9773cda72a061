#include "persisters/postgres/postgres_persister.h"

#include <chrono>
#include <thread>

#include "persisters/postgres/connection.h"
#include "persisters/postgres/postgres_fixture.h"

namespace streams::postgres {
namespace {

Stream users() {
    return stream("users", {field("id", Type::Integer), field("name", Type::Text)});
}
Stream events() {
    return stream("events", {field("what", Type::Text)}, Load::Append);
}

using Rows = PostgresTest;

TEST_F(Rows, TheLastOfAKeyWinsOverTheWholeCommit) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("a")}, {number(2), text("b")}, {number(1), text("c")}});
    expect_good(sink->write(users(), batch_of(users(), {{number(2), text("d")}})));
    EXPECT_EQ(counts(commit(*sink)), "2 new, 0 changed, 2 same of 4");
    EXPECT_EQ(ask("SELECT * FROM users ORDER BY id"), "1|c\n2|d");
    expect_good(sink->write(
        users(),
        batch_of(users(), {{number(1), text("c")}, {number(2), text("e")}, {number(3), nullptr}})));
    EXPECT_EQ(counts(commit(*sink)), "1 new, 1 changed, 1 same of 3");
    EXPECT_EQ(ask("SELECT * FROM users ORDER BY id"), "1|c\n2|e\n3|null");
}

TEST_F(Rows, AKeyThatComesAgainAfterRisingOnesIsFound) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("a")}, {number(2), text("b")}});
    expect_good(sink->write(users(), batch_of(users(), {{number(3), text("c")},
                                                        {number(3), text("d")},
                                                        {number(1), text("e")}})));
    EXPECT_EQ(counts(commit(*sink)), "3 new, 0 changed, 2 same of 5");
    EXPECT_EQ(ask("SELECT * FROM users ORDER BY id"), "1|e\n2|b\n3|d");
}

TEST_F(Rows, AnAbsentFieldIsNull) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("a")}});
    commit(*sink);
    load(*sink, stream("users", {field("id", Type::Integer)}), {{number(1)}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 1 changed, 0 same of 1");
    EXPECT_EQ(ask("SELECT * FROM users"), "1|null");
}

TEST_F(Rows, ASmallerSequenceChangesNothing) {
    const auto ordered = stream("t", {field("id", Type::Integer), field("v", Type::Text),
                                      field("_sdc_sequence", Type::Integer)});
    auto sink = persister("p");
    load(*sink, ordered,
         {{number(1), text("second"), number(2)}, {number(1), text("first"), number(1)}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT v FROM t"), "second");
    load(*sink, ordered, {{number(1), text("older"), number(1)}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT v FROM t"), "second");
    load(*sink, ordered, {{number(1), text("equal"), number(2)}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 1 changed, 0 same of 1");
}

TEST_F(Rows, ADiscardedTransactionLeavesNothing) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("a")}});
    load(*sink, events(), {{text("x")}});
    sink.reset();
    EXPECT_EQ(ask("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() "
                  "AND tablename IN ('users', 'events')"),
              "0");
    EXPECT_EQ(ask("SELECT \"commit\" FROM _streams_state"), "0");
}

TEST_F(Rows, AppendedRowsCarryTheirCommit) {
    auto sink = persister("p");
    load(*sink, events(), {{text("x")}, {text("x")}});
    commit(*sink);
    load(*sink, events(), {{text("y")}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT what, _streams_commit FROM events ORDER BY 2, 1"), "x|1\nx|1\ny|2");
}

TEST_F(Rows, WithoutAColumnAreKeptToo) {
    const auto bare = stream("bare", {}, Load::Append);
    auto sink = persister("");
    load(*sink, bare, std::vector<std::vector<Cell>>(2));
    commit(*sink);
    EXPECT_EQ(ask("SELECT count(*), count(_streams_commit) FROM bare"), "2|0");
}

TEST_F(Rows, NamesThatPostgresCannotHoldAreShortened) {
    auto sink = persister("p");
    const std::string long_name(100, 'n');
    for (const std::string name :
         {"pg_class", "Users", "users", "we\"ird", "sch.ema", long_name.c_str()}) {
        load(*sink, stream(name, {field("id", Type::Integer)}), {{number(1)}});
    }
    EXPECT_EQ(commit(*sink).size(), 6U);
    EXPECT_EQ(
        ask("SELECT count(DISTINCT \"table\"), max(length(\"table\")) FROM _streams_tables "
            "WHERE stream LIKE 'nnn%' OR stream IN ('pg_class', 'Users', 'users', 'we\"ird')"),
        "5|63");
    EXPECT_EQ(ask("SELECT * FROM \"we\"\"ird\""), "1");
    EXPECT_EQ(ask("SELECT \"table\" FROM _streams_tables WHERE stream = 'pg_class'").substr(0, 16),
              "table_pg_class__");
}

Stream versioned() {
    auto made = stream("t", {field("id", Type::Integer), field("v", Type::Text), version_field()});
    made.versioned = true;
    return made;
}

Result<> write_and_activate(Persister& sink, const Stream& stream,
                            const std::vector<std::vector<Cell>>& rows, std::int64_t version) {
    STREAMS_TRY(sink.open(stream));
    auto batch = batch_of(stream, rows);
    batch.activate_version = version;
    return sink.write(stream, batch);
}

using Versions = PostgresTest;

TEST_F(Versions, RowsOfAnOldOneAreMarkedAndComeBack) {
    auto sink = persister("p");
    const auto row = [](std::int64_t id, const char* v, std::int64_t version) {
        return std::vector<Cell>{number(id), text(v), number(version)};
    };
    expect_good(write_and_activate(*sink, versioned(), {row(1, "a", 1), row(2, "b", 1)}, 1));
    EXPECT_EQ(counts(commit(*sink)), "2 new, 0 changed, 0 same of 2");
    expect_good(write_and_activate(*sink, versioned(), {row(1, "a", 2)}, 2));
    EXPECT_EQ(counts(commit(*sink)), "0 new, 0 changed, 1 same of 1");
    const char* all = "SELECT id, v, _sdc_table_version, _sdc_deleted_at IS NULL FROM t ORDER BY 1";
    EXPECT_EQ(ask(all), "1|a|2|t\n2|b|1|f");
    expect_good(write_and_activate(*sink, versioned(), {row(1, "c", 3), row(2, "b", 3)}, 3));
    EXPECT_EQ(counts(commit(*sink)), "0 new, 1 changed, 1 same of 2");
    EXPECT_EQ(ask(all), "1|c|3|t\n2|b|3|t");
}

TEST_F(Versions, WhatWaitsForAColumnIsDoneInOrder) {
    auto sink = persister("p");
    const auto plain = stream("t", {field("id", Type::Integer), field("v", Type::Text)});
    load(*sink, plain, {{number(1), text("old")}, {number(2), text("old")}});
    commit(*sink);
    // Both columns are missing, so nothing can be merged or marked before the commit.
    expect_good(write_and_activate(*sink, versioned(), {{number(1), text("new"), number(5)}}, 5));
    expect_good(
        sink->write(versioned(), batch_of(versioned(), {{number(2), text("late"), number(6)}})));
    EXPECT_EQ(ask("SELECT count(*) FROM t WHERE v = 'old'"), "2");
    commit(*sink);
    EXPECT_EQ(ask("SELECT id, v, _sdc_deleted_at IS NULL FROM t ORDER BY 1"), "1|new|t\n2|late|t");
}

TEST_F(Versions, HardDeleteRemoves) {
    auto sink = persister("p", {}, true);
    expect_good(write_and_activate(
        *sink, versioned(), {{number(1), text("a"), number(1)}, {number(2), text("b"), number(1)}},
        1));
    commit(*sink);
    expect_good(write_and_activate(*sink, versioned(), {{number(1), text("a"), number(2)}}, 2));
    commit(*sink);
    EXPECT_EQ(ask("SELECT id FROM t"), "1");
}

using WholeLoads = PostgresTest;

TEST_F(WholeLoads, ReplaceTheRowsAndLeaveViewsAlone) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("a")}, {number(2), text("b")}});
    commit(*sink);
    ask("CREATE VIEW names AS SELECT name FROM users");
    auto whole = users();
    whole.load = Load::Overwrite;
    load(*sink, whole, {{number(3), text("c")}, {number(3), text("d")}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT * FROM names ORDER BY 1"), "a\nb") << "not before the run's end";
    const auto receipts = end_run(*sink);
    EXPECT_EQ(ask("SELECT * FROM names"), "d");
    EXPECT_EQ(ask("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND "
                  "tablename LIKE '\\_streams\\_new%'"),
              "0");
    sink = persister("p");
    load(*sink, users(), {{number(3), text("e")}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 1 changed, 0 same of 1");
}

TEST_F(WholeLoads, MayBringAnotherKeyAndOtherColumns) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("a")}});
    commit(*sink);
    auto other = stream(
        "users", {field("name", Type::Text), field("at", Type::Timestamp), field("id", Type::Text)},
        Load::Overwrite);
    other.key = {0};
    load(*sink, other, {{text("n"), number(0), text("x")}, {text("m"), nullptr, nullptr}});
    end_run(*sink);
    EXPECT_EQ(ask("SELECT id, name, at FROM users ORDER BY name"),
              "null|m|null\nx|n|1970-01-01 00:00:00+00");
    sink = persister("p");
    other.load = Load::Upsert;
    load(*sink, other, {{text("n"), number(0), text("y")}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 1 changed, 0 same of 1");
}

TEST_F(WholeLoads, OfADeadRunAreCleanedUp) {
    auto sink = persister("p");
    auto whole = users();
    whole.load = Load::Overwrite;
    load(*sink, whole, {{number(3), text("c")}});
    commit(*sink);
    sink.reset();
    persister("p");
    EXPECT_EQ(ask("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND "
                  "tablename LIKE '\\_streams\\_new%'"),
              "0");
}

using Owners = PostgresTest;

TEST_F(Owners, AnothersTableAndAForeignOneAreRefused) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("a")}});
    commit(*sink);
    EXPECT_EQ(id_of(persister("q")->open(users())), "table-owned");
    ask("CREATE TABLE events (what text); INSERT INTO events VALUES ('mine')");
    EXPECT_EQ(id_of(persister("q")->open(events())), "table-foreign");
    auto adopting = persister("q", {.adopt = true});
    load(*adopting, events(), {{text("ours")}});
    EXPECT_EQ(ask("SELECT * FROM events"), "mine") << "a table of others is changed at the commit";
    commit(*adopting);
    EXPECT_EQ(ask("SELECT what, _streams_commit FROM events ORDER BY 1"), "mine|null\nours|1");
}

TEST_F(Owners, AnAdoptedColumnThatWouldRoundIsRefused) {
    ask("CREATE SCHEMA " + schema_);
    ask("CREATE TABLE t (v numeric(10, 2)); CREATE TABLE u (v varchar(3))");
    auto sink = persister("p", {.adopt = true});
    EXPECT_EQ(id_of(sink->open(stream("t", {field("v", Type::Decimal)}, Load::Append))),
              "column-foreign");
    sink = persister("p", {.adopt = true});
    const auto short_texts = stream("u", {field("v", Type::Text)}, Load::Append);
    load(*sink, short_texts, {{text("abc")}});
    commit(*sink);
    EXPECT_EQ(id_of(sink->write(short_texts, batch_of(short_texts, {{text("abcd")}}))),
              "row-refused");
}

TEST_F(Owners, WhoeverMayNotCreateIsTold) {
    ask("CREATE ROLE reader LOGIN");
    auto made = try_make({.pipeline = "p"}, false, "reader");
    ASSERT_TRUE(made);
    const auto claimed = (*made)->ledger()->claim("", std::nullopt);
    EXPECT_EQ(claimed.error().id, "no-rights");
    EXPECT_EQ(
        id_of(check(Settings({{"url", {server().url("reader"), ""}}, {"schema", {schema_, ""}}}))),
        "no-rights");
    EXPECT_EQ(id_of(check(Settings({{"url", {server().url(), ""}}}))), "none");
}

TEST_F(Owners, WhoMayNotComeInIsTold) {
    ask("CREATE ROLE stranger LOGIN PASSWORD 'right'");
    EXPECT_EQ(try_make({}, false, "stranger:wrong").error().id, "login-refused");
    EXPECT_TRUE(try_make({}, false, "stranger:right"));
    EXPECT_EQ(try_make({}, false, "nobody_at_all").error().id, "login-refused");
}

/// Somebody else, who is in the middle of something.
class Session {
 public:
    explicit Session(const std::string& url)
        : connection_(*Connection::open({url, {}, "somebody"})) {}
    void run(const std::string& sql) { ASSERT_TRUE(connection_->run(sql)); }

 private:
    std::unique_ptr<Connection> connection_;
};

using Locks = PostgresTest;

TEST_F(Locks, ASecondRunOfAPipelineIsToldWhoIsAtWork) {
    auto first = persister("p");
    expect_good(first->ledger()->lock(std::chrono::milliseconds(0)));
    auto second = try_make({.pipeline = "p"});
    const auto refused = (*second)->ledger()->lock(std::chrono::milliseconds(100));
    EXPECT_EQ(id_of(refused), "pipeline-locked");
    EXPECT_NE(refused.error().what.find("streams p (pid "), std::string::npos);
    expect_good((*try_make({.pipeline = "q"}))->ledger()->lock(std::chrono::milliseconds(0)));
    first.reset();
    expect_good((*second)->ledger()->lock(std::chrono::milliseconds(5000)));
}

TEST_F(Locks, WhoeverLosesTheLockUnnoticedIsFenced) {
    auto first = persister("p");
    expect_good(first->ledger()->lock(std::chrono::milliseconds(0)));
    load(*first, users(), {{number(1), text("a")}});
    commit(*first, "1");
    expect_good(first->write(users(), batch_of(users(), {{number(2), text("b")}})));
    auto late = next("2");
    ask("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
    auto second = persister("p");
    expect_good(second->ledger()->lock(std::chrono::milliseconds(5000)));
    load(*second, users(), {{number(3), text("c")}});
    commit(*second, "3");
    const auto fenced = first->commit(late);
    ASSERT_FALSE(fenced);
    EXPECT_EQ(fenced.error().id, "fenced");
    EXPECT_EQ(ask("SELECT id FROM users ORDER BY 1"), "1\n3");
    EXPECT_EQ(ask("SELECT state FROM _streams_state"), "3");
}

TEST_F(Locks, ADoomedTransactionHoldsNoReader) {  // FrozenWriterHoldsDdl
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("a")}});
    commit(*sink);
    const auto wider = stream("users", {field("id", Type::Integer), field("name", Type::Text),
                                        field("age", Type::Integer)});
    load(*sink, wider, {{number(1), text("b"), number(7)}});
    // The writer stands still with a change before it; others read and write as if it were not.
    EXPECT_EQ(ask("SET lock_timeout = '1s'; SELECT * FROM users"), "1|a");
    EXPECT_EQ(ask("SET lock_timeout = '1s'; INSERT INTO users VALUES (9, 'mine')"), "");
    EXPECT_EQ(ask("SET lock_timeout = '1s'; ALTER TABLE users ADD COLUMN note text"), "");
    commit(*sink);
    EXPECT_EQ(ask("SELECT id, name, age FROM users ORDER BY 1"), "1|b|7\n9|mine|null");
}

TEST_F(Locks, ATableInUseEndsTheRunAndSaysWhoUsesIt) {
    auto sink = persister("p", {.wait = std::chrono::milliseconds(1500)});
    load(*sink, users(), {{number(1), text("a")}});
    commit(*sink);
    Session reader(server().url());
    reader.run("BEGIN; SELECT * FROM " + schema_ + ".users");
    load(*sink, stream("users", {field("id", Type::Integer), field("age", Type::Integer)}),
         {{number(1), number(7)}});
    const auto refused = sink->commit(next());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().id, "destination-busy");
    EXPECT_NE(refused.error().what.find("somebody"), std::string::npos);
    EXPECT_EQ(ask("SELECT * FROM users"), "1|a");
}

TEST_F(Locks, AChangedTableUnderAViewIsExplained) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("v", Type::Integer)}, Load::Append), {{number(1)}});
    commit(*sink);
    ask("CREATE VIEW w AS SELECT v FROM t");
    expect_good(sink->open(stream("t", {field("v", Type::Decimal)}, Load::Append)));
    const auto refused = sink->commit(next());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().id, "table-used");
    EXPECT_EQ(refused.error().kind, ErrorKind::Config);
}

using Deaths = PostgresTest;

TEST_F(Deaths, ABackendThatDiesInALoadLeavesTheLastCommit) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("a")}});
    commit(*sink, "1");
    expect_good(sink->write(users(), batch_of(users(), {{number(2), text("b")}})));
    ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name LIKE 'streams p %'");
    const auto lost = sink->write(users(), batch_of(users(), {{number(3), text("c")}}));
    EXPECT_EQ(id_of(lost), "connection-lost");
    EXPECT_EQ(lost.error().kind, ErrorKind::Transient);
    EXPECT_FALSE(sink->commit(next("2")));
    EXPECT_EQ(ask("SELECT * FROM users"), "1|a");
    EXPECT_EQ(ask("SELECT state FROM _streams_state"), "1");
}

TEST_F(Rows, ALedgerOfAnEarlierBuildIsBroughtUpToDate) {
    ask("CREATE SCHEMA " + schema_ + ";" + sql::testing::old_commits());
    {
        const auto reader = try_make({.pipeline = "p"});
        EXPECT_TRUE((*reader)->ledger()->history());
    }
    auto sink = persister("p");
    commit(*sink, "1");
    sql::testing::expect_reasons_are_kept(*sink->ledger());
    sink.reset();
    EXPECT_EQ(ask("SELECT reason FROM _streams_commits WHERE pipeline = 'other'"), "");
}

}  // namespace
}  // namespace streams::postgres
