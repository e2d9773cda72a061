#include <cstdint>

#include "http/link_header.h"

namespace {

using streams::http::Link;

void check_link(const Link& link) {
    const auto page = streams::http::Url::parse("https://api.example.com/v1/items?page=2");
    const auto next = page->resolve(link.target);
    if (!next) return;
    const bool http = next->text().starts_with("http://") || next->text().starts_with("https://");
    streams::ensure(http, "a link leads to http or https only");
    const auto again = streams::http::Url::parse(next->text());
    streams::ensure(again && again->text() == next->text(), "a URL that is read again is the same");
    streams::ensure(again->origin() == next->origin(), "and so is its origin");
    streams::ensure(again->user_info().empty(), "a link brings no credentials");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto links = streams::http::parse_link_header(text);
    if (links) {
        for (const Link& link : *links) check_link(link);
    }
    return 0;
}
