// Any bytes as a number and as times: what is taken says the same as the text.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "batch/convert.h"
#include "batch/numbers.h"
#include "batch/times.h"
#include "streams/error.h"

namespace {

using streams::ensure;
using streams::NumberText;

void check_times(std::string_view text) {
    constexpr std::int64_t kDay = 86'400'000'000;
    streams::TimeText time;
    if (read_timestamp(text, time)) {
        ensure(time.value >= -719'162 * kDay && time.value < 2'932'897 * kDay,
               "an instant is in the years 1 to 9999");
        ensure(text.find_first_of("0123456789") == 0, "an instant begins with its year");
    }
    if (read_time(text, time)) {
        ensure(time.value >= 0 && time.value < kDay, "a time is within a day");
    }
    if (read_date(text, time)) ensure(text.size() == 10, "a date has ten bytes");
}

void check_number(std::string_view text, const NumberText& number) {
    std::string canonical;
    if (!append_canonical(number, canonical)) return;
    NumberText again;
    std::string twice;
    ensure(scan_number(canonical.data(), canonical.data() + canonical.size(), again) &&
               append_canonical(again, twice) && twice == canonical,
           "a canonical text is its own canonical text");
    std::int64_t whole = 0;
    if (to_integer(number, whole)) {
        ensure(is_whole(number) && streams::decimal_of(whole) == canonical, "no digit is lost");
    }
    double real = 0;
    if (to_double(number, real)) {
        ensure(streams::decimal_of(real) == canonical, "a double says the same number");
        ensure(real == nlohmann::json::parse(text).get<double>(), "a double is the nearest one");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_times(text);
    NumberText number;
    const char* const last = text.data() + text.size();
    const bool is_number = scan_number(text.data(), last, number) && number.end == last;
    const bool is_plain = text.find_first_not_of("+-.0123456789eE") == std::string::npos;
    if (is_plain && !text.empty()) {
        const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
        // Beyond doubles the other reader gives up.
        ensure(is_number || value.is_discarded(), "what others read is a number");
    }
    if (is_number) check_number(text, number);
    return 0;
}
