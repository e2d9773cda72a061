#include "program/quantity.h"

#include <gtest/gtest.h>

#include "program/url.h"

namespace streams {
namespace {

TEST(Quantity, ReadsLengthsOfTime) {
    EXPECT_EQ(duration_of("10m").value(), std::chrono::minutes(10));
    EXPECT_EQ(duration_of("250ms").value(), std::chrono::milliseconds(250));
    EXPECT_EQ(duration_of("5").value(), std::chrono::seconds(5));
    for (const auto* text : {"soon", "", "-1s", "10 parsecs", "99999999h"}) {
        EXPECT_FALSE(duration_of(text)) << text;
    }
}

TEST(Quantity, ReadsSizes) {
    EXPECT_EQ(bytes_of("4096").value(), 4096U);
    EXPECT_EQ(bytes_of("64MB").value(), std::uint64_t{64} << 20);
    EXPECT_EQ(bytes_of("1GiB").value(), std::uint64_t{1} << 30);
    EXPECT_EQ(bytes_of("16k").value(), std::uint64_t{16} << 10);
    for (const char* text : {"", "MB", "-1", "1.5GB", "64 MB", "64TB", "99999999999GB"}) {
        const auto size = bytes_of(text);
        ASSERT_FALSE(size) << text;
        EXPECT_EQ(size.error().id, "setting-value");
    }
}

TEST(Quantity, WritesNumbersForPeople) {
    EXPECT_EQ(with_commas(0), "0");
    EXPECT_EQ(with_commas(999), "999");
    EXPECT_EQ(with_commas(1'204'331), "1,204,331");
    EXPECT_EQ(duration_text(std::chrono::milliseconds(88'412)), "88.4s");
    EXPECT_EQ(duration_text(std::chrono::seconds(94)), "1m34s");
    EXPECT_EQ(duration_text(std::chrono::minutes(125)), "2h05m");
    EXPECT_EQ(bytes_text(512), "512 B");
    EXPECT_EQ(bytes_text(61'300'000), "61 MB");
    EXPECT_EQ(bytes_text(1'240'000'000), "1.2 GB");
}

TEST(Url, SplitsPathAndQueryAndForgivesBarePercents) {
    const auto url = parse_url("file:///data/a%20b?format=jsonl&fast&x=1%262").value();
    EXPECT_EQ(url.scheme, "file");
    EXPECT_EQ(url.path, "/data/a b");
    EXPECT_EQ(url.query, (std::vector<std::pair<std::string, std::string>>{
                             {"format", "jsonl"}, {"fast", "true"}, {"x", "1&2"}}));
    EXPECT_EQ(parse_url("sqlite:100%.db").value().path, "100%.db");
    EXPECT_EQ(parse_url("s3://bucket/x").value().path, "bucket/x");
    EXPECT_FALSE(parse_url("C:\\data"));
    EXPECT_FALSE(parse_url("target-x --config y:z"));
}

TEST(Url, HidesCredentials) {
    EXPECT_EQ(without_credentials("postgresql://me:s3@cret@host/db?password=x"),
              "postgresql://host/db");
    EXPECT_EQ(without_credentials("sqlite:a@b.db"), "sqlite:a@b.db");
}

}  // namespace
}  // namespace streams
