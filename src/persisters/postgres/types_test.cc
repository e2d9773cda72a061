#include <bit>
#include <limits>

#include "persisters/postgres/postgres_fixture.h"

namespace streams::postgres {
namespace {

struct Kept {
    Type type;
    std::string declared;
    std::vector<Cell> values;
    std::string expected;  ///< As psql prints them.
};

class ValuesAreKept : public PostgresTest, public ::testing::WithParamInterface<Kept> {};

TEST_P(ValuesAreKept, AsPsqlReadsThem) {
    const auto& kept = GetParam();
    auto sink = persister("p");
    std::vector<std::vector<Cell>> rows;
    rows.reserve(kept.values.size() + 1);
    for (std::size_t i = 0; i < kept.values.size(); ++i) {
        rows.push_back({number(static_cast<std::int64_t>(i)), kept.values[i]});
    }
    rows.push_back({number(static_cast<std::int64_t>(rows.size())), nullptr});
    const std::vector<Field> fields = {field("n", Type::Integer), field("v", kept.type)};
    load(*sink, stream("appended", fields, Load::Append), rows);
    load(*sink, stream("merged", fields), rows);
    commit(*sink);
    EXPECT_EQ(ask("SELECT v FROM appended ORDER BY n"), kept.expected + "\nnull");
    EXPECT_EQ(ask("SELECT v FROM merged ORDER BY n"), kept.expected + "\nnull");
    EXPECT_EQ(ask("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = "
                  "'merged'::regclass AND attname = 'v'"),
              kept.declared);
    load(*sink, stream("merged", fields), rows);
    EXPECT_EQ(counts(commit(*sink)), "0 new, 0 changed, " + std::to_string(rows.size()) +
                                         " same of " + std::to_string(rows.size()));
}

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

INSTANTIATE_TEST_SUITE_P(
    EveryType, ValuesAreKept,
    ::testing::Values(
        Kept{Type::Boolean, "boolean", {true, false}, "t\nf"},
        Kept{Type::Integer,
             "bigint",
             {number(0), number(-1), number(kLeast), number(9223372036854775807)},
             "0\n-1\n-9223372036854775808\n9223372036854775807"},
        Kept{Type::Double,
             "double precision",
             {0.1, -0.0, 1e22, 5e-324, 1.7976931348623157e308},
             "0.1\n-0\n1e+22\n5e-324\n1.7976931348623157e+308"},
        Kept{Type::Decimal,
             "numeric",
             {text("1.50"), text("-0.00"), text("123456789012345678901234567890.123456789"),
              text("-1e-20"), text("1e30"), text("10000"), text("0.0001"), text("99999999.9999")},
             "1.50\n0.00\n123456789012345678901234567890.123456789\n-0.00000000000000000001\n"
             "1000000000000000000000000000000\n10000\n0.0001\n99999999.9999"},
        Kept{Type::Text,
             "text",
             {text(""), text("h\xC3\xA9llo \xF0\x9F\x98\x80"), text("tab\there|\\N")},
             "\nh\xC3\xA9llo \xF0\x9F\x98\x80\ntab\there|\\N"},
        Kept{Type::Timestamp,
             "timestamp with time zone",
             {number(0), number(-1), number(-62135596800000000), number(253402300799999999)},
             "1970-01-01 00:00:00+00\n1969-12-31 23:59:59.999999+00\n0001-01-01 00:00:00+00\n"
             "9999-12-31 23:59:59.999999+00"},
        Kept{Type::Date,
             "date",
             {number(0), number(-719162), number(2932896)},
             "1970-01-01\n0001-01-01\n9999-12-31"},
        Kept{Type::Time,
             "time without time zone",
             {number(0), number(86399999999)},
             "00:00:00\n23:59:59.999999"},
        Kept{Type::Uuid,
             "uuid",
             {text("123e4567-e89b-12d3-a456-426614174000"),
              text("ffffffff-ffff-ffff-ffff-ffffffffffff")},
             "123e4567-e89b-12d3-a456-426614174000\nffffffff-ffff-ffff-ffff-ffffffffffff"},
        Kept{Type::Binary, "bytea", {text(std::string("\0\xFFz", 3)), text("")}, "\\x00ff7a\n\\x"},
        Kept{Type::Json,
             "jsonb",
             {text(R"({"a":[1,2.50,null],"b":"\\u0000"})"), text("5"), text("\"x\"")},
             R"({"a": [1, 2.50, null], "b": "\\u0000"})"
             "\n5\n\"x\""}));

struct Widening {
    Type from;
    Type to;
    std::vector<Cell> values;
    std::string expected;
};

class WideningKeepsValues : public PostgresTest, public ::testing::WithParamInterface<Widening> {};

TEST_P(WideningKeepsValues, StoredOnesAndStagedOnes) {
    const auto& widening = GetParam();
    auto sink = persister("p");
    std::vector<std::vector<Cell>> rows;
    rows.reserve(widening.values.size() + 1);
    for (const auto& value : widening.values) rows.push_back({value});
    rows.push_back({nullptr});
    load(*sink, stream("t", {field("v", widening.from)}, Load::Append), rows);
    commit(*sink);
    // A change that waits for the commit sends what follows to the stage, which then widens too.
    const Stream more =
        stream("t", {field("v", widening.from), field("x", Type::Text)}, Load::Append);
    expect_good(sink->open(more));
    for (auto& row : rows) row.emplace_back(text("staged"));
    expect_good(sink->write(more, batch_of(more, rows)));
    expect_good(
        sink->open(stream("t", {field("v", widening.to), field("x", Type::Text)}, Load::Append)));
    commit(*sink);
    EXPECT_EQ(ask("SELECT v FROM t WHERE x IS NULL"), widening.expected + "\nnull");
    EXPECT_EQ(ask("SELECT v FROM t WHERE x = 'staged'"), widening.expected + "\nnull");
    EXPECT_EQ(persister("p")->stored("t")->front().type, widening.to);
}

INSTANTIATE_TEST_SUITE_P(
    EveryPair, WideningKeepsValues,
    ::testing::Values(
        Widening{Type::Integer,
                 Type::Decimal,
                 {number(9223372036854775807), number(kLeast), number(0)},
                 "9223372036854775807\n-9223372036854775808\n0"},
        Widening{Type::Integer, Type::Text, {number(7)}, "7"},
        Widening{Type::Integer, Type::Json, {number(7)}, "7"},
        Widening{Type::Integer,
                 Type::Double,
                 {number(7), number(9007199254740992)},
                 "7\n9.007199254740992e+15"},
        Widening{Type::Double,
                 Type::Decimal,
                 {0.1, 1e22, 123456789012345680.0, 5e-324, 100000.0, -2.5, 0.1234567890123456},
                 "0.1\n10000000000000000000000\n123456789012345680\n0." + std::string(323, '0') +
                     "5\n100000\n-2.5\n0.1234567890123456"},
        Widening{Type::Double, Type::Text, {2.5, 1e22}, "2.5\n10000000000000000000000"},
        Widening{Type::Double, Type::Json, {3.0, 0.1}, "3\n0.1"},
        Widening{Type::Boolean, Type::Text, {true, false}, "true\nfalse"},
        Widening{Type::Boolean, Type::Json, {true, false}, "true\nfalse"},
        Widening{Type::Decimal, Type::Text, {text("1.50")}, "1.50"},
        Widening{Type::Decimal, Type::Json, {text("1.50")}, "1.50"},
        Widening{Type::Timestamp, Type::Text, {number(0)}, "1970-01-01T00:00:00.000000Z"},
        Widening{Type::Timestamp, Type::Json, {number(0)}, "\"1970-01-01T00:00:00.000000Z\""},
        Widening{Type::Date, Type::Timestamp, {number(1)}, "1970-01-02 00:00:00+00"},
        Widening{Type::Date, Type::Text, {number(-719162)}, "0001-01-01"},
        Widening{Type::Time, Type::Text, {number(1)}, "00:00:00.000001"},
        Widening{Type::Uuid,
                 Type::Text,
                 {text("123e4567-e89b-12d3-a456-426614174000")},
                 "123e4567-e89b-12d3-a456-426614174000"},
        Widening{Type::Text, Type::Json, {text("a\"\n\\"), text("5")}, "\"a\\\"\\n\\\\\"\n\"5\""},
        Widening{
            Type::Binary,
            Type::Text,
            {text("a"), text(std::string(60, 'z'))},
            "YQ==\n" + std::string("enp6enp6enp6enp6enp6enp6enp6enp6enp6enp6enp6enp6enp6enp6enp6"
                                   "enp6enp6enp6enp6enp6")},
        Widening{Type::Binary, Type::Json, {text("abc")}, "\"YWJj\""}));

using Types = PostgresTest;

TEST_F(Types, ANumberWithoutAnEqualDoubleIsRefusedAndNothingChanges) {
    auto sink = persister("p");
    load(*sink, stream("t", {field("v", Type::Integer)}, Load::Append),
         {{number(9007199254740993)}});
    commit(*sink, "1");
    expect_good(sink->open(stream("t", {field("v", Type::Double)}, Load::Append)));
    const auto refused = sink->commit(next("2"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().id, "widening-inexact");
    EXPECT_EQ(refused.error().kind, ErrorKind::Data);
    EXPECT_EQ(ask("SELECT v FROM t"), "9007199254740993");
}

TEST_F(Types, ATextWithNulIsRefusedWithItsRow) {
    const auto texts = stream("t", {field("v", Type::Text)}, Load::Append);
    auto sink = persister("p");
    expect_good(sink->open(texts));
    auto refused = sink->write(
        texts, batch_of(texts, {{text("good")}, {text(std::string("a\0b", 3))}, {text("good")}}));
    EXPECT_EQ(id_of(refused), "text-nul");
    EXPECT_EQ(refused.error().where, "row 2 of those from line 1 to line 3");
}

TEST_F(Types, ANulInJsonIsRefusedAndABackslashIsNone) {
    const auto texts = stream("t", {field("v", Type::Json)}, Load::Append);
    auto sink = persister("p");
    expect_good(sink->open(texts));
    expect_good(sink->write(texts, batch_of(texts, {{text(R"("\\u0000")")}})));
    EXPECT_EQ(id_of(sink->write(texts, batch_of(texts, {{text(R"("\\\u0000")")}}))), "text-nul");
}

TEST_F(Types, WhatTheServerRefusesIsHalvedUntilTheRowIsAlone) {
    const auto texts = stream("t", {field("v", Type::Json)}, Load::Append);
    auto sink = persister("p");
    expect_good(sink->open(texts));
    std::vector<std::vector<Cell>> rows(1000, {text("1")});
    rows[677] = {text(R"("\ud800")")};
    const auto refused = sink->write(texts, batch_of(texts, rows));
    EXPECT_EQ(id_of(refused), "row-refused");
    EXPECT_EQ(refused.error().where, "row 678 of those from line 1 to line 1000");
}

}  // namespace
}  // namespace streams::postgres
