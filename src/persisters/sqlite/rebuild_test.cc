#include "persisters/sqlite/rebuild.h"

#include "persisters/sqlite/sqlite_fixture.h"

namespace streams::sqlite {
namespace {

struct Widening {
    Type from;
    Type to;
    std::vector<Cell> values;
    std::string expected;
};

class WideningKeepsValues : public SqliteTest, public ::testing::WithParamInterface<Widening> {};

TEST_P(WideningKeepsValues, InOrderAndExactly) {
    const auto& widening = GetParam();
    auto sink = persister("p");
    std::vector<std::vector<Cell>> rows;
    rows.reserve(widening.values.size() + 1);
    for (const auto& value : widening.values) rows.push_back({value});
    rows.push_back({nullptr});
    load(*sink, stream("t", {field("v", widening.from)}, Load::Append), rows);
    commit(*sink);
    expect_good(sink->open(stream("t", {field("v", widening.to)}, Load::Append)));
    commit(*sink);
    EXPECT_EQ(ask("SELECT v FROM t"), widening.expected + "\nnull");
    EXPECT_EQ(persister("p")->stored("t")->front().type, widening.to);
}

INSTANTIATE_TEST_SUITE_P(
    EveryPair, WideningKeepsValues,
    ::testing::Values(
        Widening{Type::Integer,
                 Type::Decimal,
                 {number(9223372036854775807), number(-9223372036854775807 - 1), number(0)},
                 "'9223372036854775807'\n'-9223372036854775808'\n'0'"},
        Widening{Type::Integer, Type::Text, {number(7)}, "'7'"},
        Widening{Type::Integer, Type::Json, {number(7)}, "'7'"},
        Widening{Type::Integer,
                 Type::Double,
                 {number(7), number(9007199254740992)},
                 "7.0\n9.00719925474099e+15"},
        Widening{Type::Double,
                 Type::Decimal,
                 {0.1, 1e22, 123456789012345680.0, 5e-324, 1.7976931348623157e308, 100000.0, -2.5},
                 "'0.1'\n'10000000000000000000000'\n'123456789012345680'\n'0." +
                     std::string(323, '0') + "5'\n'17976931348623157" + std::string(292, '0') +
                     "'\n'100000'\n'-2.5'"},
        Widening{Type::Double, Type::Text, {2.5}, "'2.5'"},
        Widening{Type::Double, Type::Json, {3.0}, "'3'"},
        Widening{Type::Boolean, Type::Text, {true, false}, "'true'\n'false'"},
        Widening{Type::Boolean, Type::Json, {true, false}, "'true'\n'false'"},
        Widening{Type::Decimal, Type::Text, {text("1.50")}, "'1.50'"},
        Widening{Type::Decimal, Type::Json, {text("1.50")}, "'1.50'"},
        Widening{Type::Timestamp, Type::Text, {number(0)}, "'1970-01-01T00:00:00.000000Z'"},
        Widening{Type::Timestamp, Type::Json, {number(0)}, "'\"1970-01-01T00:00:00.000000Z\"'"},
        Widening{Type::Date, Type::Timestamp, {number(1)}, "'1970-01-02T00:00:00.000000Z'"},
        Widening{Type::Date, Type::Text, {number(1)}, "'1970-01-02'"},
        Widening{Type::Time, Type::Text, {number(1)}, "'00:00:00.000001'"},
        Widening{Type::Uuid, Type::Text, {text("u")}, "'u'"},
        Widening{
            Type::Text, Type::Json, {text("a\"\n\\"), text("5")}, "'\"a\\\"\\n\\\\\"'\n'\"5\"'"},
        Widening{Type::Binary,
                 Type::Text,
                 {text("a"), text("ab"), text("abc"), text("")},
                 "'YQ=='\n'YWI='\n'YWJj'\n''"},
        Widening{Type::Binary, Type::Json, {text("abc")}, "'\"YWJj\"'"}));

using Rebuild = SqliteTest;

TEST_F(Rebuild, ADoubleThatIsNotEqualIsRefused) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("v", Type::Integer)}, Load::Append),
         {{number(9007199254740993)}});
    commit(*sink);
    const auto refused = sink->open(stream("t", {field("v", Type::Double)}, Load::Append));
    EXPECT_EQ(id_of(refused), "widening-inexact");
    EXPECT_EQ(refused.error().kind, ErrorKind::Data);
    EXPECT_EQ(ask("SELECT v FROM t"), "9007199254740993");
}

