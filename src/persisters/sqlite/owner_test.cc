#include "sql/owner.h"

#include "persisters/sqlite/sqlite_fixture.h"

namespace streams::sqlite {
namespace {

class Owner : public SqliteTest {
 protected:
    static Stream issues() {
        return stream("issues", {field("id", Type::Integer), field("title", Type::Text)});
    }

    static void load_one(Persister& sink, std::int64_t id) {
        load(sink, issues(), {{number(id), text("t")}});
    }

    Result<> try_open(const std::string& pipeline, const Stream& stream,
                      const Context& context = {}) const {
        return persister(pipeline, context)->open(stream);
    }
};

TEST_F(Owner, AnotherPipelinesTableIsRefusedByNameAndWithTheWaysOut) {
    auto sink = persister("first");
    load_one(*sink, 1);
    commit(*sink);
    const auto refused = try_open("second", issues());
    EXPECT_EQ(id_of(refused), "table-owned");
    EXPECT_EQ(refused.error().kind, ErrorKind::Config);
    const auto text = refused.error().what + refused.error().remedy;
    for (const char* part :
         {"\"first\"", "--pipeline first", "--schema NAME", "streams state rename first NEW"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
    }
    EXPECT_EQ(id_of(try_open("", issues())), "table-owned");
    EXPECT_EQ(persister("second")->stored("issues").error().id, "table-owned");
    EXPECT_EQ(ask("SELECT count(*) FROM issues"), "1");
}

TEST_F(Owner, APipelineTakesOverWhatBarePipesMade) {
    auto bare = persister("");
    load_one(*bare, 1);
    commit(*bare);
    auto sink = persister("p");
    load_one(*sink, 2);
    commit(*sink);
    EXPECT_EQ(ask("SELECT pipeline FROM _streams_tables"), "'p'");
    const auto late = bare->write(issues(), batch_of(issues(), {{number(3), text("t")}}));
    EXPECT_EQ(id_of(late), "table-owned");
    EXPECT_EQ(ask("SELECT id FROM issues"), "1\n2");
}

TEST_F(Owner, OtherSchema) {
    auto first = persister("p");
    load_one(*first, 1);
    commit(*first);
    auto second = persister("p", {.schema = "copy"});
    load_one(*second, 2);
    commit(*second);
    EXPECT_EQ(ask("SELECT id FROM copy__issues"), "2");
    EXPECT_EQ(ask("SELECT id FROM issues"), "1");
    EXPECT_EQ(ask("SELECT \"table\", schema FROM _streams_tables ORDER BY 1"),
              "'copy__issues'|'copy'\n'issues'|''");
    auto looks_alike = issues();
    looks_alike.name = "copy__issues";
    EXPECT_EQ(id_of(try_open("p", looks_alike)), "table-owned");
}

TEST_F(Owner, AForeignTableIsRefusedUnlessItIsAdopted) {
    ask("CREATE TABLE issues (id INTEGER PRIMARY KEY, title VARCHAR(20), note TEXT DEFAULT 'n')");
    ask("INSERT INTO issues VALUES (1, 'old', 'mine')");
    const auto refused = try_open("p", issues());
    EXPECT_EQ(id_of(refused), "table-foreign");
    EXPECT_NE(refused.error().remedy.find("--adopt"), std::string::npos);
    auto sink = persister("p", {.adopt = true});
    EXPECT_EQ(sink->stored("issues")->size(), 3);
    load(*sink, issues(), {{number(1), text("new")}, {number(2), text("x")}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 1 changed, 0 same of 2");
    EXPECT_EQ(ask("SELECT * FROM issues"), "1|'new'|'mine'\n2|'x'|'n'");
    sink = persister("p");
    load(*sink, issues(), {{number(2), text("y")}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 1 changed, 0 same of 1");
}

TEST_F(Owner, AnAdoptedTableGetsAKeyIfItsRowsAllowIt) {
    ask("CREATE TABLE issues (id INTEGER, title TEXT)");
    ask("INSERT INTO issues VALUES (1, 'a'), (2, 'b')");
    auto sink = persister("p", {.adopt = true});
    load(*sink, issues(), {{number(1), text("new")}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 1 changed, 0 same of 1");
    ask("CREATE TABLE twice (id INTEGER, title TEXT)");
    ask("INSERT INTO twice VALUES (1, 'a'), (1, 'b')");
    auto twice = issues();
    twice.name = "twice";
    EXPECT_EQ(id_of(persister("p", {.adopt = true})->open(twice)), "key-changed");
}

TEST_F(Owner, AColumnThatWouldChangeTheValuesIsRefused) {
    ask("CREATE TABLE issues (id INTEGER PRIMARY KEY, title NUMERIC)");
    EXPECT_EQ(id_of(try_open("p", issues(), {.adopt = true})), "column-foreign");
}

TEST_F(Owner, AKeyThatFoldsCaseIsNoKey) {
    ask("CREATE TABLE issues (id TEXT PRIMARY KEY COLLATE NOCASE, title TEXT)");
    auto texts = stream("issues", {field("id", Type::Text), field("title", Type::Text)});
    auto sink = persister("p", {.adopt = true});
    expect_good(sink->open(texts));
    const auto written =
        sink->write(texts, batch_of(texts, {{text("a"), text("1")}, {text("A"), text("2")}}));
    EXPECT_EQ(id_of(written), "row-refused");
    EXPECT_EQ(written.error().kind, ErrorKind::Data);
}

TEST_F(Owner, AViewIsNoTable) {
    ask("CREATE VIEW issues AS SELECT 1 AS id");
    EXPECT_EQ(id_of(try_open("p", issues(), {.adopt = true})), "table-foreign");
}

TEST_F(Owner, ATriggerThatRaisesRefusesTheRow) {
    auto sink = persister("p");
    load_one(*sink, 1);
    commit(*sink, "1");
    ask("CREATE TRIGGER no BEFORE INSERT ON issues BEGIN SELECT raise(ABORT, 'not today'); END");
    expect_good(sink->open(issues()));
    const auto refused = sink->write(issues(), batch_of(issues(), {{number(2), text("t")}}));
    EXPECT_EQ(id_of(refused), "row-refused");
    EXPECT_NE(refused.error().why.find("not today"), std::string::npos);
    EXPECT_EQ(ask("SELECT state FROM _streams_state"), "'1'");
}

TEST_F(Owner, AChangedKeyIsRefused) {
    auto sink = persister("p");
    load_one(*sink, 1);
    commit(*sink);
    auto changed = issues();
    changed.key = {1};
    const auto refused = try_open("p", changed);
    EXPECT_EQ(id_of(refused), "key-changed");
    EXPECT_NE(refused.error().remedy.find("--refresh issues"), std::string::npos);
    auto appended = issues();
    appended.load = Load::Append;
    EXPECT_EQ(id_of(try_open("p", appended)), "load-changed");
    changed.load = Load::Overwrite;
    sink = persister("p");
    load(*sink, changed, {{number(5), text("t")}});
    end_run(*sink, next(), "r");
    changed.load = Load::Upsert;
    EXPECT_EQ(id_of(try_open("p", changed)), "none");
}

TEST_F(Owner, ATableWithoutAKeyMayGetOne) {
    auto sink = persister("p");
    auto appended = issues();
    appended.load = Load::Append;
    appended.key.clear();
    load(*sink, appended, {{number(1), text("a")}, {number(2), text("b")}});
    load(*sink, issues(), {{number(2), text("c")}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT id, title FROM issues"), "1|'a'\n2|'c'");
    EXPECT_EQ(ask("SELECT keys, load FROM _streams_tables"), "'[\"id\"]'|'upsert'");
}

TEST_F(Owner, PipelinesHaveTheirOwnHiddenTables) {
    auto whole = issues();
    whole.load = Load::Overwrite;
    auto other = issues();
    other.name = "other";
    other.load = Load::Overwrite;
    auto first = persister("first");
    load(*first, whole, {{number(1), text("a")}});
    commit(*first, {.number = 1});
    auto second = persister("second");
    load(*second, other, {{number(1), text("a")}});
    end_run(*second, {.number = 1}, "r");
    end_run(*first, {.number = 2}, "r");
    EXPECT_EQ(ask("SELECT (SELECT count(*) FROM issues), (SELECT count(*) FROM other)"), "1|1");
}

}  // namespace
}  // namespace streams::sqlite
