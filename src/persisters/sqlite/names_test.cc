#include "persisters/sqlite/sqlite_fixture.h"
#include "sql/evolution.h"

namespace streams::sqlite {
namespace {

using Names = SqliteTest;

const std::vector<std::string>& awkward_names() {
    static const std::vector<std::string> names = {"select",
                                                   "Id table",
                                                   "a\"b",
                                                   "\"",
                                                   "'; DROP TABLE canary; --",
                                                   "\"; DROP TABLE canary; --",
                                                   "[x]",
                                                   "`y`",
                                                   "a;b",
                                                   "rowid",
                                                   "oid",
                                                   "_rowid_",
                                                   "excluded",
                                                   "kept",
                                                   "__proto__",
                                                   "",
                                                   " ",
                                                   "\n",
                                                   "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D",
                                                   "\xF0\x9F\x98\x80",
                                                   "../x",
                                                   "a.b",
                                                   "?1",
                                                   ":a",
                                                   "$1",
                                                   "%s",
                                                   std::string(300, 'n'),
                                                   "_sdc_batched_at",
                                                   "1",
                                                   "NULL",
                                                   "streams_note"};
    return names;
}

TEST_F(Names, EveryNameOfAStreamOrFieldIsKeptAndHarmless) {
    ask("CREATE TABLE canary (alive INTEGER)");
    auto sink = persister("p");
    for (const auto& name : awkward_names()) {
        auto made = stream(name, {field("key", Type::Text)});
        for (const auto& column : awkward_names()) {
            made.fields.push_back(field(column, Type::Text));
        }
        std::vector<Cell> row = {text(name)};
        for (const auto& column : awkward_names()) row.push_back(text("value of " + column));
        load(*sink, made, {row});
        for (auto& cell : row) cell = text(std::get<std::string>(cell) + "; again");
        row.front() = text(name);
        expect_good(sink->write(made, batch_of(made, {row})));
    }
    const auto receipts = commit(*sink);
    ASSERT_EQ(receipts.size(), awkward_names().size());
    for (const auto& receipt : receipts) {
        EXPECT_EQ(receipt.new_rows, 1) << receipt.stream;
        EXPECT_EQ(receipt.changed, 1) << receipt.stream;
        const auto stored = persister("p")->stored(receipt.stream);
        ASSERT_TRUE(stored) << receipt.stream;
        EXPECT_EQ(stored->size(), awkward_names().size() + 1);
        for (std::size_t i = 0; i < awkward_names().size(); ++i) {
            EXPECT_EQ((*stored)[i + 1].name, awkward_names()[i]);
        }
    }
    EXPECT_EQ(ask("SELECT count(*) FROM canary"), "0");
    EXPECT_EQ(ask("SELECT \"'; DROP TABLE canary; --\" FROM \"a\"\"b\""),
              "'value of '; DROP TABLE canary; --; again'");
}

TEST_F(Names, StreamsWhoseNamesFoldToOneKeepTheirOwnTables) {
    for (int round = 0; round < 2; ++round) {
        auto sink = persister("p");
        for (const char* name : {"Orders", "orders", "ORDERS"}) {
            load(*sink, stream(name, {field("id", Type::Text)}), {{text(name)}});
        }
        EXPECT_EQ(commit(*sink).size(), 3);
    }
    EXPECT_EQ(ask("SELECT * FROM orders"), "'Orders'");
    EXPECT_EQ(ask("SELECT count(DISTINCT \"table\") FROM _streams_tables"), "3");
}

TEST_F(Names, OursAndSqlitesTablesAreNoStreams) {
    auto sink = persister("p");
    for (const char* name : {"_streams_state", "_STREAMS_tables", "sqlite_master", "SQLite_x"}) {
        load(*sink, stream(name, {field("id", Type::Text)}), {{text(name)}});
    }
    load(*sink, stream(std::string("a\0b", 3), {field("id", Type::Text)}), {{text("nul")}});
    EXPECT_EQ(commit(*sink).size(), 5);
    EXPECT_EQ(ask("SELECT count(*) FROM _streams_state"), "1");
    EXPECT_EQ(
        ask("SELECT count(*) FROM _streams_tables WHERE \"table\" LIKE 'table\\_%' ESCAPE '\\'"),
        "4");
}

TEST_F(Names, ASchemaOfASimilarNameIsAnotherTable) {
    auto sink = persister("p", {.schema = "a__b"});
    load(*sink, stream("c", {field("id", Type::Text)}), {{text("1")}});
    commit(*sink);
    EXPECT_EQ(
        id_of(persister("p", {.schema = "a"})->open(stream("b__c", {field("id", Type::Text)}))),
        "table-owned");
}

TEST_F(Names, OurOwnColumnIsNoField) {
    auto sink = persister("p");
    EXPECT_EQ(id_of(sink->open(stream("t", {field("_Streams_Commit", Type::Text)}))),
              "column-reserved");
}

TEST_F(Names, AFieldMayBeCalledAsOurMarkIs) {
    auto deleted = stream("t", {field("id", Type::Integer),
                                field("_sdc_deleted_at", Type::Timestamp), version_field()});
    deleted.versioned = true;
    auto sink = persister("p");
    load(*sink, deleted, {{number(1), number(0), number(1)}, {number(2), nullptr, number(1)}});
    auto last = batch_of(deleted, {});
    last.activate_version = 2;
    expect_good(sink->write(deleted, last));
    commit(*sink);
    EXPECT_EQ(ask("SELECT id FROM t WHERE _sdc_deleted_at IS NULL"), "");
    EXPECT_EQ(ask("SELECT _sdc_deleted_at FROM t LIMIT 1"), "'1970-01-01T00:00:00.000000Z'");
}

Stream wide_stream(std::size_t fields, Load load = Load::Upsert) {
    std::vector<Field> all;
    all.reserve(fields);
    for (std::size_t i = 0; i < fields; ++i) {
        all.push_back(field("f" + std::to_string(i), Type::Text));
    }
    return stream("wide", std::move(all), load);
}

TEST_F(Names, TwoThousandColumnsAreStoredAndChanged) {
    const auto wide = wide_stream(1999);
    auto sink = persister("p");
    std::vector<Cell> row(1999, text("x"));
    load(*sink, wide, {row});
    row.back() = text("y");
    expect_good(sink->write(wide, batch_of(wide, {row, row})));
    EXPECT_EQ(counts(commit(*sink)), "1 new, 1 changed, 1 same of 3");
    EXPECT_EQ(ask("SELECT f0, f1998 FROM wide"), "'x'|'y'");
}

TEST_F(Names, OneColumnTooManyNamesTheLimitAndLeavesNothing) {
    auto sink = persister("p");
    const auto refused = sink->open(wide_stream(2001));
    EXPECT_EQ(id_of(refused), "too-many-columns");
    EXPECT_EQ(refused.error().kind, ErrorKind::Data);
    EXPECT_NE(refused.error().what.find("2000"), std::string::npos);
    EXPECT_EQ(ask("SELECT count(*) FROM sqlite_master WHERE name = 'wide'"), "0");
    sink = persister("p");
    load(*sink, wide_stream(1500), {std::vector<Cell>(1500, text("x"))});
    commit(*sink);
    EXPECT_EQ(id_of(sink->open(wide_stream(2001))), "too-many-columns");
    EXPECT_EQ(ask("SELECT count(*) FROM pragma_table_info('wide')"), "1500");
}

}  // namespace
}  // namespace streams::sqlite
