#include "base/file.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>

namespace streams {
namespace {

class File : public testing::Test {
 protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "streams-file-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string path(std::string_view name) const { return folder_ + '/' + std::string(name); }

 private:
    std::string folder_;
};

TEST_F(File, ReadsBackWhatWasWrittenDurably) {
    const std::string bytes(200'000, 'x');
    ASSERT_TRUE(write_file_durably(path("a"), "short"));
    ASSERT_TRUE(write_file_durably(path("a"), bytes));
    EXPECT_EQ(read_file(path("a"), 1 << 20).value(), bytes);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_of(path("a"))),
                            std::filesystem::directory_iterator()),
              1);
}

TEST_F(File, RefusesAFileBeyondTheLimit) {
    ASSERT_TRUE(write_file_durably(path("a"), "12345"));
    EXPECT_TRUE(read_file(path("a"), 5));
    EXPECT_EQ(read_file(path("a"), 4).error().id, "file-size");
}

TEST_F(File, NamesTheFileThatIsMissing) {
    const auto read = read_file(path("none"), 5);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().id, "file-missing");
    EXPECT_EQ(read.error().kind, ErrorKind::Config);
    EXPECT_EQ(read.error().what, "open " + path("none") + ": No such file or directory");
}

TEST_F(File, RenamesOnlyOntoAFreeName) {
    ASSERT_TRUE(write_file_durably(path("a"), "a"));
    ASSERT_TRUE(write_file_durably(path("b"), "b"));
    EXPECT_EQ(rename_noreplace(path("a"), path("b")).error().id, "file-exists");
    EXPECT_EQ(read_file(path("b"), 9).value(), "b");
    ASSERT_TRUE(rename_noreplace(path("a"), path("c")));
    EXPECT_EQ(read_file(path("c"), 9).value(), "a");
    EXPECT_FALSE(file_exists(path("a")));
}

TEST_F(File, MakesAllMissingFolders) {
    ASSERT_TRUE(make_folders(path("x/y/z/")));
    EXPECT_TRUE(std::filesystem::is_directory(path("x/y/z")));
    ASSERT_TRUE(make_folders(path("x/y/z")));
    ASSERT_TRUE(write_file_durably(path("plain"), "a"));
    EXPECT_FALSE(make_folders(path("plain/below")));
}

TEST_F(File, SaysThatADiskIsFull) {
    auto full = open_file("/dev/full", O_WRONLY);
    if (!full) GTEST_SKIP() << "no /dev/full here";
    EXPECT_EQ(write_all(full->get(), "x", "out").error().id, "disk-full");
}

TEST(FolderOf, FindsTheFolderOfAPath) {
    EXPECT_EQ(folder_of("a"), ".");
    EXPECT_EQ(folder_of("/a"), "/");
    EXPECT_EQ(folder_of("a/b/"), "a");
    EXPECT_EQ(folder_of("a//b"), "a");
    EXPECT_EQ(folder_of("/"), "/");
}

}  // namespace
}  // namespace streams