TEST_F(Rebuild, ATypeNeverNarrowsOrTurnsIntoAnother) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("v", Type::Decimal)}, Load::Append), {{text("1")}});
    commit(*sink);
    const auto refused = sink->open(stream("t", {field("v", Type::Boolean)}, Load::Append));
    EXPECT_EQ(id_of(refused), "column-type-changed");
    EXPECT_EQ(refused.error().kind, ErrorKind::Data);
}

TEST_F(Rebuild, AKeyStaysUniqueByValue) {
    auto sink = persister("p");
    const auto narrow = stream("t", {field("id", Type::Integer), field("v", Type::Text)});
    load(*sink, narrow, {{number(5), text("a")}, {number(10), text("b")}});
    commit(*sink);
    const auto wide = stream("t", {field("id", Type::Decimal), field("v", Type::Text)});
    load(*sink, wide,
         {{text("5.0"), text("c")},
          {text("1e1"), text("d")},
          {text("18446744073709551616"), text("e")}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 2 changed, 0 same of 3");
    EXPECT_EQ(ask("SELECT * FROM t ORDER BY v"), "'5'|'c'\n'10'|'d'\n'18446744073709551616'|'e'");
}

TEST_F(Rebuild, ADoubleKeyStaysUniqueByValue) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("id", Type::Double), field("v", Type::Text)}),
         {{1e22, text("a")}, {0.5, text("b")}});
    commit(*sink);
    load(*sink, stream("t", {field("id", Type::Decimal), field("v", Type::Text)}),
         {{text("1e22"), text("c")}, {text("0.50"), text("d")}});
    EXPECT_EQ(counts(commit(*sink)), "0 new, 2 changed, 0 same of 2");
}

TEST_F(Rebuild, SeveralColumnsAndNewOnesAreDoneInOneGo) {
    auto sink = persister("p");
    load(*sink,
         stream("t",
                {field("id", Type::Integer), field("a", Type::Integer), field("b", Type::Double)}),
         {{number(1), number(2), 0.5}});
    const auto wide = stream("t", {field("id", Type::Integer), field("a", Type::Decimal),
                                   field("b", Type::Decimal), field("c", Type::Boolean)});
    load(*sink, wide, {{number(2), text("3"), text("4"), true}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT * FROM t"), "1|'2'|'0.5'|null\n2|'3'|'4'|1");
    EXPECT_EQ(
        ask("SELECT sql FROM sqlite_master WHERE name = 't'"),
        "'CREATE TABLE \"t\" (\"id\" INTEGER NOT NULL, \"a\" TEXT, \"b\" TEXT, \"c\" INTEGER, "
        "PRIMARY KEY (\"id\"))'");
}

TEST_F(Rebuild, WhatUsersMadeOnTheTableStays) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("id", Type::Integer), field("a", Type::Integer)}),
         {{number(1), number(2)}});
    commit(*sink);
    ask("ALTER TABLE t ADD COLUMN note TEXT NOT NULL DEFAULT ('x' || 'y')");
    ask("ALTER TABLE t ADD COLUMN mark INTEGER NOT NULL DEFAULT 7");
    ask("CREATE INDEX by_a ON t (a)");
    ask("CREATE VIEW seen AS SELECT a, mark FROM t");
    ask("CREATE TRIGGER look AFTER INSERT ON t BEGIN UPDATE t SET mark = 8 WHERE id = new.id; END");
    load(*sink, stream("t", {field("id", Type::Integer), field("a", Type::Decimal)}),
         {{number(3), text("4")}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT * FROM seen"), "'2'|7\n'4'|8");
    EXPECT_EQ(
        ask("SELECT name FROM sqlite_master WHERE tbl_name = 't' AND type <> 'table' ORDER BY 1"),
        "'by_a'\n'look'");
}

TEST_F(Rebuild, NothingOfARebuildIsLeftWithoutACommit) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("v", Type::Integer)}, Load::Append), {{number(1)}});
    commit(*sink);
    load(*sink, stream("t", {field("v", Type::Decimal)}, Load::Append), {{text("1e30")}});
    sink.reset();
    EXPECT_EQ(ask("SELECT v, typeof(v) FROM t"), "1|'integer'");
    EXPECT_EQ(ask("SELECT type FROM _streams_columns"), "'integer'");
}

TEST_F(Rebuild, AColumnThatSomebodyDroppedComesBackEmpty) {
    auto sink = persister("p");
    const auto made = stream("t", {field("id", Type::Integer), field("a", Type::Integer)});
    load(*sink, made, {{number(1), number(2)}});
    commit(*sink);
    ask("ALTER TABLE t DROP COLUMN a");
    load(*sink, made, {{number(3), number(4)}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT id, a FROM t"), "1|null\n3|4");
}

}  // namespace
}  // namespace streams::sqlite
