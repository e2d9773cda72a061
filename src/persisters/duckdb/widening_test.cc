#include "persisters/duckdb/duckdb_fixture.h"

namespace streams::duckdb {
namespace {

struct Widening {
    Type from;
    Type to;
    std::vector<Cell> values;
    std::string expected;
    std::string type;  ///< Of the column.
};

class WideningKeepsValues : public DuckdbTest, public ::testing::WithParamInterface<Widening> {
 protected:
    static std::vector<std::vector<Cell>> rows() {
        std::vector<std::vector<Cell>> all;
        for (const auto& value : GetParam().values) all.push_back({value});
        all.push_back({nullptr});
        return all;
    }

    void expect_kept(const std::string& order) const {
        EXPECT_EQ(ask("SELECT v FROM t " + order), GetParam().expected + "\nnull");
        EXPECT_EQ(ask("SELECT data_type FROM duckdb_columns() WHERE table_name = 't' AND "
                      "column_name = 'v'"),
                  GetParam().type);
    }
};

TEST_P(WideningKeepsValues, InOrderAndExactly) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("v", GetParam().from)}, Load::Append), rows());
    commit(*sink);
    expect_good(sink->open(stream("t", {field("v", GetParam().to)}, Load::Append)));
    commit(*sink);
    expect_kept("");
    EXPECT_EQ(sink->stored("t")->front().type, GetParam().to);
}

TEST_P(WideningKeepsValues, WhileTheyAreStaged) {
    auto sink = persister("p");
    auto all = rows();
    std::int64_t number_of_row = 0;
    for (auto& row : all) row = {number(++number_of_row), row.front()};
    const auto id = field("id", Type::Integer);
    load(*sink, stream("t", {id, field("v", GetParam().from)}), all);
    expect_good(sink->open(stream("t", {id, field("v", GetParam().to)})));
    commit(*sink);
    expect_kept("ORDER BY id");
}

INSTANTIATE_TEST_SUITE_P(
    EveryPair, WideningKeepsValues,
    ::testing::Values(
        Widening{Type::Integer,
                 Type::Decimal,
                 {number(9223372036854775807), number(-9223372036854775807 - 1), number(0)},
                 "9223372036854775807\n-9223372036854775808\n0",
                 "HUGEINT"},
        Widening{Type::Integer, Type::Text, {number(7)}, "7", "VARCHAR"},
        Widening{Type::Integer, Type::Json, {number(7)}, "7", "JSON"},
        Widening{Type::Integer,
                 Type::Double,
                 {number(7), number(9007199254740992)},
                 "7.0\n9007199254740992.0",
                 "DOUBLE"},
        Widening{Type::Double,
                 Type::Decimal,
                 {0.1, 100000.0, -2.25},
                 "0.10\n100000.00\n-2.25",
                 "DECIMAL(38,2)"},
        Widening{
            Type::Double, Type::Decimal, {3.0, -1e22}, "3\n-10000000000000000000000", "HUGEINT"},
        Widening{Type::Double,
                 Type::Decimal,
                 {0.1, 1e22, 123456789012345680.0, 5e-324, 1.7976931348623157e308, 100000.0, -2.5},
                 "0.1\n10000000000000000000000\n123456789012345680\n0." + std::string(323, '0') +
                     "5\n17976931348623157" + std::string(292, '0') + "\n100000\n-2.5",
                 "VARCHAR"},
        Widening{Type::Double, Type::Text, {2.5, 1e23}, "2.5\n1" + std::string(23, '0'), "VARCHAR"},
        Widening{Type::Double, Type::Json, {3.0}, "3", "JSON"},
        Widening{Type::Boolean, Type::Text, {true, false}, "true\nfalse", "VARCHAR"},
        Widening{Type::Boolean, Type::Json, {true, false}, "true\nfalse", "JSON"},
        Widening{Type::Decimal, Type::Text, {text("1.50"), text("2")}, "1.5\n2", "VARCHAR"},
        Widening{Type::Decimal, Type::Json, {text("1.50")}, "1.5", "JSON"},
        Widening{
            Type::Timestamp, Type::Text, {number(0)}, "1970-01-01T00:00:00.000000Z", "VARCHAR"},
        Widening{
            Type::Timestamp, Type::Json, {number(1)}, "\"1970-01-01T00:00:00.000001Z\"", "JSON"},
        Widening{Type::Date,
                 Type::Timestamp,
                 {number(1), number(-719162)},
                 "1970-01-02 00:00:00+00\n0001-01-01 00:00:00+00",
                 "TIMESTAMP WITH TIME ZONE"},
        Widening{Type::Date,
                 Type::Text,
                 {number(1), number(-719162)},
                 "1970-01-02\n0001-01-01",
                 "VARCHAR"},
        Widening{Type::Time, Type::Text, {number(1)}, "00:00:00.000001", "VARCHAR"},
        Widening{Type::Uuid,
                 Type::Text,
                 {text("123e4567-e89b-12d3-a456-426614174000")},
                 "123e4567-e89b-12d3-a456-426614174000",
                 "VARCHAR"},
        Widening{Type::Text,
                 Type::Json,
                 {text("a\"\n\\"), text("5")},
                 "\"a\\\"\\n\\\\\"\n\"5\"",
                 "JSON"},
        Widening{Type::Binary,
                 Type::Text,
                 {text("a"), text("ab"), text("abc"), text("")},
                 "YQ==\nYWI=\nYWJj\n",
                 "VARCHAR"},
        Widening{Type::Binary, Type::Json, {text("abc")}, "\"YWJj\"", "JSON"}));

