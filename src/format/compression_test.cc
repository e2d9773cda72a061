#include "format/compression.h"

#include <gtest/gtest.h>
#include <string>
#include <zlib.h>
#include <zstd.h>

#include "format/testing_batch.h"

namespace streams {
namespace {

std::string packed(Compression compression, const std::string& text, std::size_t piece_bytes) {
    std::string all;
    const auto compressor = make_compressor(compression, testing_batch::into(all));
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
        EXPECT_TRUE(compressor->add(std::string_view(text).substr(at, piece_bytes)));
    }
    EXPECT_TRUE(compressor->finish());
    return all;
}

std::string text_of_lines() {
    std::string text;
    for (int i = 0; i < 200'000; ++i) text += std::to_string(i * 7919) + "\n";
    return text;
}

TEST(Compression, GzipIsReadByZlib) {
    const auto text = text_of_lines();
    auto bytes = packed(Compression::Gzip, text, 100'000);
    EXPECT_LT(bytes.size(), text.size() / 2);
    std::string back(text.size() + 1, '\0');
    z_stream stream = {};
    ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(back.data());
    stream.avail_out = static_cast<uInt>(back.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    back.resize(stream.total_out);
    inflateEnd(&stream);
    EXPECT_TRUE(back == text);
}

TEST(Compression, ZstdIsReadByZstd) {
    const auto text = text_of_lines();
    const auto bytes = packed(Compression::Zstd, text, 100'000);
    EXPECT_LT(bytes.size(), text.size() / 2);
    std::string back(text.size() + 1, '\0');
    const auto size = ZSTD_decompress(back.data(), back.size(), bytes.data(), bytes.size());
    ASSERT_EQ(ZSTD_isError(size), 0U);
    back.resize(size);
    EXPECT_TRUE(back == text);
}

TEST(Compression, NothingIsAWholeFileToo) {
    EXPECT_FALSE(packed(Compression::Gzip, "", 1).empty());
    EXPECT_FALSE(packed(Compression::Zstd, "", 1).empty());
}

}  // namespace
}  // namespace streams
