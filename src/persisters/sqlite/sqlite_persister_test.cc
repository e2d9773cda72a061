#include "persisters/sqlite/sqlite_persister.h"

#include "persisters/sqlite/sqlite_fixture.h"

namespace streams::sqlite {
namespace {

using Persist = SqliteTest;

Stream users(Load load = Load::Upsert) {
    return stream("users", {field("id", Type::Integer), field("name", Type::Text)}, load);
}

TEST_F(Persist, RowsAreInvisibleUntilCommit) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}});
    EXPECT_EQ(ask("SELECT count(*) FROM sqlite_master WHERE name = 'users'"), "0");
    EXPECT_EQ(counts(commit(*sink, "{\"a\":1}")), "1 new, 0 changed, 0 same of 1");
    EXPECT_EQ(ask("SELECT * FROM users"), "1|'Ana'");
    EXPECT_EQ(ask("SELECT state, \"commit\" FROM _streams_state"), "'{\"a\":1}'|1");
}

TEST_F(Persist, DestroyingWithoutCommitDiscards) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}});
    commit(*sink);
    load(*sink, users(), {{number(2), text("Bo")}});
    sink.reset();
    EXPECT_EQ(ask("SELECT * FROM users"), "1|'Ana'");
}

TEST_F(Persist, ABarePipeLeavesATableAndNoLedger) {
    auto sink = persister("");
    EXPECT_EQ(sink->ledger(), nullptr);
    const auto hello = stream("hello", {field("value", Type::Text)}, Load::Append);
    load(*sink, hello, {{text("world")}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT * FROM hello"), "'world'|null");
    EXPECT_EQ(ask("SELECT pipeline FROM _streams_tables"), "''");
    EXPECT_EQ(ask("SELECT count(*) FROM sqlite_master WHERE name = '_streams_state'"), "0");
}

TEST_F(Persist, EveryTypeComesBackAsItWasSent) {
    const auto all = stream(
        "all",
        {field("boolean", Type::Boolean), field("integer", Type::Integer),
         field("double", Type::Double), field("decimal", Type::Decimal), field("text", Type::Text),
         field("timestamp", Type::Timestamp), field("date", Type::Date), field("time", Type::Time),
         field("uuid", Type::Uuid), field("binary", Type::Binary), field("json", Type::Json)},
        Load::Append);
    auto sink = persister("");
    load(
        *sink, all,
        {{true, number(9223372036854775807), 0.1, text("9223372036854775808.10"), text(""),
          number(1656998722000001), number(-719162), number(86399999999),
          text("123e4567-e89b-12d3-a456-426614174000"), text(std::string("\0\xff", 2)),
          text("{\"a\": 1}")},
         {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
          nullptr},
         {false, number(-9223372036854775807 - 1), 1e300, text("007"), text(std::string("a\0b", 3)),
          number(-62135596800000000), number(2932896), number(0), text(""), text(""), text("5")}});
    commit(*sink);
    EXPECT_EQ(
        ask("SELECT boolean, integer, double, decimal, text, timestamp, date, time FROM \"all\" "
            "LIMIT 1"),
        "1|9223372036854775807|0.1|'9223372036854775808.10'|''|'2022-07-05T05:25:22.000001Z'|"
        "'0001-01-01'|'23:59:59.999999'");
    EXPECT_EQ(ask("SELECT uuid, hex(binary), json FROM \"all\" LIMIT 1"),
              "'123e4567-e89b-12d3-a456-426614174000'|'00FF'|'{\"a\": 1}'");
    EXPECT_EQ(
        ask("SELECT count(*) FROM \"all\" WHERE boolean IS NULL AND integer IS NULL AND double "
            "IS NULL AND decimal IS NULL AND text IS NULL AND timestamp IS NULL AND date IS "
            "NULL AND time IS NULL AND uuid IS NULL AND binary IS NULL AND json IS NULL"),
        "1");
    EXPECT_EQ(
        ask("SELECT boolean, integer, double, decimal, hex(text), timestamp, date, time, uuid, "
            "typeof(binary), json FROM \"all\" LIMIT 1 OFFSET 2"),
        "0|-9223372036854775808|1.0e+300|'007'|'610062'|'0001-01-01T00:00:00.000000Z'|"
        "'9999-12-31'|'00:00:00.000000'|''|'blob'|'5'");
    EXPECT_EQ(ask("SELECT group_concat(DISTINCT type) FROM pragma_table_info('all')"),
              "'INTEGER,REAL,TEXT,BLOB'");
}

TEST_F(Persist, StoredGivesTheFieldsBack) {
    auto sink = persister("p");
    EXPECT_TRUE(sink->stored("users")->empty());
    auto rich = users();
    rich.fields[1] = {.name = "name__st",
                      .path = "name",
                      .kind = Kind::Text,
                      .type = Type::Uuid,
                      .declared = true,
                      .scale = 2,
                      .precision = 9};
    rich.fields.push_back(version_field());
    load(*sink, rich, {{number(1), nullptr, number(7)}});
    commit(*sink);
    EXPECT_EQ(*persister("p")->stored("users"), rich.fields);
}

TEST_F(Persist, AnUpsertCountsNewChangedAndSame) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}, {number(2), nullptr}});
    EXPECT_EQ(counts(commit(*sink)), "2 new, 0 changed, 0 same of 2");
    load(*sink, users(),
         {{number(1), text("Ana")},
          {number(2), text("Bo")},
          {number(3), nullptr},
          {number(2), text("Bo")},
          {number(2), nullptr}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 2 changed, 2 same of 5");
    EXPECT_EQ(ask("SELECT * FROM users"), "1|'Ana'\n2|null\n3|null");
}

TEST_F(Persist, AKeyMayBeAnyWholeNumber) {
    auto sink = persister("p");
    const auto least = -9223372036854775807 - 1;
    for (int round = 0; round < 2; ++round) {
        load(*sink, users(),
             {{number(least), text("a")}, {number(0), text("b")}, {number(-1), text("c")}});
        EXPECT_EQ(counts(commit(*sink)),
                  round == 0 ? "3 new, 0 changed, 0 same of 3" : "0 new, 0 changed, 3 same of 3");
    }
}

TEST_F(Persist, KeysOfSeveralFieldsAndTypesAreOneKey) {
    auto pairs = stream(
        "pairs", {field("a", Type::Text), field("b", Type::Decimal), field("c", Type::Integer)});
    pairs.key = {0, 1};
    auto sink = persister("p");
    load(*sink, pairs,
         {{text("x"), text("1.0"), number(1)},
          {text("X"), text("1"), number(2)},
          {text("x"), text("1.00"), number(3)},
          {text("x"), text("10e-1"), number(4)}});
    EXPECT_EQ(counts(commit(*sink)), "2 new, 2 changed, 0 same of 4");
    EXPECT_EQ(ask("SELECT * FROM pairs"), "'x'|'1'|4\n'X'|'1'|2");
}

TEST_F(Persist, ARowThatIsOnlyAKeyIsKeptOnce) {
    const auto only = stream("only", {field("id", Type::Text)});
    auto sink = persister("p");
    load(*sink, only, {{text("a")}, {text("a")}, {text("b")}});
    EXPECT_EQ(counts(commit(*sink)), "2 new, 0 changed, 1 same of 3");
}

TEST_F(Persist, ARowWithoutAKeyIsRefused) {
    auto sink = persister("p");
    expect_good(sink->open(users()));
    const auto written = sink->write(users(), batch_of(users(), {{nullptr, text("Ana")}}));
    EXPECT_EQ(id_of(written), "key-null");
    EXPECT_EQ(written.error().kind, ErrorKind::Data);
    EXPECT_FALSE(sink->commit(next()));
    EXPECT_EQ(ask("SELECT count(*) FROM sqlite_master WHERE name = 'users'"), "0");
}

TEST_F(Persist, AnAbsentFieldIsNull) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}, {number(2), text("Bo")}});
    commit(*sink);
    const auto fewer = stream("users", {field("id", Type::Integer), field("age", Type::Integer)});
    load(*sink, fewer, {{number(1), number(41)}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT id, name, age FROM users"), "1|null|41\n2|'Bo'|null");
}

TEST_F(Persist, AppendKeepsIdenticalRowsAndNumbersTheirCommit) {
    auto sink = persister("p");
    const auto log = stream("log", {field("line", Type::Text)}, Load::Append);
    load(*sink, log, {{text("a")}, {text("a")}});
    commit(*sink);
    expect_good(sink->write(log, batch_of(log, {{text("a")}})));
    EXPECT_EQ(counts(commit(*sink)), "1 new, 0 changed, 0 same of 1");
    EXPECT_EQ(ask("SELECT line, _streams_commit FROM log"), "'a'|1\n'a'|1\n'a'|2");
}

TEST_F(Persist, AStreamWithoutFieldsKeepsItsRows) {
    auto sink = persister("p");
    const auto empty = stream("empty", {}, Load::Append);
    load(*sink, empty, {{}, {}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT * FROM empty"), "1\n1");
}

TEST_F(Persist, AnOlderSequenceChangesNothing) {
    const auto ordered = stream("ordered", {field("id", Type::Integer), field("v", Type::Text),
                                            field("_sdc_sequence", Type::Integer)});
    auto sink = persister("p");
    load(*sink, ordered,
         {{number(1), text("a"), number(5)},
          {number(1), text("a"), number(10)},
          {number(1), text("b"), number(7)}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 0 changed, 2 same of 3");
    EXPECT_EQ(ask("SELECT * FROM ordered"), "1|'a'|10");
}

TEST_F(Persist, RejectsAreStoredWithTheCommit) {
    auto sink = persister("p");
    auto with = next();
    with.run = "run-1";
    with.rejects = {{.stream = "users",
                     .line = 17,
                     .id = "record-type",
                     .reason = "no number",
                     .record = "{\"id\":\"x\"}"}};
    commit(*sink, with);
    EXPECT_EQ(ask("SELECT pipeline, run, stream, line, id, reason, record FROM _streams_rejects"),
              "'p'|'run-1'|'users'|17|'record-type'|'no number'|'{\"id\":\"x\"}'");
    EXPECT_EQ(ask("SELECT length(time) FROM _streams_rejects"), "27");
}

TEST_F(Persist, TheHistoryKeepsEachCommit) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}});
    commit(*sink, "1");
    commit(*sink, "2");
    EXPECT_EQ(ask("SELECT number, state, state_hash, receipts FROM _streams_commits"),
              "1|'1'|'hash of 1'|'[{\"changed\":0,\"created\":true,\"new\":1,\"rows\":1,\"same\":0,"
              "\"stream\":\"users\",\"table\":\"users\"}]'\n2|'2'|'hash of 2'|'[]'");
}

TEST_F(Persist, OverwriteReplacesTheTableAtTheEndOfTheRun) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}, {number(2), text("Bo")}});
    commit(*sink);
    auto whole = users();
    whole.load = Load::Overwrite;
    whole.fields.push_back(field("age", Type::Integer));
    load(*sink, whole, {{number(2), text("Bo"), number(40)}, {number(2), text("Bob"), number(41)}});
    EXPECT_FALSE(commit(*sink).front().created);
    EXPECT_EQ(ask("SELECT * FROM users"), "1|'Ana'\n2|'Bo'");
    expect_good(sink->write(whole, batch_of(whole, {{number(3), text("Cy"), nullptr}})));
    const auto receipts = end_run(*sink, next(), "r");
    EXPECT_EQ(counts(receipts), "1 new, 0 changed, 0 same of 1");
    EXPECT_FALSE(receipts.front().created);
    EXPECT_EQ(ask("SELECT * FROM users"), "2|'Bob'|41\n3|'Cy'|null");
    EXPECT_EQ(ask("SELECT name FROM sqlite_master WHERE name LIKE '\\_streams\\_new%' ESCAPE '\\'"),
              "");
    load(*sink, users(), {{number(3), text("Cyd")}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 1 changed, 0 same of 1");
}

TEST_F(Persist, OverwriteWithoutRowsEmptiesTheTable) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}});
    commit(*sink);
    auto whole = users();
    whole.load = Load::Overwrite;
    expect_good(sink->open(whole));
    end_run(*sink, next(), "r");
    EXPECT_EQ(ask("SELECT count(*) FROM users"), "0");
    EXPECT_EQ(persister("p")->stored("users")->size(), 2);
}

