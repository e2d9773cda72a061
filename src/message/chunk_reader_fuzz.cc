// Any bytes in any sizes of chunks, against cutting the whole text at once.
// Seeds: conformance/messages

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "base/file.h"
#include "message/chunk_reader.h"
#include "message/line_splitter.h"

namespace {

using streams::ensure;

struct Lines {
    std::vector<std::string> lines;
    bool is_torn = false;
    bool is_too_long = false;

    bool operator==(const Lines&) const = default;
};

Lines cut(std::string_view text, std::size_t line_bytes_max) {
    Lines cut;
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    bool is_first = true;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.size() > line_bytes_max) {
            cut.is_too_long = true;
            return cut;
        }
        cut.is_torn = end == std::string_view::npos;
        text.remove_prefix(cut.is_torn ? text.size() : end + 1);
        if (!cut.is_torn && line.ends_with('\r')) line.remove_suffix(1);
        if (is_first && line.starts_with(kByteOrderMark)) {
            line.remove_prefix(kByteOrderMark.size());
            if (line.empty() && cut.is_torn) {
                cut.is_torn = false;
                return cut;
            }
        }
        is_first = false;
        cut.lines.emplace_back(line);
    }
    return cut;
}

Lines read(int descriptor, streams::ChunkLimits limits) {
    Lines found;
    streams::ChunkReader reader(descriptor, limits);
    while (true) {
        const auto read = reader.read_some();
        if (!read) {
            ensure(read.error().id == "line-too-long", "a file in memory can be read");
            found.is_too_long = true;
            return found;
        }
        if (read->chunk != nullptr) {
            streams::LineSplitter lines(*read->chunk);
            while (const auto line = lines.next()) {
                found.lines.emplace_back(*line);
                found.is_torn = lines.is_torn();
                std::size_t spare = 0;
                for (std::size_t index = 0; index < streams::kLinePadding; ++index) {
                    spare += static_cast<std::uint8_t>(line->data()[line->size() + index]);
                }
                ensure(spare < 255 * streams::kLinePadding + 1, "the spare bytes can be read");
            }
        }
        if (read->is_end) return found;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const streams::ChunkLimits limits = {.chunk_bytes = data[0], .line_bytes_max = data[1]};
    const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
    const streams::Descriptor file(::memfd_create("fuzz", 0));
    ensure(streams::write_all(file.get(), text, "fuzz").has_value(), "there is room in memory");
    ensure(::lseek(file.get(), 0, SEEK_SET) == 0, "a file in memory can be rewound");
    auto expected = cut(text, limits.line_bytes_max);
    auto found = read(file.get(), limits);
    if (expected.is_too_long) expected.is_torn = found.is_torn = false;
    ensure(found == expected, "the lines do not depend on the chunks");
    return 0;
}
