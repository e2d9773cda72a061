#include <cstdint>

#include "http/date.h"
#include "streams/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using streams::http::asked_wait;
    constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'795'503'600)};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t cut = text.find('\n');
    const std::string first(text.substr(0, cut));
    const std::string second(cut == std::string_view::npos ? "" : text.substr(cut + 1));
    for (const streams::http::Headers& headers :
         {streams::http::Headers{{"Retry-After", first}, {"Date", second}},
          streams::http::Headers{{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", first}}}) {
        const auto wait = asked_wait(headers, kNow);
        streams::ensure(!wait || wait->count() >= 0, "nobody asks for a wait before now");
    }
    return 0;
}
