#include "format/byte_input.h"

#include <algorithm>
#include <fcntl.h>
#include <utility>
#include <zlib.h>
#include <zstd.h>

#include "base/file.h"

namespace streams {
namespace {

constexpr std::size_t kStepBytes = std::size_t{256} << 10;

std::unexpected<Error> damaged(const std::string& path, std::string_view how) {
    return std::unexpected(Error{ErrorKind::Data, "compression", "a compressed file is damaged",
                                 path, std::string(how), "make it again"});
}

class PlainInput final : public ByteInput {
 public:
    PlainInput(Descriptor file, std::string path, std::uint64_t end)
        : file_(std::move(file)), path_(std::move(path)), left_(end) {}

    Result<std::size_t> read(char* to, std::size_t bytes_max) override {
        const auto wanted = std::min<std::uint64_t>(left_, bytes_max);
        if (wanted == 0) return std::size_t{0};
        auto count = read_some(file_.get(), to, wanted, path_);
        if (count) left_ -= *count;
        return count;
    }

 private:
    Descriptor file_;
    std::string path_;
    std::uint64_t left_;
};

class GzipInput final : public ByteInput {
 public:
    GzipInput(PlainInput& packed, std::string path)
        : packed_(packed), path_(std::move(path)), in_(kStepBytes, '\0') {
        ensure(inflateInit2(stream_.get(), 15 + 16) == Z_OK, "zlib has memory for one stream");
    }

    Result<std::size_t> read(char* to, std::size_t bytes_max) override {
        stream_->next_out = reinterpret_cast<Bytef*>(to);
        stream_->avail_out = static_cast<uInt>(std::min(bytes_max, kStepBytes));
        const auto room = stream_->avail_out;
        while (stream_->avail_out == room) {
            if (stream_->avail_in == 0) {
                auto more = fill();
                if (!more) return std::unexpected(std::move(more).error());
                if (!*more) return std::size_t{0};
            }
            STREAMS_TRY(step());
        }
        return std::size_t{room - stream_->avail_out};
    }

 private:
    struct EndInflate {
        void operator()(z_stream* stream) const {
            inflateEnd(stream);
            delete stream;
        }
    };

    // False at an end that may be one.
    Result<bool> fill() {
        auto count = packed_.read(in_.data(), in_.size());
        if (!count) return std::unexpected(std::move(count).error());
        if (*count == 0 && !is_between_) return damaged(path_, "it ends too early");
        stream_->next_in = reinterpret_cast<Bytef*>(in_.data());
        stream_->avail_in = static_cast<uInt>(*count);
        return *count != 0;
    }

    Result<> step() {
        if (is_between_) inflateReset(stream_.get());  // The next member.
        const int code = inflate(stream_.get(), Z_NO_FLUSH);
        is_between_ = code == Z_STREAM_END;
        if (is_between_ || code == Z_OK || code == Z_BUF_ERROR) return {};
        return damaged(path_, stream_->msg == nullptr ? "no gzip" : stream_->msg);
    }

    PlainInput& packed_;
    std::string path_;
    std::string in_;
    std::unique_ptr<z_stream, EndInflate> stream_{new z_stream{}};
    bool is_between_ = false;  // Members, or a member and the end.
};

class ZstdInput final : public ByteInput {
 public:
    ZstdInput(PlainInput& packed, std::string path)
        : packed_(packed),
          path_(std::move(path)),
          in_(kStepBytes, '\0'),
          context_(ZSTD_createDCtx()) {
        ensure(context_ != nullptr, "zstd has memory for one context");
    }

    Result<std::size_t> read(char* to, std::size_t bytes_max) override {
        ZSTD_outBuffer out = {to, bytes_max, 0};
        while (out.pos == 0) {
            if (buffer_.pos == buffer_.size) {
                auto count = packed_.read(in_.data(), in_.size());
                if (!count) return count;
                buffer_ = {in_.data(), *count, 0};
                if (*count == 0 && is_between_) return std::size_t{0};
                if (*count == 0) return damaged(path_, "it ends too early");
            }
            const auto left = ZSTD_decompressStream(context_.get(), &out, &buffer_);
            if (ZSTD_isError(left) != 0) return damaged(path_, ZSTD_getErrorName(left));
            is_between_ = left == 0;
        }
        return out.pos;
    }

 private:
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };

    PlainInput& packed_;
    std::string path_;
    std::string in_;
    std::unique_ptr<ZSTD_DCtx, Free> context_;
    ZSTD_inBuffer buffer_ = {};
    bool is_between_ = false;  // Frames, or a frame and the end.
};

/// A packed input that owns the file it reads.
template <typename Input>
class Unpacked final : public ByteInput {
 public:
    Unpacked(std::unique_ptr<PlainInput> packed, const std::string& path)
        : packed_(std::move(packed)), input_(*packed_, path) {}

    Result<std::size_t> read(char* to, std::size_t bytes_max) override {
        return input_.read(to, bytes_max);
    }

 private:
    std::unique_ptr<PlainInput> packed_;
    Input input_;
};

}  // namespace

Compression compression_of_file(std::string_view path) {
    if (path.ends_with(".gz")) return Compression::Gzip;
    return path.ends_with(".zst") ? Compression::Zstd : Compression::None;
}

Result<std::unique_ptr<ByteInput>> open_bytes(const std::string& path, Compression compression,
                                              std::uint64_t end) {
    auto file = open_file(path, O_RDONLY);
    if (!file) return std::unexpected(std::move(file).error());
    auto plain = std::make_unique<PlainInput>(*std::move(file), path, end);
    switch (compression) {
        case Compression::Gzip:
            return std::make_unique<Unpacked<GzipInput>>(std::move(plain), path);
        case Compression::Zstd:
            return std::make_unique<Unpacked<ZstdInput>>(std::move(plain), path);
        case Compression::None:
        case Compression::Snappy:
            break;
    }
    return plain;
}

Result<bool> InputWindow::fill() {
    if (begin_ != 0) {
        buffer_.erase(0, begin_);
        begin_ = 0;
    }
    const auto before = buffer_.size();
    if (before >= bytes_max_) {
        return fail(ErrorKind::Data, "record-size",
                    "a record is longer than " + std::to_string(bytes_max_ >> 20) + " MiB");
    }
    const auto step = std::max(kStepBytes, before);  // Doubles, so that no record costs squares.
    buffer_.resize(before + step);
    auto count = input_.read(buffer_.data() + before, step);
    buffer_.resize(before + (count ? *count : 0));
    if (!count) return std::unexpected(std::move(count).error());
    return *count != 0;
}

Result<> InputWindow::skip(std::uint64_t bytes) {
    while (bytes != 0) {
        const auto here = std::min<std::uint64_t>(bytes, text().size());
        consume(here);
        bytes -= here;
        if (bytes == 0) break;
        auto more = fill();
        if (!more) return std::unexpected(std::move(more).error());
        if (!*more) break;
    }
    return {};
}

}  // namespace streams
