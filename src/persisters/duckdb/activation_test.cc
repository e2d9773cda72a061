#include "sql/activation.h"

#include "persisters/duckdb/duckdb_fixture.h"

namespace streams::duckdb {
namespace {

constexpr const char* kLive = "SELECT count(*) FROM t WHERE _sdc_deleted_at IS NULL";

using Activation = DuckdbTest;

Stream versioned() {
    auto made = stream("t", {field("id", Type::Integer), field("v", Type::Text), version_field()});
    made.versioned = true;
    return made;
}

std::vector<std::vector<Cell>> whole_load(std::int64_t version, std::int64_t changed) {
    std::vector<std::vector<Cell>> rows;
    rows.reserve(1000);
    for (std::int64_t id = 0; id < 1000; ++id) {
        rows.push_back({number(id), text(id < changed ? "v" + std::to_string(version) : "same"),
                        number(version)});
    }
    return rows;
}

Result<> write_and_activate(Persister& sink, const Stream& stream,
                            const std::vector<std::vector<Cell>>& rows, std::int64_t version) {
    STREAMS_TRY(sink.open(stream));
    auto batch = batch_of(stream, rows);
    batch.activate_version = version;
    return sink.write(stream, batch);
}

TEST_F(Activation, UnchangedRowsSurviveAVersion) {
    auto sink = persister("p");
    const char* expected[] = {"", "1000 new, 0 changed, 0 same of 1000",
                              "0 new, 10 changed, 990 same of 1000",
                              "0 new, 10 changed, 990 same of 1000"};
    for (std::int64_t version = 1; version <= 3; ++version) {
        expect_good(write_and_activate(*sink, versioned(), whole_load(version, 10), version));
        EXPECT_EQ(counts(commit(*sink)), expected[version]);
        EXPECT_EQ(ask(kLive), "1000");
    }
}

TEST_F(Activation, RowsOfAnOldVersionAreMarkedWithTheTime) {
    auto sink = persister("p");
    expect_good(write_and_activate(
        *sink, versioned(), {{number(1), text("a"), number(1)}, {number(2), text("b"), number(1)}},
        1));
    commit(*sink);
    expect_good(write_and_activate(*sink, versioned(), {{number(1), text("a"), number(2)}}, 2));
    commit(*sink);
    EXPECT_EQ(ask("SELECT id, v, _sdc_table_version, _sdc_deleted_at > '2020-01-01'::TIMESTAMPTZ "
                  "FROM t ORDER BY id"),
              "1|a|2|null\n2|b|1|true");
}

TEST_F(Activation, ARowThatComesAgainEqualLivesAgain) {
    auto sink = persister("p");
    expect_good(write_and_activate(*sink, versioned(), {{number(1), text("a"), number(1)}}, 1));
    commit(*sink);
    expect_good(write_and_activate(*sink, versioned(), {}, 2));
    commit(*sink);
    EXPECT_EQ(ask(kLive), "0");
    expect_good(write_and_activate(*sink, versioned(), {{number(1), text("a"), number(2)}}, 2));
    EXPECT_EQ(counts(commit(*sink)), "0 new, 0 changed, 1 same of 1");
    EXPECT_EQ(ask(kLive), "1");
}

TEST_F(Activation, VersionGoesBack) {
    auto sink = persister("p");
    for (const std::int64_t version : {1700000000000, 1600000000000}) {
        expect_good(write_and_activate(*sink, versioned(), whole_load(version, 0), version));
        commit(*sink);
    }
    EXPECT_EQ(ask(kLive), "1000");
    expect_good(write_and_activate(*sink, versioned(), {{number(1), text("a"), number(5)}}, 5));
    commit(*sink);
    EXPECT_EQ(ask(kLive), "1");
}

TEST_F(Activation, VersionThenNewColumn) {
    auto sink = persister("p");
    expect_good(write_and_activate(*sink, versioned(), whole_load(1, 0), 1));
    commit(*sink);
    expect_good(write_and_activate(*sink, versioned(), {{number(1), text("a"), number(2)}}, 2));
    auto wider = versioned();
    wider.fields.push_back(field("w", Type::Integer));
    load(*sink, wider, {{number(2), text("b"), number(2), number(7)}});
    commit(*sink, "{}");
    EXPECT_EQ(ask("SELECT id, v, w FROM t WHERE _sdc_deleted_at IS NULL ORDER BY id"),
              "1|a|null\n2|b|7");
}

TEST_F(Activation, VersionThenNewColumnInAnAppendTable) {
    auto made = versioned();
    made.load = Load::Append;
    made.key.clear();
    auto sink = persister("p");
    load(*sink, made, {{number(1), text("a"), number(1)}});
    commit(*sink);
    expect_good(write_and_activate(*sink, made, {{number(1), text("b"), number(2)}}, 2));
    made.fields.push_back(field("w", Type::Integer));
    load(*sink, made, {{number(2), text("c"), number(2), number(7)}});
    EXPECT_EQ(counts(commit(*sink)), "2 new, 0 changed, 0 same of 2");
    EXPECT_EQ(ask("SELECT id, v, w, _streams_commit FROM t WHERE _sdc_deleted_at IS NULL"),
              "1|b|null|2\n2|c|7|2");
}

TEST_F(Activation, RowsBehindAnActivationStayAlive) {
    auto sink = persister("p");
    expect_good(write_and_activate(*sink, versioned(), {{number(1), text("a"), number(2)}}, 2));
    expect_good(
        sink->write(versioned(), batch_of(versioned(), {{number(1), text("b"), number(1)},
                                                        {number(3), text("c"), number(1)}})));
    commit(*sink);
    EXPECT_EQ(ask("SELECT id, v FROM t WHERE _sdc_deleted_at IS NULL ORDER BY id"), "1|b\n3|c");
}

TEST_F(Activation, RowsFromBeforeVersionsAreOld) {
    auto sink = persister("p");
    const auto plain = stream("t", {field("id", Type::Integer), field("v", Type::Text)});
    load(*sink, plain, {{number(1), text("a")}, {number(2), text("b")}});
    commit(*sink);
    expect_good(write_and_activate(*sink, versioned(), {{number(1), text("a"), number(9)}}, 9));
    EXPECT_EQ(counts(commit(*sink)), "0 new, 0 changed, 1 same of 1");
    EXPECT_EQ(ask("SELECT id FROM t WHERE _sdc_deleted_at IS NULL"), "1");
}

TEST_F(Activation, HardDeleteRemoves) {
    auto sink = persister("p", {}, true);
    expect_good(write_and_activate(*sink, versioned(), whole_load(1, 0), 1));
    commit(*sink);
    expect_good(write_and_activate(*sink, versioned(), {{number(1), text("a"), number(2)}}, 2));
    commit(*sink);
    EXPECT_EQ(ask("SELECT id, v FROM t"), "1|a");
}

}  // namespace
}  // namespace streams::duckdb