TEST_F(Persist, OverwriteHalfway) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}});
    commit(*sink);
    auto whole = users();
    whole.load = Load::Overwrite;
    load(*sink, whole, {{number(9), text("Zoe")}});
    commit(*sink);
    sink.reset();
    EXPECT_EQ(ask("SELECT * FROM users"), "1|'Ana'");
    sink = persister("p");
    EXPECT_EQ(ask("SELECT name FROM sqlite_master WHERE name LIKE '\\_streams\\_new%' ESCAPE '\\'"),
              "");
    EXPECT_EQ(ask("SELECT DISTINCT \"table\" FROM _streams_columns"), "'users'");
    load(*sink, whole, {{number(8), text("Yan")}});
    end_run(*sink, next(), "r");
    EXPECT_EQ(ask("SELECT * FROM users"), "8|'Yan'");
}

TEST_F(Persist, WhatUsersMadeOnATableSurvivesItsReplacement) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}});
    commit(*sink);
    ask("CREATE INDEX mine ON users (name)");
    ask("CREATE INDEX gone ON users (name, \"name\" || id)");
    ask("CREATE VIEW names AS SELECT name FROM users");
    const auto whole =
        stream("users", {field("id", Type::Integer), field("name", Type::Text)}, Load::Overwrite);
    load(*sink, whole, {{number(9), text("Zoe")}});
    end_run(*sink, next(), "r");
    EXPECT_EQ(ask("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"),
              "'mine'\n'gone'");
    EXPECT_EQ(ask("SELECT * FROM names"), "'Zoe'");
}

