#include "sql/value_text.h"

#include <array>
#include <charconv>

#include "batch/numbers.h"

namespace streams::sql {

std::string canonical_decimal(std::string_view decimal) {
    NumberText number;
    std::string text;
    const char* const begin = decimal.data();
    const char* const end = begin + decimal.size();
    const bool is_number = scan_number(begin, end, number) && number.end == end;
    return is_number && append_canonical(number, text) ? text : std::string(decimal);
}

std::string canonical_decimal(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return canonical_decimal(
        std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

bool is_canonical_decimal(std::string_view decimal) {
    const auto digits = decimal.starts_with('-') ? decimal.substr(1) : decimal;
    const bool is_whole =
        !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
    if (is_whole && digits.front() != '0') return true;
    return canonical_decimal(decimal) == decimal;
}

}  // namespace streams::sql
