// Reading lines as messages, against merely walking every value of the same bytes.
//
//   parse_bench FILE [ROUNDS]
//
// FILE holds messages, one a line. Prints CPU seconds (the least of the rounds, taken in turn) of:
// reading and cutting the file; walking every value of its lines; the parser, whose RecordReader
// walks the records' values; and the parser where it always takes its slow way. The ratio that
// counts is that of the parser to walking.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <simdjson.h>
#include <string>
#include <string_view>

#include "base/file.h"
#include "bench/walk.h"
#include "message/chunk_reader.h"
#include "message/line_splitter.h"
#include "message/message_parser.h"
#include "message/message_shape.h"

namespace {

namespace ondemand = simdjson::ondemand;

class Walker final : public streams::RecordReader {
 public:
    streams::Result<> read(std::string_view, ondemand::object& record, ondemand::parser&) override {
        if (streams::bench::walk_object(record, sum)) return {};
        return streams::fail(streams::ErrorKind::Data, "json-syntax", "the record is bad");
    }
    streams::Result<> finish(const streams::Message&) override {
        ++rows;
        return {};
    }
    void discard() override {}

    std::uint64_t sum = 0;
    std::uint64_t rows = 0;
};

// Gives `take` every line of the file; answers with CPU seconds.
double run(const std::string& path, const std::function<bool(std::string_view)>& take) {
    const double begin = streams::bench::cpu_seconds();
    const auto file = streams::open_file(path, O_RDONLY);
    if (!file) std::exit(2);
    streams::ChunkReader reader(file->get());
    while (true) {
        const auto read = reader.read_some();
        if (!read) std::exit(2);
        if (read->chunk != nullptr) {
            streams::LineSplitter lines(*read->chunk);
            while (const auto line = lines.next()) {
                if (take(*line)) continue;
                std::fprintf(stderr, "bad line: %.200s\n", std::string(*line).c_str());
                std::exit(1);
            }
        }
        if (read->is_end) return streams::bench::cpu_seconds() - begin;
    }
}

double cut(const std::string& path) {
    return run(path, [](std::string_view) { return true; });
}

double walk_lines(const std::string& path) {
    ondemand::parser parser;
    std::uint64_t sum = 0;
    return run(path,
               [&](std::string_view line) { return streams::bench::walk_line(parser, line, sum); });
}

double parse_lines(const std::string& path) {
    streams::MessageParser parser;
    Walker walker;
    return run(path, [&](std::string_view line) { return parser.parse(line, walker).has_value(); });
}

double shape_lines(const std::string& path) {
    streams::ShapeReader shape;
    streams::Message message;
    return run(path, [&](std::string_view line) { return shape.read(line, message).has_value(); });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("parse_bench FILE [ROUNDS]\n", stderr);
        return 2;
    }
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    std::array<double, 4> least;
    least.fill(1e9);
    for (int round = 0; round < rounds; ++round) {
        const std::array<double, 4> now = {cut(argv[1]), walk_lines(argv[1]), parse_lines(argv[1]),
                                           shape_lines(argv[1])};
        for (std::size_t index = 0; index < now.size(); ++index) {
            least[index] = std::min(least[index], now[index]);
        }
    }
    const auto [cut_s, walk_s, parse_s, shape_s] = least;
    std::printf("cut %.3f s  walk %.3f s  parse %.3f s  slow way %.3f s  parse/walk %.2f\n", cut_s,
                walk_s, parse_s, shape_s, parse_s / walk_s);
    return 0;
}
