#include "persisters/duckdb/duckdb_persister.h"

#include "persisters/duckdb/duckdb_fixture.h"

namespace streams::duckdb {
namespace {

using Persist = DuckdbTest;

Stream users(Load load = Load::Upsert) {
    return stream("users", {field("id", Type::Integer), field("name", Type::Text)}, load);
}

constexpr const char* kTables = "SELECT table_name FROM duckdb_tables() ORDER BY 1";

TEST_F(Persist, RowsAreInvisibleUntilCommit) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}});
    EXPECT_EQ(ask("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'users'"), "0");
    EXPECT_EQ(counts(commit(*sink, "{\"a\":1}")), "1 new, 0 changed, 0 same of 1");
    EXPECT_EQ(ask("SELECT * FROM users"), "1|Ana");
    EXPECT_EQ(ask("SELECT state, \"commit\" FROM _streams_state"), "{\"a\":1}|1");
}

TEST_F(Persist, DestroyingWithoutCommitDiscards) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}});
    commit(*sink);
    load(*sink, users(), {{number(2), text("Bo")}});
    sink.reset();
    EXPECT_EQ(ask("SELECT * FROM users"), "1|Ana");
}

TEST_F(Persist, ABarePipeLeavesATableAndNoLedger) {
    auto sink = persister("");
    EXPECT_EQ(sink->ledger(), nullptr);
    const auto hello = stream("hello", {field("value", Type::Text)}, Load::Append);
    load(*sink, hello, {{text("world")}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT * FROM hello"), "world|null");
    EXPECT_EQ(ask(kTables), "_streams_columns\n_streams_tables\nhello");
}

Stream every_type() {
    auto money = field("money", Type::Decimal);
    money.scale = 2;
    money.precision = 12;
    return stream("all",
                  {field("boolean", Type::Boolean), field("integer", Type::Integer),
                   field("double", Type::Double), field("decimal", Type::Decimal),
                   field("text", Type::Text), field("timestamp", Type::Timestamp),
                   field("date", Type::Date), field("time", Type::Time), field("uuid", Type::Uuid),
                   field("binary", Type::Binary), field("json", Type::Json), money},
                  Load::Append);
}

TEST_F(Persist, EveryTypeHasAColumnOfItsOwn) {
    auto sink = persister("");
    load(*sink, every_type(), {});
    commit(*sink);
    EXPECT_EQ(ask("SELECT string_agg(data_type, ',' ORDER BY column_index) FROM duckdb_columns() "
                  "WHERE table_name = 'all'"),
              "BOOLEAN,BIGINT,DOUBLE,HUGEINT,VARCHAR,TIMESTAMP WITH TIME ZONE,DATE,TIME,UUID,BLOB,"
              "JSON,DECIMAL(12,2),BIGINT");
}

TEST_F(Persist, EveryTypeComesBackAsItWasSent) {
    auto sink = persister("");
    load(*sink, every_type(),
         {{true, number(9223372036854775807), 0.1, text("9223372036854775808.10"), text(""),
           number(1656998722000001), number(-719162), number(86399999999),
           text("123e4567-e89b-12d3-a456-426614174000"), text(std::string("\0\xff", 2)),
           text("{\"a\": 1}"), text("-1234567890.50")},
          {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
           nullptr, nullptr},
          {false, number(-9223372036854775807 - 1), 1e300, text("-7"), text(std::string("a\0b", 3)),
           number(-62135596800000000), number(2932896), number(0),
           text("ffffffff-ffff-ffff-ffff-ffffffffffff"), text(""), text("5"), text("0.01")}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT * EXCLUDE (_streams_commit) FROM \"all\" LIMIT 1"),
              "true|9223372036854775807|0.1|9223372036854775808.1||2022-07-05 05:25:22.000001+00|"
              "0001-01-01|23:59:59.999999|123e4567-e89b-12d3-a456-426614174000|\\x00\\xFF|{\"a\": "
              "1}|-1234567890.50");
    EXPECT_EQ(ask("SELECT * FROM \"all\" LIMIT 1 OFFSET 1"),
              "null|null|null|null|null|null|null|null|null|null|null|null|null");
    EXPECT_EQ(ask("SELECT \"boolean\", \"integer\", \"double\", \"decimal\", hex(\"text\"), "
                  "\"timestamp\", \"date\", \"time\", uuid, \"binary\", json, money FROM \"all\" "
                  "LIMIT 1 OFFSET 2"),
              "false|-9223372036854775808|1e+300|-7.0|610062|0001-01-01 00:00:00+00|9999-12-31|"
              "00:00:00|ffffffff-ffff-ffff-ffff-ffffffffffff||5|0.01");
}

TEST_F(Persist, ManyRowsOfEachLengthComeBack) {
    const auto made = stream("t",
                             {field("id", Type::Integer), field("v", Type::Text),
                              field("b", Type::Boolean), field("d", Type::Date)},
                             Load::Append);
    std::vector<std::vector<Cell>> rows;
    for (std::int64_t i = 0; i < 5000; ++i) {
        rows.push_back(
            {number(i),
             i % 7 == 0 ? Cell(nullptr) : text(std::string(static_cast<std::size_t>(i % 40), 'x')),
             i % 3 == 0, i % 5 == 0 ? Cell(nullptr) : number(i)});
    }
    auto sink = persister("p");
    load(*sink, made, rows);
    commit(*sink);
    EXPECT_EQ(ask("SELECT count(*) FROM t WHERE "
                  "v IS NOT DISTINCT FROM (CASE WHEN id % 7 > 0 THEN repeat('x', id % 40) END) "
                  "AND b = (id % 3 = 0) AND d IS NOT DISTINCT FROM "
                  "(CASE WHEN id % 5 > 0 THEN DATE '1970-01-01' + id::INTEGER END)"),
              "5000");
    EXPECT_EQ(ask("SELECT count(*) FROM t WHERE id = rowid"), "5000");
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
    sink.reset();
    EXPECT_EQ(*persister("p")->stored("users"), rich.fields);
}

TEST_F(Persist, AnUpsertCountsNewChangedAndSame) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}, {number(2), nullptr}, {number(4), text("D")}});
    EXPECT_EQ(counts(commit(*sink)), "3 new, 0 changed, 0 same of 3");
    load(*sink, users(), {{number(1), text("Ana")}, {number(2), text("Bo")}, {number(3), nullptr}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 1 changed, 1 same of 3");
    EXPECT_EQ(ask("SELECT * FROM users ORDER BY id"), "1|Ana\n2|Bo\n3|null\n4|D");
}

TEST_F(Persist, DuplicateKeysInStaging) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("a")}, {number(1), text("b")}, {number(2), nullptr}});
    expect_good(sink->write(users(), batch_of(users(), {{number(1), text("c")}})));
    EXPECT_EQ(counts(commit(*sink)), "2 new, 0 changed, 2 same of 4");
    load(*sink, users(), {{number(2), text("d")}, {number(2), text("e")}, {number(2), nullptr}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 0 changed, 3 same of 3");
    EXPECT_EQ(ask("SELECT * FROM users ORDER BY id"), "1|c\n2|null");
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
    EXPECT_EQ(counts(commit(*sink)), "2 new, 0 changed, 2 same of 4");
    EXPECT_EQ(ask("SELECT * FROM pairs ORDER BY a"), "X|1|2\nx|1|4");
}

TEST_F(Persist, ARowThatIsOnlyAKeyIsKeptOnce) {
    const auto only = stream("only", {field("id", Type::Text)});
    auto sink = persister("p");
    load(*sink, only, {{text("a")}, {text("a")}, {text("b")}});
    EXPECT_EQ(counts(commit(*sink)), "2 new, 0 changed, 1 same of 3");
    load(*sink, only, {{text("a")}, {text("c")}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 0 changed, 1 same of 2");
}

TEST_F(Persist, ARowWithoutAKeyIsRefused) {
    auto sink = persister("p");
    expect_good(sink->open(users()));
    const auto written = sink->write(users(), batch_of(users(), {{nullptr, text("Ana")}}));
    EXPECT_EQ(id_of(written), "key-null");
    EXPECT_FALSE(sink->commit(next()));
    EXPECT_EQ(ask("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'users'"), "0");
}

TEST_F(Persist, AnAbsentFieldIsNull) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}, {number(2), text("Bo")}});
    commit(*sink);
    const auto fewer = stream("users", {field("id", Type::Integer), field("age", Type::Integer)});
    load(*sink, fewer, {{number(1), number(41)}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT id, name, age FROM users ORDER BY id"), "1|null|41\n2|Bo|null");
}

TEST_F(Persist, AppendKeepsIdenticalRowsAndNumbersTheirCommit) {
    auto sink = persister("p");
    const auto log = stream("log", {field("line", Type::Text)}, Load::Append);
    load(*sink, log, {{text("a")}, {text("a")}});
    commit(*sink);
    expect_good(sink->write(log, batch_of(log, {{text("a")}})));
    EXPECT_EQ(counts(commit(*sink)), "1 new, 0 changed, 0 same of 1");
    EXPECT_EQ(ask("SELECT line, _streams_commit FROM log"), "a|1\na|1\na|2");
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
          {number(1), text("b"), number(7)},
          {number(1), text("n"), nullptr}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 0 changed, 3 same of 4");
    EXPECT_EQ(ask("SELECT * FROM ordered"), "1|a|10");
    load(*sink, ordered, {{number(1), text("late"), number(9)}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 0 changed, 1 same of 1");
    load(*sink, ordered, {{number(1), text("none"), nullptr}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT * FROM ordered"), "1|a|10");
    load(*sink, ordered, {{number(1), text("c"), number(10)}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 1 changed, 0 same of 1");
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
              "p|run-1|users|17|record-type|no number|{\"id\":\"x\"}");
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
    EXPECT_EQ(ask("SELECT * FROM users"), "1|Ana\n2|Bo");
    expect_good(sink->write(whole, batch_of(whole, {{number(3), text("Cy"), nullptr},
                                                    {number(2), text("Bo"), number(42)}})));
    const auto receipts = end_run(*sink);
    EXPECT_EQ(counts(receipts), "1 new, 1 changed, 0 same of 2");
    EXPECT_EQ(ask("SELECT * FROM users ORDER BY id"), "2|Bo|42\n3|Cy|null");
    EXPECT_EQ(ask("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE '\\_streams\\_new%' "
                  "ESCAPE '\\'"),
              "0");
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
    end_run(*sink);
    EXPECT_EQ(ask("SELECT count(*) FROM users"), "0");
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
    EXPECT_EQ(ask("SELECT * FROM users"), "1|Ana");
    sink = persister("p");
    EXPECT_EQ(ask("SELECT DISTINCT \"table\" FROM _streams_columns"), "users");
    load(*sink, whole, {{number(8), text("Yan")}});
    end_run(*sink);
    EXPECT_EQ(ask("SELECT * FROM users"), "8|Yan");
}

TEST_F(Persist, AViewSurvivesTheReplacementOfItsTable) {
    auto sink = persister("p");
    load(*sink, users(), {{number(1), text("Ana")}});
    commit(*sink);
    sink.reset();
    change("CREATE VIEW names AS SELECT name FROM users");
    sink = persister("p");
    auto whole = users();
    whole.load = Load::Overwrite;
    load(*sink, whole, {{number(9), text("Zoe")}});
    end_run(*sink);
    EXPECT_EQ(ask("SELECT * FROM names"), "Zoe");
}

TEST_F(Persist, ASchemaIsOne) {
    auto sink = persister("p", {.schema = "copy"});
    load(*sink, users(), {{number(2), text("b")}});
    commit(*sink, "2");
    sink.reset();
    sink = persister("p");
    EXPECT_TRUE(sink->stored("users")->empty());
    load(*sink, users(), {{number(1), text("a")}});
    commit(*sink, "1");
    sink.reset();
    EXPECT_EQ(ask("SELECT id FROM copy.users"), "2");
    EXPECT_EQ(ask("SELECT id FROM users"), "1");
    EXPECT_EQ(ask("SELECT state FROM copy._streams_state"), "2");
    sink = persister("p", {.schema = "copy"});
    EXPECT_EQ(sink->ledger()->read()->value().state, "2");
}

TEST_F(Persist, ADryRunMakesNoFile) {
    const auto sink = try_make({.pipeline = "p", .dry_run = true});
    ASSERT_TRUE(sink);
    EXPECT_FALSE((*sink)->ledger()->read()->has_value());
    EXPECT_TRUE((*sink)->stored("users")->empty());
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Persist, TwoThousandColumnsAreStoredAndChanged) {
    std::vector<Field> all;
    for (int i = 0; i < 1999; ++i) all.push_back(field("f" + std::to_string(i), Type::Text));
    const auto wide = stream("wide", std::move(all));
    auto sink = persister("p");
    std::vector<Cell> row(1999, text("x"));
    load(*sink, wide, {row});
    commit(*sink);
    expect_good(sink->write(wide, batch_of(wide, {row})));
    EXPECT_EQ(counts(commit(*sink)), "0 new, 0 changed, 1 same of 1");
    row.back() = text("y");
    expect_good(sink->write(wide, batch_of(wide, {row})));
    EXPECT_EQ(counts(commit(*sink)), "0 new, 1 changed, 0 same of 1");
    EXPECT_EQ(ask("SELECT f0, f1998 FROM wide"), "x|y");
}

const std::vector<std::string>& awkward_names() {
    static const std::vector<std::string> names = {"select",
                                                   "Id table",
                                                   "a\"b",
                                                   "\"",
                                                   "'; DROP TABLE canary; --",
                                                   "\"; DROP TABLE canary; --",
                                                   "[x]",
                                                   "a;b",
                                                   "oid",
                                                   "excluded",
                                                   "kept",
                                                   "staged",
                                                   "met",
                                                   "__proto__",
                                                   " ",
                                                   "\n",
                                                   "\xD7\xA9\xD7\x9C",
                                                   "\xF0\x9F\x98\x80",
                                                   "../x",
                                                   "a.b",
                                                   "?1",
                                                   "$1",
                                                   "%s",
                                                   std::string(300, 'n'),
                                                   "_sdc_batched_at",
                                                   "1",
                                                   "NULL",
                                                   "tag",
                                                   "c0",
                                                   "main",
                                                   "streams_rows",
                                                   "streams_change",
                                                   "\xC3\x84",
                                                   "\xC3\xA4"};
    return names;
}

TEST_F(Persist, EveryNameOfAStreamOrFieldIsKeptAndHarmless) {
    auto sink = persister("p");
    for (const char* version : {"", "; again"}) {
        for (const auto& name : awkward_names()) {
            auto made = stream(name, {field("key", Type::Text)});
            std::vector<Cell> row = {text(name)};
            for (const auto& column : awkward_names()) {
                made.fields.push_back(field(column, Type::Text));
                row.push_back(text("value of " + column + version));
            }
            load(*sink, made, {row});
        }
        for (const auto& receipt : commit(*sink)) {
            EXPECT_EQ(receipt.new_rows + receipt.changed, 1) << receipt.stream;
            EXPECT_EQ(receipt.table, receipt.stream);
        }
    }
    EXPECT_EQ(ask("SELECT \"'; DROP TABLE canary; --\" FROM \"a\"\"b\""),
              "value of '; DROP TABLE canary; --; again");
}

TEST_F(Persist, StreamsWhoseNamesFoldToOneKeepTheirOwnTables) {
    for (int round = 0; round < 2; ++round) {
        auto sink = persister("p");
        for (const char* name : {"Orders", "orders", "ORDERS"}) {
            load(*sink, stream(name, {field("id", Type::Text)}), {{text(name)}});
        }
        EXPECT_EQ(commit(*sink).size(), 3);
    }
    EXPECT_EQ(ask("SELECT * FROM orders"), "Orders");
    EXPECT_EQ(ask("SELECT count(DISTINCT \"table\") FROM _streams_tables"), "3");
}

TEST_F(Persist, AForeignTableIsRefusedUnlessItIsAdopted) {
    change("CREATE TABLE users (id BIGINT, name VARCHAR, note VARCHAR DEFAULT 'n')");
    change("INSERT INTO users VALUES (1, 'old', 'mine')");
    EXPECT_EQ(id_of(persister("p")->open(users())), "table-foreign");
    auto sink = persister("p", {.adopt = true});
    EXPECT_EQ(sink->stored("users")->size(), 3);
    load(*sink, users(), {{number(1), text("new")}, {number(2), text("x")}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 1 changed, 0 same of 2");
    EXPECT_EQ(ask("SELECT id, name FROM users ORDER BY id"), "1|new\n2|x");
    EXPECT_EQ(ask("SELECT note FROM users WHERE id = 1"), "mine");
}

TEST_F(Persist, AnAdoptedTableNeedsRowsOfUniqueKeys) {
    change("CREATE TABLE users (id BIGINT, name VARCHAR)");
    change("INSERT INTO users VALUES (1, 'a'), (1, 'b')");
    EXPECT_EQ(id_of(persister("p", {.adopt = true})->open(users())), "key-changed");
}

TEST_F(Persist, AColumnThatWouldChangeTheValuesIsRefused) {
    change("CREATE TABLE users (id INTEGER, name VARCHAR)");
    EXPECT_EQ(id_of(persister("p", {.adopt = true})->open(users())), "column-foreign");
}

TEST_F(Persist, AViewIsNoTable) {
    change("CREATE VIEW users AS SELECT 1 AS id");
    EXPECT_EQ(id_of(persister("p", {.adopt = true})->open(users())), "table-foreign");
}

TEST_F(Persist, AnotherPipelinesTableIsRefused) {
    auto sink = persister("first");
    load(*sink, users(), {{number(1), text("a")}});
    commit(*sink);
    sink.reset();
    EXPECT_EQ(id_of(persister("second")->open(users())), "table-owned");
}

TEST_F(Persist, SomethingElseIsNoDatabase) {
    for (const char* content : {"", "no database, but a text that is long enough"}) {
        std::FILE* file = std::fopen(path_.c_str(), "w");
        std::fputs(content, file);
        std::fclose(file);
        const auto sink = try_make({.pipeline = "p"});
        const auto read = (*sink)->ledger()->read();
        EXPECT_EQ(read.error().id, "not-a-database");
        EXPECT_EQ(read.error().kind, ErrorKind::Config);
    }
}

TEST_F(Persist, ALedgerOfAnEarlierBuildIsBroughtUpToDate) {
    change(sql::testing::old_commits());
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
}  // namespace streams::duckdb
