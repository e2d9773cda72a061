#include "storage/local_storage.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "storage/object_names.h"

namespace streams {
namespace {

namespace fs = std::filesystem;

class LocalStorageTest : public ::testing::Test {
 protected:
    LocalStorageTest() {
        std::string name = (fs::temp_directory_path() / "storage-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
        storage_ = make_local_storage((root_ / "out").string());
    }
    ~LocalStorageTest() override { fs::remove_all(root_); }

    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::recursive_directory_iterator(root_)) {
            if (entry.is_regular_file())
                names.push_back(fs::relative(entry.path(), root_).string());
        }
        return names;
    }

    fs::path root_;
    std::unique_ptr<Storage> storage_;
};

TEST_F(LocalStorageTest, ShowsAnObjectOnlyWhenItIsFinished) {
    {
        auto writer = storage_->create("a/b/x.jsonl");
        ASSERT_TRUE(writer) << writer.error().what;
        ASSERT_TRUE((*writer)->append("hello"));
        EXPECT_FALSE(*storage_->exists("a/b/x.jsonl"));
        ASSERT_TRUE((*writer)->finish());
    }
    EXPECT_EQ(*storage_->read("a/b/x.jsonl"), "hello");
}

TEST_F(LocalStorageTest, LeavesNothingOfAnObjectThatWasGivenUp) {
    {
        ASSERT_TRUE((*storage_->create("a/x"))->append("half"));
    }
    EXPECT_TRUE(files().empty());
}

TEST_F(LocalStorageTest, LetsOneOfTwoWritersMakeAnObject) {
    EXPECT_TRUE(*storage_->put_if_absent("j/1", "mine"));
    EXPECT_FALSE(*storage_->put_if_absent("j/1", "theirs"));
    EXPECT_EQ(*storage_->read("j/1"), "mine");
    EXPECT_EQ(files().size(), 1U);
}

TEST_F(LocalStorageTest, CreatesNothingByReading) {
    EXPECT_EQ(*storage_->read("a"), std::nullopt);
    EXPECT_TRUE(storage_->list("a")->empty());
    EXPECT_FALSE(*storage_->exists("a/b"));
    EXPECT_TRUE(storage_->remove("a/b"));
    EXPECT_FALSE(fs::exists(root_ / "out"));
}

TEST_F(LocalStorageTest, WritesThroughNoPlantedLink) {
    fs::create_directories(root_ / "out");
    fs::create_directories(root_ / "elsewhere");
    fs::create_directory_symlink(root_ / "elsewhere", root_ / "out" / "a");
    EXPECT_FALSE(storage_->create("a/x"));
    EXPECT_FALSE(storage_->put_if_absent("a/x", ""));
    EXPECT_FALSE(storage_->create("../x"));
    EXPECT_TRUE(files().empty());
}

TEST_F(LocalStorageTest, GivesALockToOneHolderAndNamesHim) {
    auto first = storage_->lock("j/lock", std::chrono::milliseconds(0));
    ASSERT_TRUE(first) << first.error().what;
    const auto second = storage_->lock("j/lock", std::chrono::milliseconds(0));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().id, "pipeline-locked");
    EXPECT_NE(second.error().why.find(std::to_string(::getpid())), std::string::npos);
    first->reset();
    EXPECT_TRUE(storage_->lock("j/lock", std::chrono::milliseconds(0)));
}

TEST(ObjectNames, NeverLeaveTheFolderAndStayDistinct) {
    EXPECT_EQ(escaped_part("orders"), "orders");
    EXPECT_EQ(escaped_part("../x"), "%2E.%2Fx");
    EXPECT_EQ(escaped_part("."), "%2E");
    EXPECT_EQ(escaped_part(""), "%");
    EXPECT_EQ(escaped_part("%"), "%25");
    EXPECT_EQ(escaped_part("_sdc"), "%5Fsdc");
    EXPECT_NE(escaped_part("a/b"), escaped_part("a_b"));
    EXPECT_EQ(escaped_part("a\nb"), "a%0Ab");
    EXPECT_EQ(escaped_part("größe"), "größe");
    const std::string one(300, 'a');
    EXPECT_LE(escaped_part(one).size(), 180U);
    EXPECT_NE(escaped_part(one), escaped_part(one + "b"));
}

TEST(ObjectNames, AreFoundAgain) {
    for (const std::string name : {"orders", "../x", "", "%", "_sdc", "a/b", "größe", "a\nb"}) {
        EXPECT_EQ(unescaped_part(escaped_part(name)), name);
    }
}

}  // namespace
}  // namespace streams
