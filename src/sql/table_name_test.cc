#include "sql/table_name.h"

#include <gtest/gtest.h>

namespace streams::sql {
namespace {

Dialect dialect(std::size_t name_bytes_max = 0) {
    return {.name = "test",
            .type_names = {},
            .columns_max = 2000,
            .name_bytes_max = name_bytes_max,
            .folds_case = true,
            .reserved_prefixes = {"sqlite_", "_streams_"}};
}

TEST(TableName, AStreamKeepsItsOwnNameWhereverItCan) {
    for (const char* name : {"issues", "a b", "select", "public-orders", "../x", "-rf"}) {
        EXPECT_EQ(table_name(dialect(), "", name), name);
    }
}

TEST(TableName, ASchemaIsAPrefixOnlyWhereThereAreNone) {
    EXPECT_EQ(table_name(dialect(), "preview", "issues"), "preview__issues");
    auto with_schemas = dialect();
    with_schemas.has_schemas = true;
    EXPECT_EQ(table_name(with_schemas, "preview", "issues"), "issues");
}

TEST(TableName, WhatTheDatabaseCannotHoldGetsAHash) {
    for (const auto& name : {std::string(""), std::string("a\0b", 3), std::string("SQLITE_x"),
                             std::string("_streams_state")}) {
        const auto table = table_name(dialect(), "", name);
        EXPECT_TRUE(can_hold_table(dialect(), table)) << table;
        EXPECT_NE(table, name);
    }
}

TEST(TableName, LongNamesAreCutBetweenCharactersAndStayApart) {
    std::string name;
    for (int i = 0; i < 30; ++i) name += "\xD7\xA9\xE2\x82\xAC";
    const auto one = table_name(dialect(63), "", name + "1");
    const auto other = table_name(dialect(63), "", name + "2");
    EXPECT_LE(one.size(), 63U);
    EXPECT_NE(one, other);
    EXPECT_TRUE(name.starts_with(one.substr(0, one.size() - 18)));
    const auto cut = static_cast<unsigned char>(name[one.size() - 18]);
    EXPECT_NE(cut & 0xC0, 0x80);
}

TEST(TableName, HashesNeverChange) {
    EXPECT_EQ(name_hash(""), 14695981039346656037u);
    EXPECT_EQ(name_hash("a"), 0xaf63dc4c8601ec8cu);
    EXPECT_EQ(distinct_table_name(dialect(), "", "orders"), "orders__00125d9250be8b4c");
}

TEST(TableName, OnlyAsciiLettersFold) {
    EXPECT_TRUE(is_same_name(dialect(), "Orders", "oRDERS"));
    EXPECT_FALSE(is_same_name(dialect(), "\xC3\x84", "\xC3\xA4"));
    EXPECT_FALSE(is_same_name(dialect(), "orders", "orders2"));
}

}  // namespace
}  // namespace streams::sql