TEST_F(Persist, TailOfAnUpsert) {
    auto sink = persister("");
    load(*sink, users(), {{number(1), text("old")}});
    commit(*sink);
    load(*sink, users(), {{number(1), text("tail")}});
    commit(*sink);
    sink = persister("");
    load(*sink, users(), {{number(1), text("tail")}, {number(2), text("new")}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 0 changed, 1 same of 2");
    EXPECT_EQ(ask("SELECT * FROM users"), "1|'tail'\n2|'new'");
}

TEST_F(Persist, ADryRunMakesNoFile) {
    const auto sink = try_make({.pipeline = "p", .dry_run = true});
    ASSERT_TRUE(sink);
    EXPECT_FALSE((*sink)->ledger()->read()->has_value());
    EXPECT_TRUE((*sink)->stored("users")->empty());
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Persist, RowsThatTheTableRefusesAreRejectedAlone) {
    Reader(path_).run("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT CHECK (v <> 'bad'))");
    const auto kept = stream("t", {field("id", Type::Integer), field("v", Type::Text)});
    auto sink = persister("p", {.adopt = true, .rejects_max = 2});
    const auto rows = sql::testing::with_lines(batch_of(kept, {{number(1), text("a")},
                                                               {number(2), text("bad")},
                                                               {number(1), text("bad")},
                                                               {number(3), text("c")}}));
    expect_good(sink->open(kept));
    expect_good(sink->write(kept, rows));
    EXPECT_EQ(counts(commit(*sink)), "2 new, 0 changed, 0 same of 2");
    EXPECT_EQ(sink->refused().size(), 2U);
    EXPECT_EQ(ask("SELECT * FROM t"), "1|'a'\n3|'c'");
    EXPECT_EQ(ask("SELECT line, id, record FROM _streams_rejects"),
              "20|'row-refused'|'line 20'\n30|'row-refused'|'line 30'");
    const auto more = sink->write(kept, rows);
    EXPECT_EQ(id_of(more), "rejects-max");
}

TEST_F(Persist, ATriggerThatRollsBackEndsTheRun) {
    Reader(path_).run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TRIGGER no BEFORE INSERT ON t "
        "BEGIN SELECT RAISE(ROLLBACK, 'no'); END");
    const auto kept = stream("t", {field("id", Type::Integer)});
    auto sink = persister("p", {.adopt = true, .rejects_max = 2});
    expect_good(sink->open(kept));
    EXPECT_EQ(id_of(sink->write(kept, sql::testing::with_lines(batch_of(kept, {{number(1)}})))),
              "row-refused");
}

}  // namespace
}  // namespace streams::sqlite