class Widen : public DuckdbTest {
 protected:
    std::string type_of(const std::string& column) const {
        return ask(
            "SELECT data_type FROM duckdb_columns() WHERE table_name = 't' AND column_name "
            "= '" +
            column + "'");
    }
};

TEST_F(Widen, ADoubleThatIsNotEqualIsRefused) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("v", Type::Integer)}, Load::Append),
         {{number(9007199254740993)}});
    commit(*sink);
    const auto refused = sink->open(stream("t", {field("v", Type::Double)}, Load::Append));
    EXPECT_EQ(id_of(refused), "widening-inexact");
    EXPECT_EQ(ask("SELECT v FROM t"), "9007199254740993");
}

TEST_F(Widen, ATypeNeverNarrowsOrTurnsIntoAnother) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("v", Type::Decimal)}, Load::Append), {{text("1")}});
    commit(*sink);
    const auto refused = sink->open(stream("t", {field("v", Type::Boolean)}, Load::Append));
    EXPECT_EQ(id_of(refused), "column-type-changed");
}

// The last type is the narrowest that holds all, whatever came first.
TEST_F(Widen, NumbersOfUndeclaredDigitsTakeTheNarrowestType) {
    const auto made = stream("t", {field("v", Type::Decimal)}, Load::Append);
    const std::vector<std::pair<std::string, std::string>> steps = {
        {"18446744073709551616", "HUGEINT"},
        {"-" + std::string(38, '9'), "HUGEINT"},
        {"0.5", "VARCHAR"}};
    auto sink = persister("p");
    for (const auto& [value, type] : steps) {
        load(*sink, made, {{text(value)}});
        commit(*sink);
        EXPECT_EQ(type_of("v"), type) << value;
    }
    EXPECT_EQ(ask("SELECT v FROM t"), "18446744073709551616\n-" + std::string(38, '9') + "\n0.5");
}

TEST_F(Widen, ScalesGrowInOneCommitAndOverSeveral) {
    const auto made = stream("t", {field("id", Type::Integer), field("v", Type::Decimal)});
    auto sink = persister("p");
    load(*sink, made, {{number(1), text("7")}});
    load(*sink, made, {{number(2), text("-0.125")}});
    load(*sink, made, {{number(3), text("12345678901234567890123456789012.5")}});
    commit(*sink);
    EXPECT_EQ(type_of("v"), "DECIMAL(38,3)");
    load(*sink, made, {{number(1), text("7.0000")}, {number(4), text("1e-6")}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 0 changed, 1 same of 2");
    EXPECT_EQ(type_of("v"), "DECIMAL(38,6)");
    load(*sink, made, {{number(5), text("1e40")}});
    commit(*sink);
    EXPECT_EQ(type_of("v"), "VARCHAR");
    EXPECT_EQ(ask("SELECT v FROM t ORDER BY id"),
              "7\n-0.125\n12345678901234567890123456789012.5\n0.000001\n1" + std::string(40, '0'));
}

TEST_F(Widen, ADeclaredDecimalKeepsItsScale) {
    auto money = field("v", Type::Decimal);
    money.scale = 2;
    auto any = money;
    money.precision = 9;
    auto sink = persister("p");
    load(*sink, stream("t", {money}, Load::Append), {{text("1.5")}, {text("9999999.99")}});
    commit(*sink);
    EXPECT_EQ(type_of("v"), "DECIMAL(9,2)");
    load(*sink, stream("t", {any}, Load::Append), {{text("123456789012345.01")}});
    commit(*sink);
    EXPECT_EQ(type_of("v"), "DECIMAL(38,2)");
    EXPECT_EQ(ask("SELECT v FROM t"), "1.50\n9999999.99\n123456789012345.01");
}

TEST_F(Widen, AKeyStaysUniqueByValue) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("id", Type::Integer), field("v", Type::Text)}),
         {{number(5), text("a")}, {number(10), text("b")}});
    commit(*sink);
    load(*sink, stream("t", {field("id", Type::Decimal), field("v", Type::Text)}),
         {{text("5.0"), text("c")},
          {text("1e1"), text("d")},
          {text("18446744073709551616"), text("e")}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 2 changed, 0 same of 3");
    load(*sink, stream("t", {field("id", Type::Decimal), field("v", Type::Text)}),
         {{text("1e50"), text("f")}, {text("5.00"), text("g")}});
    EXPECT_EQ(counts(commit(*sink)), "1 new, 1 changed, 0 same of 2");
    EXPECT_EQ(ask("SELECT * FROM t ORDER BY v"),
              "10|d\n18446744073709551616|e\n1" + std::string(50, '0') + "|f\n5|g");
}

TEST_F(Widen, NothingOfAChangeIsLeftWithoutACommit) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("v", Type::Integer)}, Load::Append), {{number(1)}});
    commit(*sink);
    load(*sink, stream("t", {field("v", Type::Decimal)}, Load::Append), {{text("1e30")}});
    sink.reset();
    EXPECT_EQ(type_of("v"), "BIGINT");
    EXPECT_EQ(ask("SELECT type FROM _streams_columns"), "integer");
}

TEST_F(Widen, AColumnThatSomebodyDroppedComesBackEmpty) {
    auto sink = persister("p");
    const auto made = stream("t", {field("id", Type::Integer), field("a", Type::Integer)});
    load(*sink, made, {{number(1), number(2)}});
    commit(*sink);
    sink.reset();
    change("ALTER TABLE t DROP COLUMN a");
    sink = persister("p");
    load(*sink, made, {{number(3), number(4)}});
    commit(*sink);
    EXPECT_EQ(ask("SELECT id, a FROM t"), "1|null\n3|4");
}

}  // namespace
}  // namespace streams::duckdb
