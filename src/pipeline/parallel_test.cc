// What is stored does not depend on how many threads parse, nor on where chunks end.

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "pipeline/pipeline.h"

namespace streams {
namespace {

std::string text_of(const Column& column, std::size_t row) {
    if (column.is_null(row)) return "null";
    if (Column::has_bytes(column.type)) return std::string(column.text(row));
    if (column.type == Type::Boolean) return column.boolean(row) ? "true" : "false";
    if (column.type == Type::Double) return std::to_string(column.real(row));
    return std::to_string(column.integer(row));
}

// What a run did: the rows of each commit, by stream, in their order.
struct Outcome {
    std::vector<std::string> commits;
    std::vector<std::string> rejects;
    std::string error;
    std::string safe;

    bool operator==(const Outcome&) const = default;
};

class Recorder final : public Persister {
 public:
    explicit Recorder(Outcome& outcome) : outcome_(outcome) {}

    Result<> open(const Stream& /*stream*/) override { return {}; }

    Result<> write(const Stream& stream, const Batch& batch) override {
        EXPECT_LE(batch.first_line, batch.last_line);
        std::string& rows = rows_[stream.name];
        for (std::size_t row = 0; row < batch.rows; ++row) {
            for (std::size_t i = 0; i < batch.columns.size(); ++i) {
                const auto text = text_of(batch.columns[i], row);
                // A column that comes later is null in the rows before.
                if (text != "null") rows += stream.fields[i].name + "=" + text + " ";
            }
            if (batch.records.rows != 0) rows += batch.records.text(row);
            rows += "\n";
        }
        if (batch.activate_version) {
            rows += "activate " + std::to_string(*batch.activate_version) + "\n";
        }
        return {};
    }

    Result<std::vector<Receipt>> commit(const Commit& commit) override {
        std::string text = commit.state.value_or("none") + "\n";
        for (const auto& [stream, rows] : rows_) text += stream + ":\n" + rows;
        outcome_.commits.push_back(text);
        rows_.clear();
        for (const auto& reject : commit.rejects) {
            outcome_.rejects.push_back(std::to_string(reject.line) + " " + reject.id);
        }
        return std::vector<Receipt>{};
    }

 private:
    Outcome& outcome_;
    std::map<std::string, std::string> rows_;
};

struct How {
    unsigned parsers = 1;
    std::size_t chunk_bytes = std::size_t{1} << 20;
    bool as_records = false;
    bool keeps_rejects = true;
    std::size_t commit_bytes = 3'000;
};

Outcome outcome_of(const std::string& input, const How& how) {
    const Descriptor file(::memfd_create("input", MFD_CLOEXEC));
    EXPECT_TRUE(write_all(file.get(), input, "input"));
    ::lseek(file.get(), 0, SEEK_SET);
    const Descriptor nothing(::memfd_create("state", MFD_CLOEXEC));
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const Descriptor stop(ends[0]);
    const Descriptor never(ends[1]);

    RunOptions options;
    options.keeps_rejects = how.keeps_rejects;
    options.limits.parsers = how.parsers;
    options.limits.alone_bytes = 0;
    options.limits.commit_bytes = how.commit_bytes;
    options.limits.commit_age = options.limits.idle = std::chrono::minutes(10);
    Outcome outcome;
    const Reporter reporter(std::nullopt);
    WorkClock clock;
    Committer committer(
        [&](const Context&) -> Result<std::unique_ptr<Persister>> {
            return std::make_unique<Recorder>(outcome);
        },
        options, reporter, clock, nothing.get());
    Input data(file.get(), std::nullopt, stop.get(), options.limits.end_silence);
    ChunkReader reader(file.get(), {.chunk_bytes = how.chunk_bytes, .line_bytes_max = 1 << 20});
    Intake intake(options, {.takes = {.columns = !how.as_records, .records = how.as_records}},
                  [](const std::string&) { return std::vector<Field>{}; });
    Pipeline pipeline(data, reader, intake, committer, clock, options);
    const auto ending = pipeline.run();
    if (!ending) outcome.error = ending.error().what + " " + ending.error().where;
    outcome.safe = pipeline.safe() + "; " + intake.counts_text();
    return outcome;
}

// Messages of all kinds: streams that come later, schemas that change, repeat or never come, kinds
// that change, bad records, versions, and STATEs, some behind every record.
class Messages {
 public:
    explicit Messages(unsigned seed) : chance_(seed) {}

    std::string lines(int count) {
        std::string text;
        for (int i = 0; i < count; ++i) text += line(i) + (below(20) == 0 ? "\r\n" : "\n");
        return text;
    }

 private:
    unsigned below(unsigned limit) { return static_cast<unsigned>(chance_() % limit); }

