#include "sql/statements.h"

#include <gtest/gtest.h>

namespace streams::sql {
namespace {

const Dialect& dialect() {
    static const Dialect made{.name = "test", .type_names = {}, .reserved_prefixes = {}};
    return made;
}

TEST(Statements, ANameIsQuotedWhateverIsInIt) {
    EXPECT_EQ(quoted("a"), "\"a\"");
    EXPECT_EQ(quoted(""), "\"\"");
    EXPECT_EQ(quoted("x\"; DROP TABLE y; --"), "\"x\"\"; DROP TABLE y; --\"");
}

TEST(Statements, ATableIsCreatedWithItsKey) {
    EXPECT_EQ(create_table({.table = "t",
                            .columns = {{.name = "id", .type = "INTEGER", .is_nullable = false},
                                        {.name = "v", .type = "TEXT", .fallback = "('x')"}},
                            .key = {"id"}}),
              "CREATE TABLE \"t\" (\"id\" INTEGER NOT NULL, \"v\" TEXT DEFAULT ('x'), "
              "PRIMARY KEY (\"id\"))");
}

TEST(Statements, ParametersAreNumberedInTheOrderOfTheColumns) {
    EXPECT_EQ(insert_row("t", {"a", "b"}), "INSERT INTO \"t\" (\"a\", \"b\") VALUES ($1, $2)");
}

TEST(Statements, AnUpsertWritesOnlyWhatDiffers) {
    EXPECT_EQ(
        upsert_row(
            dialect(),
            {.table = "t", .columns = {"id", "a"}, .key = {"id"}, .data = {"a"}, .absent = {"b"}}),
        "INSERT INTO \"t\" AS kept (\"id\", \"a\") VALUES ($1, $2) ON CONFLICT (\"id\") DO "
        "UPDATE SET \"a\" = excluded.\"a\", \"b\" = NULL WHERE (kept.\"a\", kept.\"b\") IS "
        "DISTINCT FROM "
        "(excluded.\"a\", NULL)");
}

TEST(Statements, AnUpsertOfAKeyAloneDoesNothing) {
    EXPECT_EQ(upsert_row(dialect(), {.table = "t", .columns = {"id"}, .key = {"id"}}),
              "INSERT INTO \"t\" AS kept (\"id\") VALUES ($1) ON CONFLICT (\"id\") DO NOTHING");
}

TEST(Statements, WhatIsTrackedIsWrittenAndWhatDiffersIsNoted) {
    const auto text = upsert_row(dialect(), {.table = "t",
                                             .columns = {"id", "a", "s"},
                                             .key = {"id"},
                                             .data = {"a"},
                                             .tracked = {"s"},
                                             .cleared = {"d"},
                                             .sequence = "s",
                                             .noting_function = "note"});
    EXPECT_EQ(text.substr(text.find("WHERE")),
              "WHERE (kept.\"s\" IS NULL OR excluded.\"s\" >= kept.\"s\") AND CASE WHEN "
              "note((kept.\"a\") IS DISTINCT FROM (excluded.\"a\")) THEN true ELSE ((kept.\"s\", "
              "kept.\"d\") IS DISTINCT FROM "
              "(excluded.\"s\", NULL)) END");
}

}  // namespace
}  // namespace streams::sql
