// Streams to measure with: the same bytes for the same words, on every machine.
//
//   make_stream SHAPE RECORDS [SEED] > stream.jsonl
//
// | shape      | what it is like                                                     |
// |------------|---------------------------------------------------------------------|
// | users      | 11 flat fields, about 420 bytes a record                            |
// | issues     | nested objects and arrays, a long text: about 1.4 kB                |
// | wide       | 200 columns                                                         |
// | narrow     | 3 fields                                                            |
// | many       | users, spread over 50 streams                                       |
// | keyless    | users without a key                                                 |
// | schemaless | users without a SCHEMA                                              |
//
// A STATE follows every 10,000 records. Another SEED gives other values under the same keys.

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <iterator>
#include <string>
#include <string_view>
#include <unistd.h>

#include "base/file.h"

namespace {

constexpr std::size_t kStateEvery = 10'000;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr int kWideColumns = 200;

// As they stand in JSON. One record in two has its texts in ASCII, as many writers have it.
constexpr std::array<std::string_view, 20> kWords = {
    "amber", "basin", "cedar", "delta", "ember",        "fjord",  "grove",
    "haven", "inlet", "jetty", "knoll", "lagoon",       "marsh",  "north",
    "oasis", "plain", "quay",  "ridge", R"(\"quote\")", R"(a\\b)"};
constexpr std::array<std::string_view, 4> kFarWords = {"crème", "naïve", "東京", "wave🌊"};
constexpr std::array<std::string_view, 4> kFarWordsInAscii = {
    R"(cr\u00e8me)", R"(na\u00efve)", R"(\u6771\u4eac)", R"(wave\ud83c\udf0a)"};
constexpr std::array<std::string_view, 3> kBlanks = {R"(\t)", R"(\n)", R"(\r\n)"};
constexpr std::array<std::string_view, 4> kCountries = {R"("DE")", R"("US")", R"("JP")", "null"};

constexpr std::string_view kUserProperties =
    R"("id":{"type":"integer"},"name":{"type":["null","string"]},)"
    R"("email":{"type":["null","string"]},"age":{"type":["null","integer"]},)"
    R"("balance":{"type":["null","number"]},"active":{"type":["null","boolean"]},)"
    R"("created_at":{"type":["null","string"],"format":"date-time"},)"
    R"("updated_at":{"type":["null","string"],"format":"date-time"},)"
    R"("bio":{"type":["null","string"]},"country":{"type":["null","string"]},)"
    R"("score":{"type":["null","number"]})";
constexpr std::string_view kIssueProperties =
    R"("id":{"type":"integer"},"number":{"type":["null","integer"]},)"
    R"("title":{"type":["null","string"]},"state":{"type":["null","string"]},)"
    R"("body":{"type":["null","string"]},"user":{"type":["null","object"],"properties":{)"
    R"("login":{"type":["null","string"]},"id":{"type":["null","integer"]},)"
    R"("site_admin":{"type":["null","boolean"]},"url":{"type":["null","string"]}}},)"
    R"("labels":{"type":["null","array"],"items":{"type":"object","properties":{)"
    R"("id":{"type":["null","integer"]},"name":{"type":["null","string"]},)"
    R"("color":{"type":["null","string"]}}}},)"
    R"("assignees":{"type":["null","array"],"items":{"type":"object"}},)"
    R"("milestone":{"type":["null","object"]},"comments":{"type":["null","integer"]},)"
    R"("created_at":{"type":["null","string"],"format":"date-time"},)"
    R"("updated_at":{"type":["null","string"],"format":"date-time"},)"
    R"("reactions":{"type":["null","object"],"properties":{"total_count":{"type":"integer"}}},)"
    R"("locked":{"type":["null","boolean"]})";
constexpr std::string_view kNarrowProperties =
    R"("id":{"type":"integer"},"t":{"type":["null","string"],"format":"date-time"},)"
    R"("v":{"type":["null","number"]})";

/// SplitMix64: small, and the same everywhere.
class Chance {
 public:
    explicit Chance(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U) {}