    std::string line(int number) {
        if (number < 3) return schema(static_cast<unsigned>(number), 3);
        switch (below(60)) {
            case 0:
                return schema(below(5), 2 + below(3));
            case 1:
                return "";
            case 2:
                return R"({"type":"METRIC","value":1})";
            case 3:
                return R"({"type":"ACTIVATE_VERSION","stream":"s0","version":)" +
                       std::to_string(number) + "}";
            case 4:
                return record(1 + below(2), R"({"id":"no number"})");
            case 5:
                return record(below(9), R"({"id":1,"new)" + std::to_string(below(6)) + R"(":[1]})");
            case 6:
                return record(0, R"({"id":1,"at":"2024-01-01T00:00:00.1234567Z"})");
            case 7:
            case 8:
                burst_ = 8;
                break;
            default:
                break;
        }
        if (burst_ > 0 ? --burst_ % 2 == 0 : below(40) == 0) {
            return R"({"type":"STATE","value":{"at":)" + std::to_string(number) + "}}";
        }
        return record(below(4) == 0 ? below(5) : below(2), values(number));
    }

    static std::string schema(unsigned stream, unsigned fields) {
        std::string properties = R"("id":{"type":["null","integer"]})";
        if (fields > 1) properties += R"(,"at":{"type":"string","format":"date-time"})";
        if (fields > 2) properties += R"(,"text":{"type":["null","string"]})";
        if (fields > 3) properties += R"(,"on":{"type":["null","boolean"]})";
        return R"({"type":"SCHEMA","stream":"s)" + std::to_string(stream) +
               R"(","schema":{"properties":{)" + properties + R"(}},"key_properties":[]})";
    }

    static std::string record(unsigned stream, const std::string& values) {
        return R"({"type":"RECORD","stream":"s)" + std::to_string(stream) + R"(","record":)" +
               values + "}";
    }

    std::string values(int number) {
        std::string text = "{\"id\":" + std::to_string(number);
        if (below(3) != 0) text += R"(,"text":")" + std::string(below(30), 'x') + "\"";
        if (below(3) == 0) text += below(2) == 0 ? R"(,"on":true)" : R"(,"on":false)";
        return text + "}";
    }

    std::mt19937 chance_;
    int burst_ = 0;
};

void expect_the_same(const Outcome& got, const Outcome& expected, const How& how) {
    if (got == expected) return;
    const auto [mine, theirs] = std::ranges::mismatch(got.commits, expected.commits);
    std::string places;
    if (mine != got.commits.end() && theirs != expected.commits.end()) {
        const auto at = std::ranges::mismatch(*mine, *theirs).in1 - mine->begin();
        const auto from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(at - 200, 0));
        places = mine->substr(from, 300) + "\n-- instead of --\n" + theirs->substr(from, 300);
    }
    ADD_FAILURE() << how.parsers << " parsers, chunks of " << how.chunk_bytes << ": "
                  << got.commits.size() << " commits for " << expected.commits.size() << "\n"
                  << got.error << "\n"
                  << expected.error << "\n"
                  << got.rejects.size() << " rejects for " << expected.rejects.size() << "\n"
                  << got.safe << "\n"
                  << expected.safe << "\n"
                  << places;
}

class Parallel : public ::testing::TestWithParam<unsigned> {
 protected:
    static void compare(const std::string& input, How how) {
        const auto expected = outcome_of(input, how);
        for (const std::size_t chunk : {1U, 2U, 3U, 63U, 64U, 65U, 1'000U, 4'096U}) {
            for (const unsigned parsers : {1U, 2U, 3U, 5U, 8U}) {
                how.parsers = parsers;
                how.chunk_bytes = chunk;
                expect_the_same(outcome_of(input, how), expected, how);
                if (HasFailure()) return;
            }
        }
    }
};

TEST_P(Parallel, StoresTheSameRowsInTheSameCommits) {
    const auto input = Messages(GetParam()).lines(900);
    compare(input, {});
}

TEST_P(Parallel, StoresTheSameBytes) {
    const auto input = Messages(GetParam()).lines(900);
    compare(input, {.as_records = true});
}

TEST_P(Parallel, StopsAtTheFirstFaultOfTheInput) {
    auto input = Messages(GetParam()).lines(300 + static_cast<int>(GetParam()) * 7);
    input += "{\"type\":\n" + Messages(GetParam() + 1).lines(100) + "{}\n";
    compare(input, {});
    compare(input, {.keeps_rejects = false});
}

TEST_P(Parallel, TakesALastLineWithoutItsEnd) {
    auto input = Messages(GetParam()).lines(200);
    while (input.back() == '\n' || input.back() == '\r') input.pop_back();
    compare(input, {});
    input.resize(input.size() - 9);
    compare(input, {});
}

INSTANTIATE_TEST_SUITE_P(Seeds, Parallel, ::testing::Range(1U, 4U));

TEST(ParallelLimits, ParsesARecordThatIsLongerThanAChunk) {
    std::string input = R"({"type":"SCHEMA","stream":"s0","schema":{"properties":{}}})"
                        "\n";
    for (int i = 0; i < 20; ++i) {
        input += R"({"type":"RECORD","stream":"s0","record":{"t":")" +
                 std::string(static_cast<std::size_t>(i % 5) * 100'000, 'x') + "\"}}\n";
    }
    const auto expected = outcome_of(input, {});
    EXPECT_EQ(outcome_of(input, {.parsers = 4, .chunk_bytes = 4'096}), expected);
    EXPECT_EQ(expected.error, "");
}

}  // namespace
}  // namespace streams
