#include "batch/convert.h"

#include <array>
#include <charconv>

#include "batch/numbers.h"
#include "streams/error.h"

namespace streams {

std::string decimal_of(std::int64_t value) {
    return std::to_string(value);
}

std::string decimal_of(double value) {
    // In plain notation to_chars fills large numbers up with the digits of the binary value.
    std::array<char, 32> text;
    const auto written =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
    NumberText number;
    std::string decimal;
    ensure(scan_number(text.data(), written.ptr, number) && append_canonical(number, decimal),
           "a column of doubles holds finite numbers");
    return decimal;
}

}  // namespace streams
