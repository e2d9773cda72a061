#include "persisters/file/file_persister.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "base/file.h"
#include "format/testing_batch.h"

namespace streams::file {
namespace {

namespace fs = std::filesystem;
using testing_batch::batch_of;
using testing_batch::field;
using testing_batch::of_numbers;
using testing_batch::of_texts;

class FilePersisterTest : public ::testing::Test {
 protected:
    FilePersisterTest() {
        std::string name = (fs::temp_directory_path() / "files-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
    }
    ~FilePersisterTest() override { fs::remove_all(root_); }

    std::unique_ptr<Persister> made(std::map<std::string, std::string> given = {}) {
        const auto entry = file::entry("persist-csv");
        std::map<std::string, Settings::Value, std::less<>> values;
        for (const auto& setting : entry.spec.settings()) {
            if (!setting.fallback.empty()) values[setting.name] = {setting.fallback, "default"};
        }
        given["path"] = root_.string();
        for (const auto& [key, value] : given) values[key] = {value, "--" + key};
        auto persister = entry.make(Settings(values), {.pipeline = "p"});
        EXPECT_TRUE(persister) << persister.error().what;
        EXPECT_TRUE((*persister)->ledger()->claim("", std::nullopt));
        return *std::move(persister);
    }

    static Stream orders(std::vector<Field> fields) {
        return {.name = "orders", .fields = std::move(fields)};
    }

    /// Of the file's name: text.
    std::map<std::string, std::string> files() const {
        std::map<std::string, std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(root_ / "orders")) {
            if (!entry.is_regular_file()) continue;
            found[fs::relative(entry.path(), root_).string()] =
                read_file(entry.path().string(), 1 << 20).value_or("unreadable");
        }
        return found;
    }

    fs::path root_;
};

TEST_F(FilePersisterTest, StartsANewFileWhenColumnsChangeWithinACommit) {
    const auto persister = made({{"line_end", "lf"}});
    const auto one = orders({field("id", Type::Integer)});
    const auto two = orders({field("id", Type::Integer), field("note", Type::Text)});
    ASSERT_TRUE(persister->open(one));
    ASSERT_TRUE(persister->write(one, batch_of(of_numbers(Type::Integer, {1}))));
    ASSERT_TRUE(persister->open(two));
    ASSERT_TRUE(persister->write(
        two, batch_of(of_numbers(Type::Integer, {2}), of_texts(Type::Text, {"x"}))));
    ASSERT_TRUE(persister->write(
        two, batch_of(of_numbers(Type::Integer, {3}), of_texts(Type::Text, {"y"}))));
    const auto receipts = persister->commit({.number = 1});
    ASSERT_TRUE(receipts);
    EXPECT_EQ(receipts->front().rows, 3U);
    EXPECT_EQ(files(), (std::map<std::string, std::string>{
                           {"orders/p.00000000000000000001.1.0.csv", "id\n1\n"},
                           {"orders/p.00000000000000000001.1.1.csv", "id,note\n2,x\n3,y\n"}}));
}

TEST_F(FilePersisterTest, GoesOnWithTheColumnsOfAnEarlierRun) {
    const auto stream = orders({field("id", Type::Decimal), field("note", Type::Text)});
    {
        const auto persister = made();
        EXPECT_TRUE(persister->stored("orders")->empty());
        ASSERT_TRUE(persister->open(stream));
        ASSERT_TRUE(persister->write(
            stream, batch_of(of_texts(Type::Decimal, {"1.5"}), of_texts(Type::Text, {"x"}))));
        ASSERT_TRUE(persister->commit({.number = 1}));
    }
    EXPECT_EQ(*made()->stored("orders"), stream.fields);
}

TEST_F(FilePersisterTest, ForgetsTheColumnsOfATableThatIsReplaced) {
    auto stream = orders({field("id", Type::Integer)});
    {
        const auto persister = made();
        ASSERT_TRUE(persister->open(stream));
        ASSERT_TRUE(persister->write(stream, batch_of(of_numbers(Type::Integer, {1}))));
        ASSERT_TRUE(persister->commit({.number = 1}));
    }
    stream.fields = {field("other", Type::Text)};
    stream.load = Load::Overwrite;
    {
        const auto persister = made({{"line_end", "lf"}});
        ASSERT_TRUE(persister->open(stream));
        ASSERT_TRUE(persister->write(stream, batch_of(of_texts(Type::Text, {"x"}))));
        ASSERT_TRUE(persister->commit({.number = 2, .ends_run = true}));
    }
    EXPECT_EQ(*made()->stored("orders"), stream.fields);
    EXPECT_EQ(files(), (std::map<std::string, std::string>{
                           {"orders/p.00000000000000000002.3.0.csv", "other\nx\n"}}));
}

TEST_F(FilePersisterTest, RemovesWhatADeadRunLeftInPartitionsToo) {
    const auto stream = orders({field("id", Type::Integer)});
    const std::map<std::string, std::string> settings = {{"partition", R"(["id"])"},
                                                         {"line_end", "lf"}};
    {
        const auto persister = made(settings);
        ASSERT_TRUE(persister->open(stream));
        ASSERT_TRUE(persister->write(stream, batch_of(of_numbers(Type::Integer, {1, 2}))));
    }
    fs::create_directories(root_ / "orders/id=1");
    std::ofstream(root_ / "orders/id=1/p.00000000000000000001.1.0.csv") << "id\n1\n";
    std::ofstream(root_ / "orders/id=1/q.00000000000000000001.1.0.csv") << "another's\n";
    const auto persister = made(settings);
    EXPECT_EQ(files(), (std::map<std::string, std::string>{
                           {"orders/id=1/q.00000000000000000001.1.0.csv", "another's\n"}}));
}

TEST_F(FilePersisterTest, RefusesWhatCannotWork) {
    const auto entry = file::entry("persist-file");
    EXPECT_EQ(entry.spec.name(), "file");
    for (const auto& [key, value] : std::map<std::string, std::string>{
             {"delimiter", "ab"}, {"null_text", "a,b"}, {"compression", "snappy"}}) {
        std::map<std::string, Settings::Value, std::less<>> values = {
            {"path", {root_.string(), ""}}, {"format", {"csv", ""}}, {"delimiter", {",", ""}}};
        values[key] = {value, "--" + key};
        const auto persister = entry.make(Settings(values), {});
        ASSERT_FALSE(persister) << key;
        EXPECT_EQ(persister.error().id, "setting-value");
    }
}

}  // namespace
}  // namespace streams::file
