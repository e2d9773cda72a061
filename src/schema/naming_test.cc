#include "schema/naming.h"

#include <gtest/gtest.h>

#include "schema/shape.h"

namespace streams {
namespace {

Naming folding() {
    Naming naming;
    naming.folds_case = true;
    naming.name_bytes_max = 63;
    naming.reserved = {"ctid"};
    return naming;
}

TEST(Names, KeepAMembersOwnNameWhereItCanBeHeld) {
    Names names(folding());
    for (const char* name : {"id", "Order Total", "select", "a\"b", "__proto__", "_sdc_repository",
                             "\u05d0", "naïve", "rowid"}) {
        EXPECT_EQ(names.choose(name, ""), name);
    }
}

TEST(Names, NeverMergeTwoMembers) {
    Names names(folding());
    const std::string first = names.choose("Id", "");
    const std::string second = names.choose("ID", "");
    EXPECT_EQ(first, "Id");
    EXPECT_TRUE(second.starts_with("ID__")) << second;
    const std::string twin(70, 'x');
    EXPECT_NE(names.choose(twin + "a", ""), names.choose(twin + "b", ""));
    EXPECT_EQ(names.choose("a__st", ""), "a__st");
    EXPECT_NE(names.choose("a", "__st"), "a__st");
}

TEST(Names, FitTheDestination) {
    Names names(folding());
    for (const std::string& name :
         {std::string(), std::string(300, 'n'), std::string("CTID"), std::string("a\0b", 3),
          std::string("_streams_commit"), std::string("_sdc_deleted_at"),
          std::string("_SDC_table_version")}) {
        const std::string chosen = names.choose(name, "");
        EXPECT_FALSE(chosen.empty());
        EXPECT_LE(chosen.size(), 63U);
        EXPECT_NE(chosen, name);
        EXPECT_EQ(chosen.find('\0'), std::string::npos);
    }
}

TEST(Names, AreNotCutWithinACharacter) {
    Names names(folding());
    std::string name;
    while (name.size() < 200) name += "\u6771";
    const std::string chosen = names.choose(name, "");
    EXPECT_EQ((chosen.size() - 10) % 3, 0U) << chosen;
}

TEST(Names, AreTheSameInEveryRun) {
    Names names(folding());
    names.take("Id");
    EXPECT_EQ(names.choose("ID", ""), "ID__09240e07");
}

TEST(Names, DoNotDependOnTheOrderOfTheFields) {
    ShapePolicy policy;
    policy.naming = folding();
    const auto one = Shape::declared(
        "s", R"({"properties":{"Id":{"type":"string"},"ID":{"type":"string"}}})", {}, policy);
    const auto two = Shape::declared(
        "s", R"({"properties":{"ID":{"type":"string"},"Id":{"type":"string"}}})", {}, policy);
    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->stream().fields[0].name, two->stream().fields[1].name);
    EXPECT_EQ(one->stream().fields[1].name, two->stream().fields[0].name);
    EXPECT_EQ(one->stream().fields[1].name, "ID");
}

}  // namespace
}  // namespace streams