    std::uint64_t bits() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t limit) { return bits() % limit; }
    double fraction() { return static_cast<double>(bits() >> 11) / 9007199254740992.0; }

 private:
    std::uint64_t state_;
};

class Maker {
 public:
    Maker(std::string_view shape, std::uint64_t seed) : shape_(shape), chance_(seed) {}

    /// What comes before the first record; false for a shape that nobody knows.
    bool begin(std::string& to) {
        if (shape_ == "issues") return declare(to, kIssueProperties);
        if (shape_ == "narrow") return declare(to, kNarrowProperties);
        if (shape_ == "wide") return declare(to, wide_properties());
        if (shape_ == "users" || shape_ == "keyless") return declare(to, kUserProperties);
        if (shape_ == "many") return spread(50) && declare(to, kUserProperties);
        return shape_ == "schemaless";
    }

    void record(std::string& to, std::uint64_t id) {
        in_ascii_ = id % 2 == 0;
        fmt::format_to(std::back_inserter(to),
                       R"({{"type":"RECORD","stream":"{}","record":{{"id":{})",
                       stream(id % streams_), id);
        if (shape_ == "issues") {
            issue(to, id);
        } else if (shape_ == "wide") {
            wide(to);
        } else if (shape_ == "narrow") {
            text(to, "t", when(id));
            real(to, "v", chance_.fraction());
        } else {
            user(to, id);
        }
        to += "}}\n";
    }

    void state(std::string& to, std::uint64_t id) {
        fmt::format_to(
            std::back_inserter(to),
            R"({{"type":"STATE","value":{{"bookmarks":{{"{}":{{"id":{},"updated_at":"{}"}}}}}}}})"
            "\n",
            stream(0), id, when(id));
    }

 private:
    bool spread(std::size_t streams) {
        streams_ = streams;
        return true;
    }

    std::string stream(std::size_t number) const {
        return streams_ == 1 ? std::string(shape_) : fmt::format("{}_{:02}", shape_, number);
    }

    bool declare(std::string& to, std::string_view properties) const {
        const std::string_view key = shape_ == "keyless" ? "[]" : R"(["id"])";
        for (std::size_t number = 0; number < streams_; ++number) {
            fmt::format_to(std::back_inserter(to),
                           R"({{"type":"SCHEMA","stream":"{}","key_properties":{},)"
                           R"("schema":{{"type":"object","properties":{{{}}}}}}})"
                           "\n",
                           stream(number), key, properties);
        }
        return true;
    }

    static std::string wide_properties() {
        std::string text = R"("id":{"type":"integer"})";
        constexpr std::array<std::string_view, 3> kTypes = {"integer", "string", "number"};
        for (int column = 0; column < kWideColumns - 1; ++column) {
            fmt::format_to(std::back_inserter(text), R"(,"c{:03}":{{"type":["null","{}"]}})",
                           column, kTypes[static_cast<std::size_t>(column) % kTypes.size()]);
        }
        return text;
    }

    void user(std::string& to, std::uint64_t id) {
        text(to, "name", words(3));
        text(to, "email", fmt::format("user{}@example.com", id));
        whole(to, "age", 18 + chance_.below(72));
        real(to, "balance", static_cast<double>(chance_.below(200'000'000)) / 100 - 1e6);
        raw(to, "active", chance_.below(10) < 7 ? "true" : "false");
        text(to, "created_at", when(id));
        text(to, "updated_at", when(id + 5));
        text(to, "bio", words(8 + chance_.below(16)));
        raw(to, "country", kCountries[chance_.below(kCountries.size())]);
        real(to, "score", chance_.fraction());
    }

