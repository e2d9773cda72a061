#include "format/compression.h"

#include <array>
#include <string>
#include <utility>
#include <zlib.h>
#include <zstd.h>

namespace streams {
namespace {

constexpr std::size_t kOutBytes = std::size_t{128} << 10;
constexpr int kGzipWindow = 15 + 16;  // 32 KiB, with gzip's header and no time in it.
constexpr int kZstdLevel = 3;
constexpr int kZstdWindowLog = 18;  // Many files may be open at once.

class GzipCompressor final : public Compressor {
 public:
    explicit GzipCompressor(ByteSink sink) : sink_(std::move(sink)), out_(kOutBytes, '\0') {
        ensure(deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                            Z_DEFAULT_STRATEGY) == Z_OK,
               "zlib has memory for one stream");
    }

    Result<> add(std::string_view bytes) override {
        while (!bytes.empty()) {
            const auto piece = bytes.substr(0, std::size_t{1} << 30);
            STREAMS_TRY(push(piece, Z_NO_FLUSH));
            bytes.remove_prefix(piece.size());
        }
        return {};
    }
    Result<> finish() override { return push({}, Z_FINISH); }

 private:
    struct EndDeflate {
        void operator()(z_stream* stream) const {
            deflateEnd(stream);
            delete stream;
        }
    };

    Result<> push(std::string_view bytes, int flush) {
        std::string in(bytes);  // zlib's own types have no const.
        stream_->next_in = reinterpret_cast<Bytef*>(in.data());
        stream_->avail_in = static_cast<uInt>(in.size());
        do {
            stream_->next_out = reinterpret_cast<Bytef*>(out_.data());
            stream_->avail_out = static_cast<uInt>(out_.size());
            const int code = deflate(stream_.get(), flush);
            ensure(code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR,
                   "zlib packs any bytes");
            const auto made = out_.size() - stream_->avail_out;
            if (made != 0) STREAMS_TRY(sink_(std::string_view(out_).substr(0, made)));
        } while (stream_->avail_out == 0);
        return {};
    }

    ByteSink sink_;
    std::string out_;
    std::unique_ptr<z_stream, EndDeflate> stream_{new z_stream{}};
};

class ZstdCompressor final : public Compressor {
 public:
    explicit ZstdCompressor(ByteSink sink)
        : sink_(std::move(sink)), out_(kOutBytes, '\0'), context_(ZSTD_createCCtx()) {
        ensure(context_ != nullptr, "zstd has memory for one context");
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kZstdLevel);
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, kZstdWindowLog);
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
    }

    Result<> add(std::string_view bytes) override { return push(bytes, ZSTD_e_continue); }
    Result<> finish() override { return push({}, ZSTD_e_end); }

 private:
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };

    Result<> push(std::string_view bytes, ZSTD_EndDirective directive) {
        ZSTD_inBuffer in = {bytes.data(), bytes.size(), 0};
        while (true) {
            ZSTD_outBuffer out = {out_.data(), out_.size(), 0};
            const auto left = ZSTD_compressStream2(context_.get(), &out, &in, directive);
            if (ZSTD_isError(left) != 0) {
                return fail(ErrorKind::Failed, "compression", ZSTD_getErrorName(left));
            }
            if (out.pos != 0) STREAMS_TRY(sink_(std::string_view(out_).substr(0, out.pos)));
            const bool is_done = directive == ZSTD_e_end ? left == 0 : in.pos == in.size;
            if (is_done) return {};
        }
    }

    ByteSink sink_;
    std::string out_;
    std::unique_ptr<ZSTD_CCtx, Free> context_;
};

}  // namespace

std::optional<Compression> compression_of(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, Compression>, 4> kWords = {
        {{"none", Compression::None},
         {"gzip", Compression::Gzip},
         {"zstd", Compression::Zstd},
         {"snappy", Compression::Snappy}}};
    for (const auto& [name, compression] : kWords) {
        if (name == word) return compression;
    }
    return std::nullopt;
}

std::string_view ending_of(Compression compression) {
    switch (compression) {
        case Compression::Gzip:
            return ".gz";
        case Compression::Zstd:
            return ".zst";
        case Compression::None:
        case Compression::Snappy:
            break;
    }
    return "";
}

std::unique_ptr<Compressor> make_compressor(Compression compression, ByteSink sink) {
    if (compression == Compression::Gzip) return std::make_unique<GzipCompressor>(std::move(sink));
    return std::make_unique<ZstdCompressor>(std::move(sink));
}

}  // namespace streams
