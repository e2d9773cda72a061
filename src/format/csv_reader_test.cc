#include "format/csv_reader.h"

#include <gtest/gtest.h>

namespace streams {
namespace {

/// Gives a text in pieces of some bytes, so that every cut is tried.
class TextInput final : public ByteInput {
 public:
    TextInput(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}
    Result<std::size_t> read(char* to, std::size_t bytes_max) override {
        const auto count = std::min({piece_, bytes_max, text_.size() - at_});
        text_.copy(to, count, at_);
        at_ += count;
        return count;
    }

 private:
    std::string text_;
    std::size_t piece_;
    std::size_t at_ = 0;
};

// Records as `line:cell|"cell"|`, joined by blanks.
std::string read(const std::string& text, std::size_t piece, char delimiter = ',') {
    TextInput input(text, piece);
    InputWindow window(input, 1 << 20);
    CsvReader reader(window, delimiter);
    std::string all;
    while (true) {
        auto more = reader.next();
        if (!more) return all + more.error().id + " on " + std::to_string(reader.line());
        if (!*more) return all;
        all += std::to_string(reader.line()) + ':';
        for (const auto& cell : reader.cells()) {
            const std::string quote = cell.is_quoted ? "'" : "";
            all += quote + std::string(cell.text) + quote + '|';
        }
        all += ' ';
    }
}

TEST(CsvReader, ReadsTheSameWhereverTheInputIsCut) {
    const std::string text =
        "a,b\r\n1,\"two\nlines\"\r\n\"say \"\"hi\"\"\",5\" disk\n,\"\"\r\"x\ry\",\n\nlast,line";
    const auto whole = read(text, text.size());
    EXPECT_EQ(whole,
              "1:a|b| 2:1|'two\nlines'| 4:'say \"hi\"'|5\" disk| 5:|''| 6:'x\ry'|| 8:last|line| ");
    for (std::size_t piece = 1; piece < text.size(); ++piece) {
        EXPECT_EQ(read(text, piece), whole) << piece;
    }
}

TEST(CsvReader, ReadsAFileWithoutALastLineEndAndAnEmptyOne) {
    EXPECT_EQ(read("", 1), "");
    EXPECT_EQ(read("a", 1), "1:a| ");
    EXPECT_EQ(read("a\r\n", 1), "1:a| ");
    EXPECT_EQ(read("a;b", 2, ';'), "1:a|b| ");
    EXPECT_EQ(read("a,", 2), "1:a|| ");
}

TEST(CsvReader, NamesTheLineOfABrokenQuote) {
    EXPECT_EQ(read("a\n\"b\"c\n", 100), "1:a| csv-quote on 2");
    EXPECT_EQ(read("a\n\"b\nc", 100), "1:a| csv-quote on 3");
}

TEST(CsvReader, RefusesARecordBeyondTheLimit) {
    TextInput input("\"" + std::string(3 << 20, 'x'), 1 << 16);
    InputWindow window(input, 1 << 20);
    CsvReader reader(window, ',');
    EXPECT_EQ(reader.next().error().id, "record-size");
}

TEST(CsvReader, GuessesTheDelimiterByTheFirstLine) {
    EXPECT_EQ(guess_delimiter("a;b;c,d"), ';');
    EXPECT_EQ(guess_delimiter("a\tb"), '\t');
    EXPECT_EQ(guess_delimiter("a"), ',');
    EXPECT_EQ(guess_delimiter("a,b;c"), ',');
}

}  // namespace
}  // namespace streams
