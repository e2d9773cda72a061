#include "manifest/time_format.h"

#include "streams_templates.h"

namespace streams::manifest {

std::optional<std::int64_t> parse_time(std::string_view text, std::string_view format) {
    std::int64_t microseconds = 0;
    const int read =
        streams_time_parse(text.data(), text.size(), format.data(), format.size(), &microseconds);
    return read != 0 ? std::optional(microseconds) : std::nullopt;
}

std::string format_time(std::int64_t microseconds, std::string_view format) {
    streams_text out{};
    if (streams_time_format(microseconds, format.data(), format.size(), &out) == 0) return {};
    std::string text(out.data, out.size);
    streams_text_free(out);
    return text;
}

std::optional<std::int64_t> add_duration(std::int64_t microseconds, std::string_view duration,
                                         int sign) {
    std::int64_t sum = 0;
    const int done = streams_time_add(microseconds, duration.data(), duration.size(), sign, &sum);
    return done != 0 ? std::optional(sum) : std::nullopt;
}

}  // namespace streams::manifest
