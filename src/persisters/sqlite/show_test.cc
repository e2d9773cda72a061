#include "sql/show.h"

#include "persisters/sqlite/sqlite_fixture.h"

namespace streams::sqlite {
namespace {

class Show : public SqliteTest {
 protected:
    Result<std::vector<Table>> shown(const std::string& table, std::uint64_t limit = 5,
                                     const Context& context = {}) const {
        return show(Settings({{"path", {path_, "--path"}}}), context, table, limit);
    }
};

TEST_F(Show, ListsTheTablesOfStreams) {
    auto sink = persister("p");
    load(*sink, stream("b", {field("id", Type::Integer)}), {{number(1)}, {number(2)}});
    load(*sink, stream("a", {field("v", Type::Text)}, Load::Append), {{text("x")}});
    commit(*sink);
    ask("CREATE TABLE mine (x)");
    const auto tables = *shown("");
    ASSERT_EQ(tables.size(), 2);
    EXPECT_EQ(tables[0].name, "a");
    EXPECT_EQ(tables[0].columns, (std::vector<std::string>{"v", "_streams_commit"}));
    EXPECT_EQ(tables[1].stream, "b");
    EXPECT_EQ(tables[1].rows, 2);
    EXPECT_TRUE(tables[1].sample.empty());
}

TEST_F(Show, GivesASampleOfOneTable) {
    auto sink = persister("p", {.schema = "s"});
    load(*sink,
         stream("t", {field("id", Type::Integer), field("d", Type::Double),
                      field("b", Type::Binary), field("v", Type::Text)}),
         {{number(1), 0.1, text(std::string("\0\xff", 2)), nullptr},
          {number(2), 2.0, text(""), text("x")},
          {number(3), 2.0, text(""), text("x")}});
    commit(*sink);
    const auto tables = *shown("t", 2);
    ASSERT_EQ(tables.size(), 1);
    EXPECT_EQ(tables[0].name, "s__t");
    EXPECT_EQ(tables[0].rows, 3);
    EXPECT_EQ(tables[0].sample, (std::vector<std::vector<std::string>>{
                                    {"1", "0.1", "x'00ff'", "null"}, {"2", "2", "x''", "x"}}));
    EXPECT_EQ(shown("s__t")->size(), 1);
    EXPECT_EQ(shown("", 0, {.schema = "s"})->size(), 1);
    EXPECT_TRUE(shown("", 0, {.schema = "other"})->empty());
}

TEST_F(Show, NamesWhatIsThereWhenAskedForSomethingElse) {
    auto sink = persister("p");
    load(*sink, stream("users", {field("id", Type::Integer)}), {{number(1)}});
    commit(*sink);
    EXPECT_EQ(shown("user").error().id, "table-unknown");
    EXPECT_NE(shown("user").error().remedy.find("users"), std::string::npos);
}

TEST_F(Show, MakesNoFile) {
    EXPECT_EQ(shown("").error().id, "path-unusable");
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Show, LeavesNothingBesideTheFile) {
    auto sink = persister("p");
    commit(*sink, "1");
    sink.reset();
    ASSERT_TRUE(shown(""));
    EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
    EXPECT_FALSE(std::filesystem::exists(path_ + "-shm"));
}

TEST_F(Show, AnyDatabaseCanBeLookedAt) {
    ask("CREATE TABLE mine (x)");
    ASSERT_EQ(shown("")->size(), 1);
    EXPECT_EQ(shown("")->front().stream, "");
}

}  // namespace
}  // namespace streams::sqlite
