// What other people have collected to break readers of JSON, in every place of a line.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "message/record_collector.h"

namespace streams {
namespace {

namespace fs = std::filesystem;

fs::path corpus(const std::string& name) {
    const char* source = std::getenv("STREAMS_SOURCE");
    return fs::path(source == nullptr ? "." : source) / "../shared/corpora" / name;
}

// The files of a folder and its folders, in order.
std::vector<fs::path> files_of(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

std::string text_of(const fs::path& path) {
    auto text = read_file(path.string(), std::size_t{64} << 20);
    EXPECT_TRUE(text) << path;
    return text.value_or("");
}

bool is_good(std::string_view text) {
    return is_json(text) && find_bad_utf8(text) == text.size();
}

// Puts `text` into each place where a value may stand; all must take it, or none.
void expect_in_every_place(const std::string& text, bool expected, const std::string& name) {
    const std::string value(trim_json(text));
    const std::vector<std::string> lines = {
        R"({"type":"RECORD","stream":"s","record":{"v":)" + text + "}}",
        R"({"type":"RECORD","record":{"v":)" + text + R"(},"stream":"s"})",
        R"({"type":"RECORD","stream":"s","record":{},"stray":)" + text + "}",
        R"({"type":"SCHEMA","stream":"s","schema":{"default":)" + text + "}}",
        R"({"type":"STATE","value":)" + text + "}",
        R"({"type":"NEWS","news":)" + text + "}",
    };
    Parsing parse;
    for (const auto& line : lines) {
        const auto message = parse(line);
        EXPECT_EQ(message.has_value(), expected) << name << '\n' << line.substr(0, 200);
        EXPECT_FALSE(parse.records.is_open()) << name;
        if (!message || !expected) continue;
        if ((*message)->type == MessageType::State) {
            EXPECT_EQ((*message)->state, value) << name;
        }
        if ((*message)->type == MessageType::Record && !line.contains("stray")) {
            EXPECT_EQ((*message)->record, "{\"v\":" + text + "}") << name;
        }
    }
    parse(text);  // As a line of its own: whatever it is, it must not harm.
}

// A line has no line ends; between values they are blanks.
void expect_document(const fs::path& path, bool expected) {
    std::string text = text_of(path);
    EXPECT_EQ(is_good(text), expected) << path;
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (!expected && text.contains('\n')) return;
    std::ranges::replace(text, '\n', ' ');
    expect_in_every_place(text, expected, path.filename().string());
}

TEST(JsonCorpora, JsonTestSuite) {
    const auto folder = corpus("json-test-suite");
    if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not here";
    // What the suite leaves open: UTF-8 is required, numbers and escapes may be whatever they are.
    const std::set<std::string> refused = {
        "i_string_UTF-16LE_with_BOM.json",
        "i_string_UTF-8_invalid_sequence.json",
        "i_string_UTF8_surrogate_U+D800.json",
        "i_string_invalid_utf-8.json",
        "i_string_iso_latin_1.json",
        "i_string_lone_utf8_continuation_byte.json",
        "i_string_not_in_unicode_range.json",
        "i_string_overlong_sequence_2_bytes.json",
        "i_string_overlong_sequence_6_bytes.json",
        "i_string_overlong_sequence_6_bytes_null.json",
        "i_string_truncated-utf-8.json",
        "i_string_utf16BE_no_BOM.json",
        "i_string_utf16LE_no_BOM.json",
        "i_structure_UTF-8_BOM_empty_object.json",
    };
    std::size_t count = 0;
    for (const auto& path : files_of(folder)) {
        const std::string name = path.filename().string();
        if (!name.ends_with(".json")) continue;
        ++count;
        if (name.starts_with("n_")) {
            expect_document(path, false);
        } else if (name.starts_with("y_") || name.starts_with("i_")) {
            expect_document(path, !refused.contains(name));
        }
    }
    EXPECT_GT(count, 100U);
}

TEST(JsonCorpora, Jsonchecker) {
    const auto folder = corpus("simdjson-jsonchecker");
    if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not here";
    for (const auto& path : files_of(folder)) {
        const std::string name = path.filename().string();
        if (path.extension() != ".json" || name.contains("EXCLUDE")) continue;
        // Too large for a double, but a number.
        const bool is_large =
            name.contains("toolarge") || name == "fail60.json" || name == "fail73.json";
        expect_document(path, name.starts_with("pass") || is_large);
    }
}

TEST(JsonCorpora, Yyjson) {
    const auto folder = corpus("yyjson-data");
    if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not here";
    // JSON lets an escape be half of a character; a destination may not.
    const std::set<std::string> lone_surrogates = {
        "invalid_utf8_escape_1(fail).min.json", "invalid_utf8_escape_3(fail).min.json",
        "invalid_utf8_escape_6(fail).min.json", "invalid_utf8_escape_7(fail).min.json"};
    for (const auto& path : files_of(folder / "json")) {
        const std::string name = path.filename().string();
        if (path.extension() != ".json" || name.contains("EXCLUDE")) continue;
        const auto kind = path.parent_path().filename();
        if (kind == "test_checker") {
            expect_document(path, name.starts_with("pass"));
        } else if (kind == "test_encoding") {
            expect_document(path, name == "utf8.json");
        } else if (kind == "test_roundtrip") {
            expect_document(path, true);
        } else if (kind == "test_yyjson") {
            expect_document(path, !name.contains('(') || name.contains("(bignum)") ||
                                      lone_surrogates.contains(name));
        }
    }
}

TEST(JsonCorpora, NumbersByLine) {
    const auto folder = corpus("yyjson-data") / "num";
    if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not here";
    for (const auto& path : files_of(folder)) {
        const std::string name = path.filename().string();
        if (path.extension() != ".txt") continue;
        const bool expected = !name.contains("(fail)") && !name.contains("(ext)") &&
                              !name.starts_with("hex") && !name.starts_with("literal");
        std::istringstream lines(text_of(path));
        for (std::string line; std::getline(lines, line);) {
            if (line.empty() || line.starts_with('#')) continue;
            expect_in_every_place(line, expected, name + ": " + line);
        }
    }
}

TEST(JsonCorpora, HardFloats) {
    const auto folder = corpus("numbers-parse-fxx");
    if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not here";
    const std::regex number(R"(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?)",
                            std::regex::optimize);
    constexpr std::size_t kTextColumn = 31;
    constexpr std::size_t kLongestForRegex = 1'000;
    for (const auto& path : files_of(folder)) {
        if (path.extension() != ".txt") continue;
        std::istringstream lines(text_of(path));
        for (std::string line; std::getline(lines, line);) {
            const std::string text = line.substr(kTextColumn);
            if (text.size() > kLongestForRegex) continue;
            EXPECT_EQ(is_json(text), std::regex_match(text, number)) << text;
        }
    }
}

std::string bytes_of(std::string_view hex) {
    std::string digits(hex);
    std::erase(digits, ' ');
    std::string bytes;
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
        bytes += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
    }
    return bytes;
}

TEST(JsonCorpora, Utf8AtEveryAlignment) {
    const auto folder = corpus("utf8-tests");
    if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not here";
    std::istringstream lines(text_of(folder / "utf8tests.txt"));
    std::size_t count = 0;
    Parsing parse;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        const std::string kind = line.substr(line.find_first_not_of(' ', line.find(':') + 1));
        if (!kind.contains("hex:")) continue;
        const std::string hex = kind.substr(kind.find(':') + 1);
        const std::string bytes = bytes_of(hex.substr(0, hex.find(':')));
        const bool expected = kind.starts_with("valid");
        EXPECT_EQ(find_bad_utf8(bytes) == bytes.size(), expected) << line;
        ++count;
        if (std::ranges::any_of(bytes, [](char byte) { return byte >= 0 && byte < 0x20; }))
            continue;
        for (std::size_t shift = 0; shift < 64; ++shift) {
            const std::string text = "\"" + std::string(shift, 'x') + bytes + "\"}}";
            const auto message = parse(R"({"type":"RECORD","stream":"s","record":{"v":)" + text);
            EXPECT_EQ(message.has_value(), expected) << line << " shifted by " << shift;
            EXPECT_EQ(message ? "utf8" : message.error().id, "utf8") << line;
        }
    }
    EXPECT_GT(count, 50U);
}

}  // namespace
}  // namespace streams
