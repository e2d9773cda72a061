// Parse, validate and place into columns, against merely walking every value of the same bytes.
//
//   columns_bench [FILE] [ROUNDS]
//
// FILE holds messages, one a line; without it users are generated in memory. Prints CPU seconds of
// both (the median of the rounds, taken in turn) and their ratio, whose budget is 1.5.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <simdjson.h>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "batch/batch_reader.h"
#include "bench/walk.h"
#include "message/chunk_reader.h"

namespace {

namespace ondemand = simdjson::ondemand;
using streams::BatchBuilder;
using streams::BatchReader;
using streams::MessageParser;
using streams::MessageType;
using streams::Shape;
using streams::Verdict;

constexpr std::size_t kBatchBytes = std::size_t{1} << 20;  // Larger ones leave the cache.
constexpr double kBudget = 1.5;

struct Line {
    const char* at;
    std::size_t size;
};

std::uint64_t walk_all(const std::vector<Line>& lines) {
    ondemand::parser parser;
    std::uint64_t sum = 0;
    for (const Line& line : lines) {
        if (!streams::bench::walk_line(parser, {line.at, line.size}, sum)) {
            std::fprintf(stderr, "bad line: %.*s\n", static_cast<int>(line.size), line.at);
            return 0;
        }
    }
    return sum;
}

class Columns {
 public:
    bool load(const std::vector<Line>& lines) {
        return std::ranges::all_of(lines,
                                   [&](const Line& line) { return take({line.at, line.size}); });
    }
    std::uint64_t rows() const { return rows_; }

 private:
    struct Slot {
        explicit Slot(Shape made) : shape(std::move(made)), builder(shape, {}) {}
        Shape shape;
        BatchBuilder builder;
    };

    void add(const std::string& name, Shape shape) {
        auto slot = std::make_unique<Slot>(std::move(shape));
        reader_.add(slot->builder);
        slots_[name] = std::move(slot);
    }

    bool take(std::string_view line) {
        for (;;) {
            reader_.begin(++line_);
            const auto message = parser_.parse(line, reader_);
            if (!message) return false;
            if ((*message)->type == MessageType::Schema) return declare(**message);
            if ((*message)->type != MessageType::Record) return true;
            switch (reader_.verdict()) {
                case Verdict::Stored:
                    ++rows_;
                    if (reader_.builder()->bytes() > kBatchBytes) reader_.builder()->take();
                    return true;
                case Verdict::Unknown:
                    add((*message)->stream, Shape::inferred((*message)->stream, {}, {}));
                    break;
                case Verdict::Stale: {
                    Slot& slot = *slots_[(*message)->stream];
                    const auto growths = slot.builder.growths();
                    if (!slot.shape.grow(growths)) return false;
                    if (!slot.builder.reshape()) {
                        slot.builder.take();
                        slot.builder.reshape();
                    }
                    break;
                }
                case Verdict::None:
                case Verdict::Refused:
                    std::fprintf(stderr, "%s\n", reader_.builder()->refusal().error.what.c_str());
                    return false;
            }
        }
    }

    bool declare(const streams::Message& message) {
        if (slots_.contains(message.stream)) return true;
        auto shape = Shape::declared(message.stream, message.schema, message.key, {});
        if (!shape) return false;
        add(message.stream, *std::move(shape));
        return true;
    }

    std::map<std::string, std::unique_ptr<Slot>> slots_;
    BatchReader reader_;
    MessageParser parser_;
    std::uint64_t line_ = 0;
    std::uint64_t rows_ = 0;
};

std::string generated_users() {
    std::ostringstream text;
    text << R"({"type":"SCHEMA","stream":"users","key_properties":["id"],"schema":{"properties":{)"
         << R"("id":{"type":"integer"},"name":{"type":"string"},"balance":{"type":"number"},)"
         << R"("active":{"type":"boolean"},"age":{"type":["null","integer"]},)"
         << R"("created_at":{"type":"string","format":"date-time"},"bio":{"type":"string"}}}})"
         << '\n';
    for (int i = 0; i < 200'000; ++i) {
        text << R"({"type":"RECORD","stream":"users","record":{"id":)" << i << R"(,"name":"user )"
             << i % 1'000 << R"(","balance":)" << i % 99'991 << '.' << 10 + i % 90
             << R"(,"active":)" << (i % 3 == 0 ? "true" : "false") << R"(,"age":)"
             << (i % 7 == 0 ? "null" : std::to_string(i % 90)) << R"(,"created_at":"2024-03-)"
             << 10 + i % 20 << "T12:34:" << 10 + i % 50
             << R"(.123456Z","bio":"alpha beta gamma delta epsilon zeta eta theta iota kappa )"
             << R"(lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega"}})" << '\n';
    }
    return text.str();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
    std::string text;
    if (count > 1) {
        auto read = streams::read_file(arguments[1], std::size_t{4} << 30);
        if (!read) return 1;
        text = *std::move(read);
    } else {
        text = generated_users();
    }
    int rounds = 5;
    if (count > 2) {
        std::from_chars(arguments[2], arguments[2] + std::strlen(arguments[2]), rounds);
    }
    const std::size_t size = text.size();
    text.append(streams::kLinePadding, ' ');
    std::vector<Line> lines;
    for (std::size_t at = 0; at < size;) {
        const std::size_t end = std::min(text.find('\n', at), size);
        if (end > at) lines.push_back({text.data() + at, end - at});
        at = end + 1;
    }

    std::vector<double> walked;
    std::vector<double> stored;
    std::uint64_t rows = 0;
    for (int round = 0; round < rounds; ++round) {
        const double start = streams::bench::cpu_seconds();
        if (walk_all(lines) == 0) return 1;
        const double between = streams::bench::cpu_seconds();
        Columns columns;
        if (!columns.load(lines)) return 1;
        rows = columns.rows();
        walked.push_back(between - start);
        stored.push_back(streams::bench::cpu_seconds() - between);
    }
    const double ratio = median(stored) / median(walked);
    std::printf("walk every value  %.3f s CPU\n", median(walked));
    std::printf("into columns      %.3f s CPU   %.2f M records/s   %.0f MB/s\n", median(stored),
                static_cast<double>(rows) / median(stored) / 1e6,
                static_cast<double>(size) / median(stored) / 1e6);
    std::printf("ratio             %.2f   budget %.1f\n", ratio, kBudget);
    return 0;
}
