#include "http/gunzip.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <zlib.h>

namespace streams::http {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr std::size_t kStepBytes = std::size_t{64} << 10;

struct EndInflate {
    void operator()(z_stream* stream) const {
        inflateEnd(stream);
        delete stream;
    }
};

}  // namespace

Result<std::string> gunzip(std::string packed, std::size_t bytes_max) {
    if (packed.size() > std::numeric_limits<uInt>::max()) {
        return fail(ErrorKind::Failed, "answer-too-large", "the answer is too large");
    }
    const std::unique_ptr<z_stream, EndInflate> stream(new z_stream{});
    if (inflateInit2(stream.get(), kGzipOnly) != Z_OK) {
        return fail(ErrorKind::Failed, "out-of-memory", "no memory to decompress an answer");
    }
    stream->next_in = reinterpret_cast<Bytef*>(packed.data());
    stream->avail_in = static_cast<uInt>(packed.size());
    std::string unpacked;
    std::array<char, kStepBytes> step{};
    while (true) {
        stream->next_out = reinterpret_cast<Bytef*>(step.data());
        stream->avail_out = static_cast<uInt>(step.size());
        const int code = inflate(stream.get(), Z_NO_FLUSH);
        unpacked.append(step.data(), step.size() - stream->avail_out);
        if (unpacked.size() > bytes_max) {
            return fail(ErrorKind::Failed, "answer-too-large", "the answer is too large unpacked");
        }
        if (code == Z_STREAM_END) {
            if (stream->avail_in == 0) return unpacked;
            if (inflateReset(stream.get()) == Z_OK) continue;
        }
        if (code == Z_BUF_ERROR ||
            (code == Z_OK && stream->avail_in == 0 && stream->avail_out > 0)) {
            return fail(ErrorKind::Transient, "short-answer", "the compressed answer was cut off");
        }
        if (code != Z_OK) {
            return fail(ErrorKind::Transient, "bad-answer", "the compressed answer is broken");
        }
    }
}

}  // namespace streams::http