    void issue(std::string& to, std::uint64_t id) {
        whole(to, "number", id % 5'000);
        text(to, "title", words(8));
        text(to, "state", chance_.below(2) == 0 ? "open" : "closed");
        text(to, "body", words(120));
        raw(to, "user",
            fmt::format(
                R"({{"login":"{}","id":{},"site_admin":false,"url":"https://api.example.com/users/{}"}})",
                words(1), chance_.below(1'000'000'000), id));
        std::string labels = "[";
        for (std::uint64_t left = chance_.below(4); left > 0; --left) {
            fmt::format_to(std::back_inserter(labels),
                           R"({{"id":{},"name":"{}","color":"f29513"}}{})",
                           chance_.below(1'000'000), words(1), left > 1 ? "," : "");
        }
        raw(to, "labels", labels + "]");
        raw(to, "assignees", "[]");
        raw(to, "milestone", "null");
        whole(to, "comments", chance_.below(40));
        text(to, "created_at", when(id));
        text(to, "updated_at", when(id + 9));
        raw(to, "reactions", R"({"total_count":3,"+1":2,"-1":1})");
        raw(to, "locked", "false");
    }

    void wide(std::string& to) {
        for (int column = 0; column < kWideColumns - 1; ++column) {
            const auto name = fmt::format("c{:03}", column);
            if (column % 3 == 0) {
                whole(to, name, chance_.below(1'000'000));
            } else if (column % 3 == 1) {
                text(to, name, words(1));
            } else {
                real(to, name, chance_.fraction());
            }
        }
    }

    static void raw(std::string& to, std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(to), R"(,"{}":{})", name, value);
    }
    static void text(std::string& to, std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(to), R"(,"{}":"{}")", name, value);
    }
    static void whole(std::string& to, std::string_view name, std::uint64_t value) {
        fmt::format_to(std::back_inserter(to), R"(,"{}":{})", name, value);
    }
    static void real(std::string& to, std::string_view name, double value) {
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        raw(to, name, {digits.data(), static_cast<std::size_t>(end - digits.data())});
    }

    std::string words(std::uint64_t count) {
        std::string text;
        for (std::uint64_t i = 0; i < count; ++i) {
            if (i > 0) text += ' ';
            const auto number = chance_.below(kWords.size() + kFarWords.size() + kBlanks.size());
            if (number < kWords.size()) {
                text += kWords[number];
            } else if (number < kWords.size() + kFarWords.size()) {
                text += (in_ascii_ ? kFarWordsInAscii : kFarWords)[number - kWords.size()];
            } else {
                text += kBlanks[number - kWords.size() - kFarWords.size()];
            }
        }
        return text;
    }

    // A time of day in the March of some year, with microseconds: one record each seven seconds.
    std::string when(std::uint64_t id) {
        const std::uint64_t seconds = id * 7;
        return fmt::format("{}-03-{:02}T{:02}:{:02}:{:02}.{:06}Z", 2017 + seconds / 86'400 / 28 % 8,
                           1 + seconds / 86'400 % 28, seconds / 3'600 % 24, seconds / 60 % 60,
                           seconds % 60, chance_.below(1'000'000));
    }

    std::string_view shape_;
    Chance chance_;
    std::size_t streams_ = 1;
    bool in_ascii_ = false;
};

int usage() {
    std::fputs("make_stream users|issues|wide|narrow|many|keyless|schemaless RECORDS [SEED]\n",
               stderr);
    return 2;
}

bool flush(std::string& piece) {
    if (!streams::write_all(STDOUT_FILENO, piece, "standard output")) return false;
    piece.clear();
    return true;
}

int make(int argc, char** argv) {
    if (argc < 3) return usage();
    const auto records = std::strtoull(argv[2], nullptr, 10);
    Maker maker(argv[1], argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
    std::string piece;
    if (!maker.begin(piece)) return usage();
    for (std::uint64_t id = 1; id <= records; ++id) {
        maker.record(piece, id);
        if (id % kStateEvery == 0 || id == records) maker.state(piece, id);
        if (piece.size() > kPieceBytes && !flush(piece)) return 1;
    }
    return flush(piece) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return make(argc, argv);
    } catch (const fmt::format_error&) {
        return 1;
    }
}
